import { provesNothingLeft, type SettledOutcome, type Settlement } from "@agentkit-policy/core";
import type { AskedLine, Awaitable, Ledger, LedgerAnswer, Limit, ReserveRequest } from "@agentkit-policy/ledger";
import {
  type ActionContext,
  type Allow,
  type Clock,
  elapsedMs,
  type Instant,
  instantOf,
  type PolicyDecision,
} from "@agentkit-policy/schema";
import type { CompiledPolicy } from "./compile-policy.js";
import { type Asked, denialOfFault, denialOfRefusal } from "./ledger-denial.js";
import { callReport, latestDeadline, scopesOf, spentLines } from "./ledger-request.js";

/** What this process knows of an entry of its own: enough to spare the ledger a question, never to answer in its place. */
export interface HeldEntry {
  readonly steps: string[];
  armed: boolean;
  /** The latest deadline of a signature that the entry covers, or will with its first arm, in milliseconds since 1970. */
  signatureDeadline: number;
  /** How long the last grant may be acted on, from before it was asked for. */
  validForMs: number;
  askedAt: Instant;
  /** When the ledger was last seen to freeze none of the attempt's scopes. */
  thawedAt: Instant;
}

/** How old the knowledge may be that nothing is frozen. */
const freezeAgeMs = 1_000;

/** What is asked of the ledger for one decision. */
interface LedgerQuestion {
  readonly attemptId: string;
  /** The step that a reserve makes; an arm alone makes none. */
  readonly stepId?: string;
  /** Whether the answer arms the entry. */
  readonly arms: boolean;
  readonly lines: readonly AskedLine[];
  readonly limits: readonly Limit[];
  readonly signatureDeadline: number;
}

const nothingAsked: Asked = { lines: [], limits: [] };

/** The ledger's entries of this process's own attempts: what it asks for them, as decisions, and what it knows of them meanwhile. */
export class AttemptEntries {
  readonly #policy: CompiledPolicy;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #held = new Map<string, HeldEntry>();

  constructor(policy: CompiledPolicy, ledger: Ledger, clock: Clock) {
    this.#policy = policy;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  of(attemptId: string): HeldEntry | undefined {
    return this.#held.get(attemptId);
  }

  reserve(request: ReserveRequest): Awaitable<PolicyDecision> {
    const { attemptId, stepId, lines, limits, arm: arms = false, signatureDeadline = 0 } = request;
    return this.#decide({ attemptId, stepId, arms, lines, limits, signatureDeadline }, () => this.#ledger.reserve(request));
  }

  /** Arms all that is held for an attempt, and stores a note with it. */
  arm(context: ActionContext, note?: string): Awaitable<PolicyDecision> {
    const { actionId: attemptId } = context;
    const entry = this.of(attemptId);
    const signatureDeadline = Math.max(latestDeadline(context.effects), entry?.signatureDeadline ?? 0);
    const steps = entry?.steps ?? [];
    const question = { attemptId, arms: true, ...nothingAsked, signatureDeadline };
    const noted = note === undefined ? {} : { note };
    return this.#decide(question, () => this.#ledger.arm({ attemptId, steps, signatureDeadline, ...noted }));
  }

  /** A call that what is held covers. */
  cover(context: ActionContext, entry: HeldEntry): Awaitable<PolicyDecision> {
    const signatureDeadline = latestDeadline(context.effects);
    // guard:judged-in-full: only the first call arms, as long as the entry leaves the wallet time enough.
    const validForMs = entry.validForMs - elapsedMs(this.#clock, entry.askedAt);
    if (entry.armed && validForMs >= 0 && signatureDeadline <= entry.signatureDeadline) {
      // ledger:freeze: what was seen a moment ago holds still; every other process is heard within a second.
      if (elapsedMs(this.#clock, entry.thawedAt) <= freezeAgeMs) return allowFor(validForMs);
      return this.#unlessFrozen(entry, context, validForMs);
    }
    return this.arm(context);
  }

  /** The action will not run: what was reserved is free at once. */
  async giveBack(context: ActionContext): Promise<void> {
    const { actionId: attemptId } = context;
    this.#held.delete(attemptId);
    const nothing = { entered: false, nothingDone: true, inFlight: false, spent: [], calls: [] };
    try {
      await this.#ledger.close({ attemptId, scopes: scopesOf(context), ...nothing });
    } catch {
      // A reserve that nobody gives back counts until its entry's end, the safe side.
    }
  }

  /**
   * Closes what an attempt held, and what it spent.
   * @param paidInside whether its entry holds the intent of actions inside it that may have paid
   */
  close(
    context: ActionContext,
    outcome: SettledOutcome,
    settlements: readonly Settlement[],
    paidInside: boolean,
  ): Awaitable<void> {
    const { actionId } = context;
    // Nothing was held and nothing was spent: a read, or a denial of our own. An attempt that may have reached the
    // ledger without our hearing of it is closed all the same.
    const nothingHeld = !this.#held.has(actionId) && settlements.every((settlement) => settlement["step"] === undefined);
    if (nothingHeld && outcome.spent.length === 0 && context.effects.length === 0) return undefined;
    const inFlight = outcome.calls.some((call) => call.state === "in_flight");
    const closing = this.#ledger.close({
      attemptId: actionId,
      scopes: scopesOf(context),
      entered: outcome.entered,
      nothingDone: provesNothingLeft(outcome) && !paidInside,
      inFlight,
      spent: spentLines(outcome.spent),
      // Where calls may have gone by unseen, evidence of those that were seen proves nothing of the rest. Nor does evidence of
      // its own calls free an intent by which others have paid.
      calls: outcome.journalComplete && !paidInside ? outcome.calls.map((call) => callReport(call, context)) : [],
    });
    const closed = (): void => {
      if (!inFlight) this.#held.delete(actionId);
    };
    return closing instanceof Promise ? closing.then(closed) : closed();
  }

  async #unlessFrozen(entry: HeldEntry, context: ActionContext, validForMs: number): Promise<PolicyDecision> {
    const seenAt = instantOf(this.#clock);
    try {
      const scopes = scopesOf(context);
      const frozen = (await this.#ledger.freezes()).some(({ scope, value }) => scope === "all" || scopes[scope] === value);
      if (frozen) return denialOfRefusal({ ok: false, code: "frozen", reason: "" }, nothingAsked, this.#policy.decimalsOf);
    } catch (error) {
      // A ledger that cannot say whether it is frozen may be.
      return denialOfFault(error);
    }
    entry.thawedAt = seenAt;
    return allowFor(Math.max(0, validForMs - elapsedMs(this.#clock, seenAt)));
  }

  /** Answers at once where the ledger does. */
  #decide(question: LedgerQuestion, ask: () => Awaitable<LedgerAnswer>): Awaitable<PolicyDecision> {
    const askedAt = instantOf(this.#clock);
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
    if (!answer.ok) return denialOfRefusal(answer, question, this.#policy.decimalsOf);
    // An allow may be acted on only while the wallet still has `leaveWithin` before the entry's end, by the ledger's own time.
    const validForMs = Math.max(0, answer.sendBy - this.#policy.leaveWithinMs - answer.now);
    this.#remember(question, validForMs, askedAt);
    return allowFor(validForMs, question.stepId);
  }

  #remember({ attemptId, stepId, arms, signatureDeadline }: LedgerQuestion, validForMs: number, askedAt: Instant): void {
    const known = this.of(attemptId);
    const entry = known ?? { steps: [], armed: false, signatureDeadline: 0, validForMs, askedAt, thawedAt: askedAt };
    if (stepId !== undefined) entry.steps.push(stepId);
    entry.armed ||= arms;
    // ledger:horizon: what the action declared is dated by every arm, as a wallet call need not tell its deadline.
    entry.signatureDeadline = Math.max(entry.signatureDeadline, signatureDeadline);
    entry.validForMs = validForMs;
    entry.askedAt = askedAt;
    entry.thawedAt = askedAt;
    if (known === undefined) this.#held.set(attemptId, entry);
  }
}

function allowFor(validForMs: number, stepId?: string): Allow {
  const settlement = stepId === undefined ? {} : { settlement: { step: stepId } };
  // A decision tells whole milliseconds, and clocks do not: the part that is left is not used.
  return { decision: "allow", validForMs: Math.floor(validForMs), ...settlement };
}
