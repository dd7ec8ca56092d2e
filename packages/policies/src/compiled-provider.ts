import {
  type PolicyProvider,
  provesNothingLeft,
  type SettledOutcome,
  type Settlement,
  type SettleScope,
} from "@agentkit-policy/core";
import type { AskedLine, Awaitable, Granted, Ledger, LedgerAnswer, ReserveRequest } from "@agentkit-policy/ledger";
import type { ActionContext, Allow, Deny, PolicyDecision } from "@agentkit-policy/schema";
import type { CompiledPolicy } from "./compile-policy.js";
import { denialOfFault, denialOfRefusal } from "./ledger-denial.js";
import { askedLines, intentOf, limitsFor, scopesOf, spentLines } from "./ledger-request.js";
import { judgeStateless } from "./stateless-rules.js";

/** What this process knows of an entry of its own: enough to spare the ledger a question, never to answer in its place. */
interface HeldEntry {
  readonly steps: string[];
  armed: boolean;
  sendBy: number;
}

/** What is asked of the ledger for one decision. */
interface LedgerQuestion {
  readonly attemptId: string;
  /** The step that a reserve makes; an arm alone makes none. */
  readonly stepId?: string;
  /** Whether the answer arms the entry. */
  readonly arms: boolean;
  readonly lines: readonly AskedLine[];
}

/** What the provider runs with. */
export interface ProviderParts {
  readonly policy: CompiledPolicy;
  readonly ledger: Ledger;
  readonly name: string;
  readonly now: () => number;
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
    beforeAction: (context) => provider.beforeAction(context),
    beforeWalletCall: (context) => provider.beforeWalletCall(context),
    settle: (context, outcome, scope) => provider.settle(context, outcome, scope),
  };
}

class CompiledProvider {
  readonly #policy: CompiledPolicy;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #entries = new Map<string, HeldEntry>();

  constructor({ policy, ledger, now }: ProviderParts) {
    this.#policy = policy;
    this.#ledger = ledger;
    this.#now = now;
  }

  beforeAction(context: ActionContext): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const lines = askedLines(context.effects);
    lines.push({ unit: "actions" });
    const limits = limitsFor(this.#policy.limits, context);
    // What moves nothing needs an entry only where actions themselves are counted.
    if (context.effects.length === 0 && limits.every((limit) => limit.unit !== "actions")) return { decision: "allow" };
    // guard:invisible-money: where no wallet call will come by, this is the last moment to arm.
    const arm = !context.moneyVisible && context.effects.length > 0;
    const intent = intentOf(context);
    return this.#reserve({
      attemptId: context.actionId,
      stepId: "root",
      scopes: scopesOf(context),
      lines,
      limits,
      arm,
      ...(intent === undefined ? {} : { intent }),
    });
  }

  beforeWalletCall(context: ActionContext): Awaitable<PolicyDecision> {
    const denial = this.#statelessDenial(context);
    if (denial !== undefined) return denial;
    const { actionId: attemptId, callId: stepId } = context;
    if (stepId === undefined) return { decision: "deny", code: "context_error", reason: "the wallet call has no id" };
    const lines = askedLines(context.excess ?? context.effects);
    const entry = this.#entries.get(attemptId);
    if (lines.length > 0 || entry === undefined) {
      const limits = limitsFor(this.#policy.limits, context);
      return this.#reserve({ attemptId, stepId, scopes: scopesOf(context), lines, limits, arm: true });
    }
    // guard:judged-in-full: only the first call arms, as long as the entry leaves the wallet time enough.
    if (entry.armed && this.#now() + this.#policy.leaveWithinMs <= entry.sendBy) return this.#allow(entry.sendBy);
    return this.#decide({ attemptId, arms: true, lines }, () => this.#ledger.arm({ attemptId, steps: entry.steps }));
  }

  settle(context: ActionContext, outcome: SettledOutcome, { settlements }: SettleScope): Awaitable<void> {
    const { actionId } = context;
    // Nothing was held and nothing was spent: a read, or a denial of our own. An attempt that may have reached the
    // ledger without our hearing of it is closed all the same.
    const nothingHeld = !this.#entries.has(actionId) && settlements.length === 0;
    if (nothingHeld && outcome.spent.length === 0 && context.effects.length === 0) return undefined;
    const inFlight = outcome.calls.some((call) => call.state === "in_flight");
    const closing = this.#ledger.close({
      attemptId: actionId,
      scopes: scopesOf(context),
      entered: outcome.entered,
      nothingDone: provesNothingLeft(outcome),
      inFlight,
      spent: spentLines(outcome.spent),
    });
    const closed = (): void => {
      if (!inFlight) this.#entries.delete(actionId);
    };
    return closing instanceof Promise ? closing.then(closed) : closed();
  }

  #statelessDenial(context: ActionContext): Deny | undefined {
    const denial = judgeStateless(this.#policy.statelessRules, context);
    if (denial === undefined) return undefined;
    const { code, reason, rule } = denial;
    return { decision: "deny", code, reason, ...(rule === undefined ? {} : { metadata: { rule } }) };
  }

  #reserve(request: ReserveRequest): Awaitable<PolicyDecision> {
    const { attemptId, stepId, lines, arm: arms = false } = request;
    return this.#decide({ attemptId, stepId, arms, lines }, () => this.#ledger.reserve(request));
  }

  /** Answers at once where the ledger does. */
  #decide(question: LedgerQuestion, ask: () => Awaitable<LedgerAnswer>): Awaitable<PolicyDecision> {
    // ledger:faults: a budget that cannot be asked has no room, whether it says so at once or later.
    try {
      const answer = ask();
      if (!(answer instanceof Promise)) return this.#decisionOf(question, answer);
      return answer.then((later) => this.#decisionOf(question, later), denialOfFault);
    } catch (error) {
      return denialOfFault(error);
    }
  }

  #decisionOf({ attemptId, stepId, arms, lines }: LedgerQuestion, answer: LedgerAnswer): PolicyDecision {
    if (!answer.ok) return denialOfRefusal(answer, lines, this.#policy.decimalsOf);
    this.#remember(attemptId, stepId, arms, answer);
    return this.#allow(answer.sendBy, stepId);
  }

  #remember(actionId: string, stepId: string | undefined, arms: boolean, { sendBy }: Granted): void {
    const entry = this.#entries.get(actionId) ?? { steps: [], armed: false, sendBy };
    if (stepId !== undefined) entry.steps.push(stepId);
    entry.armed ||= arms;
    entry.sendBy = sendBy;
    this.#entries.set(actionId, entry);
  }

  /** An allow that may be acted on only while the wallet still has `leaveWithin` before the entry's end. */
  #allow(sendBy: number, stepId?: string): Allow {
    const validForMs = Math.max(0, sendBy - this.#policy.leaveWithinMs - this.#now());
    const settlement: { readonly settlement?: Settlement } = stepId === undefined ? {} : { settlement: { step: stepId } };
    return { decision: "allow", validForMs, ...settlement };
  }
}
