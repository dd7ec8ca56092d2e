import {
  type DecisionScope,
  type PolicyProvider,
  provesNothingLeft,
  type SettledOutcome,
  type Settlement,
  type SettleScope,
  type WalletCallScope,
} from "@agentkit-policy/core";
import type { AskedLine, Awaitable, Ledger, LedgerAnswer, ReserveRequest } from "@agentkit-policy/ledger";
import { type ActionContext, type Allow, type Clock, type Deny, elapsedMs, type PolicyDecision } from "@agentkit-policy/schema";
import type { CompiledPolicy } from "./compile-policy.js";
import type { EngineJournal } from "./engine-journal.js";
import type { EngineSettlements, Engines } from "./engines.js";
import { denialOfFault, denialOfRefusal } from "./ledger-denial.js";
import { askedLines, callReport, intentOf, latestDeadline, limitsFor, scopesOf, spentLines } from "./ledger-request.js";
import { judgeStateless } from "./stateless-rules.js";

/** What this process knows of an entry of its own: enough to spare the ledger a question, never to answer in its place. */
interface HeldEntry {
  readonly steps: string[];
  armed: boolean;
  /** The latest deadline of a signature that the entry covers, in milliseconds since 1970. */
  signatureDeadline: number;
  /** How long the last grant may be acted on, from before it was asked for. */
  validForMs: number;
  askedAt: Instant;
  /** When the ledger was last seen to freeze none of the attempt's scopes. */
  thawedAt: Instant;
}

/** How old the knowledge may be that nothing is frozen. */
const freezeAgeMs = 1_000;

/** Both clocks, read together. */
interface Instant {
  readonly now: number;
  readonly uptime: number;
}

/** What is asked of the ledger for one decision. */
interface LedgerQuestion {
  readonly attemptId: string;
  /** The step that a reserve makes; an arm alone makes none. */
  readonly stepId?: string;
  /** Whether the answer arms the entry. */
  readonly arms: boolean;
  readonly lines: readonly AskedLine[];
  readonly signatureDeadline: number;
}

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
 * arm where it is due. All that it holds outside this process is the ledger's entry of the attempt.
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
  readonly #ledger: Ledger;
  readonly #engines: Engines;
  readonly #journal: EngineJournal;
  readonly #clock: Clock;
  readonly #entries = new Map<string, HeldEntry>();

  constructor({ policy, ledger, engines, journal, clock }: ProviderParts) {
    this.#policy = policy;
    this.#engines = engines;
    this.#journal = journal;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  beforeAction(context: ActionContext, scope: DecisionScope): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const request = this.#requestOf(context);
    if (this.#engines.concern(context)) return this.#actionUnderEngines(context, request, scope);
    return request === undefined ? { decision: "allow" } : this.#reserve(request);
  }

  beforeWalletCall(context: ActionContext, scope: WalletCallScope): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const { actionId: attemptId, callId: stepId } = context;
    if (stepId === undefined) return { decision: "deny", code: "context_error", reason: "the wallet call has no id" };
    const lines = askedLines(context.excess ?? context.effects);
    const signatureDeadline = latestDeadline(context.effects);
    const entry = this.#entries.get(attemptId);
    const isConcerned = this.#engines.concern(context);
    if (lines.length > 0 || entry === undefined) {
      const limits = limitsFor(this.#policy.limits, context);
      const held = { attemptId, stepId, scopes: scopesOf(context), lines, limits };
      // What engines may still deny is armed once they have allowed it.
      if (isConcerned) return this.#callUnderEngines(context, held, scope);
      // The call draws on what was reserved before, too: where the ledger has lost that, this step alone must not arm.
      const relies = entry?.steps ?? [];
      const dated = signatureDeadline > 0 ? { ...held, arm: true, signatureDeadline } : { ...held, arm: true };
      return this.#reserve(relies.length > 0 ? { ...dated, relies: [...relies] } : dated);
    }
    return isConcerned ? this.#callUnderEngines(context, undefined, scope) : this.#callOnEntry(context, entry);
  }

  settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Awaitable<void> {
    if (this.#engines.areNone) return this.#close(context, outcome, scope.settlements);
    return this.#settleWithEngines(context, outcome, scope);
  }

  async #settleWithEngines(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
    try {
      await this.#close(context, outcome, scope.settlements);
    } finally {
      // The ledger's trouble keeps no engine from hearing.
      await this.#tellEngines(context, outcome, scope);
    }
  }

  async #tellEngines(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
    const { actionId } = context;
    const granted = scope.settlements.flatMap(enginesOf);
    const remember = (engine: string, settlement: Settlement) => this.#journal.remember(context, engine, settlement);
    try {
      await this.#engines.settle(context, outcome, granted, scope, remember);
    } catch (error) {
      this.#journal.untold(actionId, error);
      throw error;
    }
    if (granted.some((settlements) => this.#engines.hear(settlements))) this.#journal.told(actionId);
  }

  /** The one reserve of an action; undefined where it needs none. */
  #requestOf(context: ActionContext): ReserveRequest | undefined {
    const lines = askedLines(context.effects);
    lines.push({ unit: "actions" });
    const limits = limitsFor(this.#policy.limits, context);
    // What moves nothing needs an entry only where actions themselves are counted.
    if (context.effects.length === 0 && limits.every((limit) => limit.unit !== "actions")) return undefined;
    // guard:invisible-money: where no wallet call will come by, this is the last moment to arm.
    const arm = !context.moneyVisible && context.effects.length > 0;
    const intent = intentOf(context);
    return {
      attemptId: context.actionId,
      stepId: "root",
      scopes: scopesOf(context),
      lines,
      limits,
      arm,
      ...(intent === undefined ? {} : { intent }),
    };
  }

  /** Reserves, asks the engines, and then arms where that is due: a local denial costs no request, and an engine's gives the reserve back. */
  async #actionUnderEngines(
    context: ActionContext,
    request: ReserveRequest | undefined,
    scope: DecisionScope,
  ): Promise<PolicyDecision> {
    const since = this.#instant();
    const reserved = request === undefined ? allowForever : await this.#reserve({ ...request, arm: false });
    if (reserved.decision === "deny") return reserved;
    const answer = await this.#engines.ask("beforeAction", context, this.#leftOf(scope, since), []);
    if (answer.kind === "denied") {
      await this.#giveBack(context, request);
      return answer.denial;
    }
    if (this.#engines.hear(answer.settlements)) this.#journal.begun(context, answer.settlements);
    const armed = request?.arm === true ? await this.#armedWithNote(context, []) : allowForever;
    if (armed.decision === "deny") {
      this.#engines.allowedInVain(context, answer.settlements);
      await this.#giveBack(context, request);
      return armed;
    }
    return allowOf([reserved, armed, answer], {
      ...(request === undefined ? {} : { step: "root" }),
      engines: answer.settlements,
    });
  }

  async #callUnderEngines(
    context: ActionContext,
    request: ReserveRequest | undefined,
    scope: WalletCallScope,
  ): Promise<PolicyDecision> {
    const since = this.#instant();
    const reserved = request === undefined ? allowForever : await this.#reserve(request);
    if (reserved.decision === "deny") return reserved;
    const earlier = scope.settlements.flatMap(enginesOf);
    const answer = await this.#engines.ask("beforeWalletCall", context, this.#leftOf(scope, since), earlier);
    // What was reserved for the call goes with its attempt, of which no further call leaves.
    if (answer.kind === "denied") return answer.denial;
    const entry = this.#entries.get(context.actionId);
    const granted = this.#engines.hear(answer.settlements) ? [answer.settlements] : [];
    const isCovered = request === undefined && entry !== undefined && this.#journal.noteFor(context, granted) === undefined;
    const armed = isCovered ? await this.#callOnEntry(context, entry) : await this.#armedWithNote(context, granted);
    if (armed.decision === "deny") {
      this.#engines.allowedInVain(context, answer.settlements);
      return armed;
    }
    return allowOf([reserved, armed, answer], {
      ...(request === undefined ? {} : { step: request.stepId }),
      engines: answer.settlements,
    });
  }

  /** A call that what is held covers. */
  #callOnEntry(context: ActionContext, entry: HeldEntry): Awaitable<PolicyDecision> {
    const signatureDeadline = latestDeadline(context.effects);
    // guard:judged-in-full: only the first call arms, as long as the entry leaves the wallet time enough.
    const validForMs = entry.validForMs - elapsedMs(this.#clock, entry.askedAt);
    if (entry.armed && validForMs >= 0 && signatureDeadline <= entry.signatureDeadline) {
      // ledger:freeze: what was seen a moment ago holds still; every other process is heard within a second.
      if (elapsedMs(this.#clock, entry.thawedAt) <= freezeAgeMs) return allowFor(validForMs);
      return this.#unlessFrozen(entry, context, validForMs);
    }
    return this.#armed(context);
  }

  /** Arms all that is held for an attempt. */
  #armed(context: ActionContext, note?: string): Awaitable<PolicyDecision> {
    const { actionId: attemptId } = context;
    const signatureDeadline = latestDeadline(context.effects);
    const steps = this.#entries.get(attemptId)?.steps ?? [];
    const question = { attemptId, arms: true, lines: [], signatureDeadline };
    const noted = note === undefined ? {} : { note };
    return this.#decide(question, () => this.#ledger.arm({ attemptId, steps, signatureDeadline, ...noted }));
  }

  /** Arms, and stores with it what the engines have granted: with this call, and before. */
  async #armedWithNote(context: ActionContext, granted: readonly EngineSettlements[]): Promise<PolicyDecision> {
    const note = this.#journal.noteFor(context, granted);
    const answer = await this.#armed(context, note);
    if (answer.decision === "allow" && note !== undefined) this.#journal.stored(context, granted);
    return answer;
  }

  /** The action will not run: what was reserved is free at once, and the engines that allowed it hear of it. */
  async #giveBack(context: ActionContext, request: ReserveRequest | undefined): Promise<void> {
    await this.#engines.refuse(context);
    this.#journal.forget(context.actionId);
    if (request === undefined) return;
    this.#entries.delete(context.actionId);
    const nothing = { entered: false, nothingDone: true, inFlight: false, spent: [], calls: [] };
    try {
      await this.#ledger.close({ attemptId: context.actionId, scopes: scopesOf(context), ...nothing });
    } catch {
      // A reserve that nobody gives back counts until its entry's end, the safe side.
    }
  }

  #close(context: ActionContext, outcome: SettledOutcome, settlements: readonly Settlement[]): Awaitable<void> {
    const { actionId } = context;
    // Nothing was held and nothing was spent: a read, or a denial of our own. An attempt that may have reached the
    // ledger without our hearing of it is closed all the same.
    const nothingHeld = !this.#entries.has(actionId) && settlements.every((settlement) => settlement["step"] === undefined);
    if (nothingHeld && outcome.spent.length === 0 && context.effects.length === 0) return undefined;
    const inFlight = outcome.calls.some((call) => call.state === "in_flight");
    const closing = this.#ledger.close({
      attemptId: actionId,
      scopes: scopesOf(context),
      entered: outcome.entered,
      nothingDone: provesNothingLeft(outcome),
      inFlight,
      spent: spentLines(outcome.spent),
      // Where calls may have gone by unseen, evidence of those that were seen proves nothing of the rest.
      calls: outcome.journalComplete ? outcome.calls.map((call) => callReport(call, context)) : [],
    });
    const closed = (): void => {
      if (!inFlight) this.#entries.delete(actionId);
    };
    return closing instanceof Promise ? closing.then(closed) : closed();
  }

  /** What is left of the time that a decision has. */
  #leftOf({ signal, remainingMs }: DecisionScope, since: Instant): DecisionScope {
    return { signal, remainingMs: Math.max(0, remainingMs - elapsedMs(this.#clock, since)) };
  }

  async #unlessFrozen(entry: HeldEntry, context: ActionContext, validForMs: number): Promise<PolicyDecision> {
    const seenAt = this.#instant();
    try {
      const scopes = scopesOf(context);
      const frozen = (await this.#ledger.freezes()).some(({ scope, value }) => scope === "all" || scopes[scope] === value);
      if (frozen) return denialOfRefusal({ ok: false, code: "frozen", reason: "" }, [], this.#policy.decimalsOf);
    } catch (error) {
      // A ledger that cannot say whether it is frozen may be.
      return denialOfFault(error);
    }
    entry.thawedAt = seenAt;
    return allowFor(Math.max(0, validForMs - elapsedMs(this.#clock, seenAt)));
  }

  #instant(): Instant {
    return { now: this.#clock.now(), uptime: this.#clock.uptime() };
  }

  #statelessDenial(context: ActionContext): Deny | undefined {
    const denial = judgeStateless(this.#policy.statelessRules, context);
    if (denial === undefined) return undefined;
    const { code, reason, rule } = denial;
    return { decision: "deny", code, reason, ...(rule === undefined ? {} : { metadata: { rule } }) };
  }

  #reserve(request: ReserveRequest): Awaitable<PolicyDecision> {
    const { attemptId, stepId, lines, arm: arms = false, signatureDeadline = 0 } = request;
    return this.#decide({ attemptId, stepId, arms, lines, signatureDeadline }, () => this.#ledger.reserve(request));
  }

  /** Answers at once where the ledger does. */
  #decide(question: LedgerQuestion, ask: () => Awaitable<LedgerAnswer>): Awaitable<PolicyDecision> {
    const askedAt = this.#instant();
    // ledger:faults: a budget that cannot be asked has no room, whether it says so at once or later.
    try {
      const answer = ask();
      if (!(answer instanceof Promise)) return this.#decisionOf(question, answer, askedAt);
      return answer.then((later) => this.#decisionOf(question, later, askedAt), denialOfFault);
    } catch (error) {
      return denialOfFault(error);
    }
  }

  #decisionOf(question: LedgerQuestion, answer: LedgerAnswer, askedAt: Instant): PolicyDecision {
    if (!answer.ok) return denialOfRefusal(answer, question.lines, this.#policy.decimalsOf);
    // An allow may be acted on only while the wallet still has `leaveWithin` before the entry's end, by the ledger's own time.
    const validForMs = Math.max(0, answer.sendBy - this.#policy.leaveWithinMs - answer.now);
    this.#remember(question, validForMs, askedAt);
    return allowFor(validForMs, question.stepId);
  }

  #remember({ attemptId, stepId, arms, signatureDeadline }: LedgerQuestion, validForMs: number, askedAt: Instant): void {
    const known = this.#entries.get(attemptId);
    const entry = known ?? { steps: [], armed: false, signatureDeadline: 0, validForMs, askedAt, thawedAt: askedAt };
    if (stepId !== undefined) entry.steps.push(stepId);
    entry.armed ||= arms;
    if (arms) entry.signatureDeadline = Math.max(entry.signatureDeadline, signatureDeadline);
    entry.validForMs = validForMs;
    entry.askedAt = askedAt;
    entry.thawedAt = askedAt;
    if (known === undefined) this.#entries.set(attemptId, entry);
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

function allowFor(validForMs: number, stepId?: string): Allow {
  const settlement: { readonly settlement?: Settlement } = stepId === undefined ? {} : { settlement: { step: stepId } };
  // A decision tells whole milliseconds, and clocks do not: the part that is left is not used.
  return { decision: "allow", validForMs: Math.floor(validForMs), ...settlement };
}
