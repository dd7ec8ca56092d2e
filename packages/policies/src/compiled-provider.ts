import {
  type DecisionScope,
  type PolicyProvider,
  type SettledOutcome,
  type Settlement,
  type SettleScope,
  type WalletCallScope,
  within,
} from "@agentkit-policy/core";
import type { Awaitable, Ledger, ReserveRequest } from "@agentkit-policy/ledger";
import {
  type ActionContext,
  type Allow,
  type Clock,
  type Deny,
  elapsedMs,
  type Instant,
  instantOf,
  type PolicyDecision,
} from "@agentkit-policy/schema";
import { AttemptEntries } from "./attempt-entries.js";
import type { CompiledPolicy } from "./compile-policy.js";
import type { EngineJournal } from "./engine-journal.js";
import type { EngineOwners } from "./engine-owner.js";
import type { Engines } from "./engines.js";
import type { EngineSettlements } from "./grants.js";
import { unsettledOf } from "./hearing.js";
import { HeldIntents } from "./held-intents.js";
import { askedLines, latestDeadline, limitsFor, scopesOf } from "./ledger-request.js";
import { judgeStateless } from "./stateless-rules.js";

/** So long a denial waits for the engines that had allowed to hear of it, in milliseconds: as long as a hook's does for other policies. */
const refusalMs = 200;

/** What the provider runs with. */
export interface ProviderParts {
  readonly policy: CompiledPolicy;
  readonly ledger: Ledger;
  readonly engines: Engines;
  readonly journal: EngineJournal;
  readonly name: string;
  readonly clock: Clock;
}

/**
 * A compiled policy as one provider (section 9 of the design): stateless denials first, then the one reserve, then the
 * engines, then the arm where it is due. All that it holds outside this process is the ledger's entry of the attempt.
 */
export function compiledProvider(parts: ProviderParts): PolicyProvider {
  const provider = new CompiledProvider(parts);
  return {
    name: parts.name,
    reader: parts.policy.reader,
    confirmations: parts.policy.confirmations,
    spendsFromLedger: true,
    beforeAction: (context, scope) => provider.beforeAction(context, scope),
    beforeWalletCall: (context, scope) => provider.beforeWalletCall(context, scope),
    settle: (context, outcome, scope) => provider.settle(context, outcome, scope),
  };
}

class CompiledProvider {
  readonly #policy: CompiledPolicy;
  readonly #entries: AttemptEntries;
  readonly #intents: HeldIntents;
  readonly #engines: Engines;
  readonly #journal: EngineJournal;
  readonly #clock: Clock;

  constructor({ policy, ledger, engines, journal, clock }: ProviderParts) {
    this.#policy = policy;
    this.#entries = new AttemptEntries(policy, ledger, clock);
    this.#intents = new HeldIntents(this.#entries);
    this.#engines = engines;
    this.#journal = journal;
    this.#clock = clock;
  }

  beforeAction(context: ActionContext, scope: DecisionScope): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const maySpend = context.effects.length > 0 || scope.maySpend === true;
    const request = this.#requestOf(context, maySpend);
    if (context.intentId === undefined) return this.#askAction(context, request, scope);
    return this.#intents.begin(context, request, maySpend, (asked) => this.#askAction(context, asked, scope));
  }

  #askAction(context: ActionContext, request: ReserveRequest | undefined, scope: DecisionScope): Awaitable<PolicyDecision> {
    if (this.#engines.concern(context)) return this.#actionUnderEngines(context, request, scope);
    return request === undefined ? { decision: "allow" } : this.#entries.reserve(request);
  }

  beforeWalletCall(context: ActionContext, scope: WalletCallScope): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const { actionId: attemptId, callId: stepId } = context;
    if (stepId === undefined) return { decision: "deny", code: "context_error", reason: "the wallet call has no id" };
    const lines = askedLines(context.excess ?? context.effects);
    const entry = this.#entries.of(attemptId);
    const signatureDeadline = Math.max(latestDeadline(context.effects), entry?.signatureDeadline ?? 0);
    const isConcerned = this.#engines.concern(context);
    if (lines.length > 0 || entry === undefined) {
      const limits = limitsFor(this.#policy.limits, context);
      const held = { attemptId, stepId, scopes: scopesOf(context), lines, limits };
      const ask = (asked: ReserveRequest): Awaitable<PolicyDecision> => {
        // What engines may still deny is armed once they have allowed it.
        if (isConcerned) return this.#callUnderEngines(context, asked, scope);
        // The call draws on what was reserved before, too: where the ledger has lost that, this step alone must not arm.
        const relies = entry?.steps ?? [];
        const dated = signatureDeadline > 0 ? { ...asked, arm: true, signatureDeadline } : { ...asked, arm: true };
        return this.#entries.reserve(relies.length > 0 ? { ...dated, relies: [...relies] } : dated);
      };
      // An action that was to move nothing has no entry that holds its intent, until a call of it does more than sign a message.
      const isFirst = entry === undefined && context.effects.some(({ kind }) => kind !== "sign_message");
      return isFirst ? this.#intents.reserve(context, held, ask) : ask(held);
    }
    return isConcerned ? this.#callUnderEngines(context, undefined, scope) : this.#entries.cover(context, entry);
  }

  settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Awaitable<void> {
    // intent:once: which actions were inside this one only the process knew that is gone, and any of them may have paid.
    const isForgotten = scope.recovered && outcome.entered && context.intentId !== undefined;
    const paidInside = this.#intents.settled(context, outcome) || isForgotten;
    if (this.#engines.areNone) return this.#entries.close(context, outcome, scope.settlements, paidInside);
    return this.#settleWithEngines(context, outcome, scope, paidInside);
  }

  async #settleWithEngines(
    context: ActionContext,
    outcome: SettledOutcome,
    scope: SettleScope,
    paidInside: boolean,
  ): Promise<void> {
    try {
      await this.#entries.close(context, outcome, scope.settlements, paidInside);
    } catch (error) {
      // The ledger's trouble keeps no engine from hearing. Nor is it an engine's: a close is tried again, whatever an engine says.
      await this.#tellEngines(context, outcome, scope).catch(() => undefined);
      throw error;
    }
    await this.#tellEngines(context, outcome, scope);
  }

  async #tellEngines(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
    const { actionId } = context;
    const granted = scope.settlements.flatMap(enginesOf);
    // What this process granted it has the engines for; what another one did it may not.
    const share = scope.recovered ? this.#engines.shareOf(granted, ownersOf(scope.settlements)) : { own: granted, strangers: [] };
    const telling = { recovered: scope.recovered, remember: this.#rememberingFor(actionId) };
    const unheard = await this.#engines.settle(context, outcome, share.own, telling);
    if (unheard.length > 0) {
      this.#journal.untold(actionId, unheard, share.strangers);
      throw unsettledOf(unheard);
    }
    if (share.strangers.length > 0) this.#journal.leave(actionId, share.strangers);
    else if (granted.some((settlements) => this.#engines.heardOf(settlements) !== undefined)) this.#journal.told(actionId);
    // Where the ledger has a note all the same, since an arm was answered too late, whoever looks there tells it.
    else this.#journal.forget(actionId);
  }

  /** By itself, since an engine may keep it for long, and must not keep an attempt's arguments with it. */
  #rememberingFor(actionId: string) {
    return (engine: string, settlement: Settlement) => this.#journal.remember(actionId, engine, settlement);
  }

  /** The one reserve of an action; undefined where it needs none. */
  #requestOf(context: ActionContext, maySpend: boolean): ReserveRequest | undefined {
    const lines = askedLines(context.effects);
    lines.push({ unit: "actions" });
    const limits = limitsFor(this.#policy.limits, context);
    // What moves nothing needs an entry only where actions themselves are counted. What nobody can tell before it leaves has one
    // too: a freeze stops it, and an intent is held by it.
    if (!maySpend && limits.every((limit) => limit.unit !== "actions")) return undefined;
    // guard:invisible-money: where no wallet call will come by, this is the last moment to arm.
    const arm = !context.moneyVisible && maySpend;
    const signatureDeadline = latestDeadline(context.effects);
    return {
      attemptId: context.actionId,
      stepId: "root",
      scopes: scopesOf(context),
      lines,
      limits,
      arm,
      ...(signatureDeadline > 0 ? { signatureDeadline } : {}),
    };
  }

  /** Reserves, asks the engines, and then arms where that is due: a local denial costs no request, and an engine's gives the reserve back. */
  async #actionUnderEngines(
    context: ActionContext,
    request: ReserveRequest | undefined,
    scope: DecisionScope,
  ): Promise<PolicyDecision> {
    const since = instantOf(this.#clock);
    const reserved = request === undefined ? allowForever : await this.#entries.reserve({ ...request, arm: false });
    if (reserved.decision === "deny") return reserved;
    const answer = await this.#engines.ask("beforeAction", context, this.#leftOf(scope, since), []);
    if (answer.kind === "denied") {
      await this.#giveBack(context, request, this.#leftOf(scope, since));
      return answer.denial;
    }
    const heard = this.#engines.heardOf(answer.settlements);
    if (heard !== undefined) this.#journal.begun(context, heard);
    const armed = request?.arm === true ? await this.#armedWith(this.#journal.noteFor(context, []), context) : allowForever;
    if (armed.decision === "deny") {
      this.#engines.inVain(context, answer.settlements);
      await this.#giveBack(context, request, this.#leftOf(scope, since));
      return armed;
    }
    this.#engines.returned(context, answer.settlements);
    return allowOf([reserved, armed, answer], {
      ...(request === undefined ? {} : { step: "root" }),
      ...this.#grantedBy(answer.settlements),
    });
  }

  async #callUnderEngines(
    context: ActionContext,
    request: ReserveRequest | undefined,
    scope: WalletCallScope,
  ): Promise<PolicyDecision> {
    const since = instantOf(this.#clock);
    const reserved = request === undefined ? allowForever : await this.#entries.reserve(request);
    if (reserved.decision === "deny") return reserved;
    const earlier = scope.settlements.flatMap(enginesOf);
    const answer = await this.#engines.ask("beforeWalletCall", context, this.#leftOf(scope, since), earlier);
    // What was reserved for the call goes with its attempt, of which no further call leaves.
    if (answer.kind === "denied") return answer.denial;
    const entry = this.#entries.of(context.actionId);
    const heard = this.#engines.heardOf(answer.settlements);
    const granted = heard === undefined ? [] : [heard];
    const note = this.#journal.noteFor(context, granted);
    const isCovered = request === undefined && entry !== undefined && note === undefined;
    const armed = isCovered ? await this.#entries.cover(context, entry) : await this.#armedWith(note, context);
    if (armed.decision === "deny") {
      // An attempt that was settled while its engines were asked must not leave their grants behind: they are told now.
      this.#engines.inVain(context, answer.settlements);
      this.#journal.refused(context.actionId);
      return armed;
    }
    this.#engines.returned(context, answer.settlements);
    return allowOf([reserved, armed, answer], {
      ...(request === undefined ? {} : { step: request.stepId }),
      ...this.#grantedBy(answer.settlements),
    });
  }

  /** Arms, and stores with it the note of what the engines have granted: with this call, and before. */
  #armedWith(note: string | undefined, context: ActionContext): Awaitable<PolicyDecision> {
    const stored = (answer: PolicyDecision): PolicyDecision => {
      if (answer.decision === "allow" && note !== undefined) this.#journal.stored(context.actionId);
      return answer;
    };
    const answer = this.#entries.arm(context, note);
    return answer instanceof Promise ? answer.then(stored) : stored(answer);
  }

  /**
   * The action will not run: what was reserved is free at once, and the engines that allowed it hear of it. They are not waited for longer
   * than is left: the denial must reach the caller as what it is, and not as a decision that came too late.
   */
  async #giveBack(context: ActionContext, request: ReserveRequest | undefined, { remainingMs }: DecisionScope): Promise<void> {
    const refusing = this.#engines.refuse(context);
    this.#journal.forget(context.actionId);
    if (request !== undefined) await this.#entries.giveBack(context);
    await within(refusing, Math.min(refusalMs, remainingMs / 2));
  }

  /** What the engines were granted, and whose it is where that is heard of again: another process may have others under these rules. */
  #grantedBy(engines: EngineSettlements): Settlement {
    const heard = Object.keys(this.#engines.heardOf(engines) ?? {});
    if (heard.length === 0) return { engines };
    const { owners } = this.#engines;
    return { engines, owners: Object.fromEntries(heard.map((rule) => [rule, owners[rule]])) };
  }

  /** What is left of the time that a decision has. */
  #leftOf({ signal, remainingMs }: DecisionScope, since: Instant): DecisionScope {
    return { signal, remainingMs: Math.max(0, remainingMs - elapsedMs(this.#clock, since)) };
  }

  #statelessDenial(context: ActionContext): Deny | undefined {
    const denial = judgeStateless(this.#policy.statelessRules, context);
    if (denial === undefined) return undefined;
    const { code, reason, rule } = denial;
    return { decision: "deny", code, reason, ...(rule === undefined ? {} : { metadata: { rule } }) };
  }
}

/** Of something that was not asked for. */
const allowForever: Allow = { decision: "allow" };

/** What several have allowed is allowed for as long as all of it is. */
function allowOf(parts: readonly { readonly validForMs?: number | undefined }[], settlement: Settlement): Allow {
  const times = parts.flatMap(({ validForMs }) => validForMs ?? []);
  return { decision: "allow", settlement, ...(times.length === 0 ? {} : { validForMs: Math.min(...times) }) };
}

/** What the engines were granted, out of a settlement of this provider's. */
function enginesOf({ engines }: Settlement): EngineSettlements[] {
  return typeof engines === "object" && engines !== null ? [engines as EngineSettlements] : [];
}

/** Whose that is, as far as these settlements say it. */
function ownersOf(settlements: readonly Settlement[]): EngineOwners {
  return Object.assign({}, ...settlements.map(({ owners }) => owners));
}
