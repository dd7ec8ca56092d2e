import type { ActionContext, PolicyDecision, WalletCallFacts } from "@agentkit-policy/schema";
import type { Description, Read } from "./action-reader.js";
import type { Answer } from "./ask.js";
import { Attempt, type AttemptFacts, newParticipant, type SettleFacts, walletContext } from "./attempt.js";
import { Deadline, timedOut, within } from "./deadline.js";
import { decodeCall, describeAttempt, unknownDescription, unreadable } from "./description.js";
import { ActionDeniedError, type Denial, errorKind, errorText } from "./errors.js";
import { moneyLines } from "./money.js";
import { isControlFlow, outcomeOf } from "./outcome.js";
import { labelOf } from "./outcome-label.js";
import type { PolicyProvider, SettledOutcome, Settlement, WalletCallScope } from "./provider.js";
import { askRound, type RoundResult } from "./round.js";
import type { Runtime } from "./runtime.js";
import { Ended, tellParticipants } from "./settlement.js";

/** An answer of the machine's. An allow holds only as long as `stillValid` says so, in the very tick of acting on it. */
export type Verdict =
  | {
      readonly decision: "allow";
      readonly context: ActionContext;
      readonly stillValid: () => boolean;
      /** For a host in another process: how long the allow holds from now, in milliseconds; undefined for as long as it likes. */
      readonly validForMs: number | undefined;
      /** What the providers want echoed, for a host that keeps it. */
      readonly settlements: readonly Settlement[];
    }
  | { readonly decision: "deny"; readonly denial: Denial };

/** How long earlier providers may hold up the denial that a later one gave, in milliseconds. */
const releaseGraceMs = 200;

/** How long a late answer is awaited in the background before its provider is told all the same, in milliseconds. */
const lateAnswerMs = 60_000;

/** How long a settled attempt is remembered for a receipt that would be final evidence, in milliseconds. */
const receiptMs = 300_000;

/**
 * The stepwise machine under the hook: open an attempt, judge its wallet calls, observe what became of them, settle it.
 * It sees plain facts only, so that TypeScript's `withPolicy` and a sidecar for another language drive the very same.
 */
export class AttemptMachine {
  readonly #runtime: Runtime;
  readonly #attempts = new Map<string, Attempt>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Decides whether an attempt may begin. A denial has already told whoever had allowed it (`order:release`). */
  async openAttempt(facts: AttemptFacts, read: Read, deadlineMs = this.#runtime.decisionDeadlineMs): Promise<Verdict> {
    const runtime = this.#runtime;
    const { actionId, actionName } = facts;
    runtime.emit({ type: "action.requested", actionId, actionName });
    const deadline = new Deadline(runtime.clock, deadlineMs);
    const described = describeAttempt(runtime, facts, read, deadline);
    const description = described instanceof Promise ? await described : described;
    if ("code" in description) return this.#denied(facts, description);
    const attempt = newAttempt(runtime, facts, description);
    if ("code" in attempt) return this.#denied(facts, attempt);
    const questions = runtime.parts.map((part) => ({
      part,
      ask: (time: Deadline) => part.provider.beforeAction(attempt.context, new HookScope(time, attempt)),
    }));
    const aside = (provider: PolicyProvider, answer: Answer | Promise<Answer>): void => this.#joinLate(attempt, provider, answer);
    const round = await askRound({ runtime, attempt, hook: "beforeAction", questions, deadline, aside });
    if (round.kind !== "allowed") {
      attempt.denial = round.denial;
      if (round.kind === "refused" && round.answer.kind === "ambiguous") this.#joinLate(attempt, round.provider, round.answer);
      await this.#release(attempt, round.denial);
      return this.#denied(facts, round.denial);
    }
    this.#attempts.set(actionId, attempt);
    runtime.emit({ type: "action.allowed", actionId, actionName });
    return allow(attempt.context, round);
  }

  /**
   * Judges one wallet call of an open attempt: draws on its envelope, then asks every provider that judges wallet calls
   * (`guard:judged-in-full`). Called after the wallet's turn was taken, directly before the call is handed over.
   */
  async judgeCall(actionId: string, call: WalletCallFacts, deadlineMs = this.#runtime.decisionDeadlineMs): Promise<Verdict> {
    const runtime = this.#runtime;
    const attempt = this.#attempts.get(actionId);
    // An envelope lives in one process only: an attempt that this machine did not open admits no call.
    if (attempt === undefined) return deny({ code: "attempt_unknown", reason: "the attempt of this wallet call is not open" });
    if (attempt.denial !== undefined) return deny(attempt.denial);
    if (call.chainId !== attempt.facts.chainId || call.from !== attempt.facts.walletAddress) {
      attempt.denial = {
        code: "context_changed",
        reason: "the wallet has changed its chain or address since the action was allowed",
      };
      return deny(attempt.denial);
    }
    const effects = decodeCall(runtime, call);
    const excess = attempt.envelope.draw(call.callId, effects);
    const context = walletContext(attempt, call, effects, excess);
    const judges = runtime.parts.flatMap((part) => {
      const participant = attempt.participants.find(({ provider }) => provider === part.provider);
      return participant?.provider.beforeWalletCall === undefined ? [] : [{ part, participant }];
    });
    if (judges.length === 0 && excess.length > 0) {
      runtime.emit({ type: "wallet.unjudged", actionId, callId: call.callId });
    }
    const deadline = new Deadline(runtime.clock, deadlineMs);
    const questions = judges.map(({ part, participant }) => ({
      part,
      ask: (time: Deadline) =>
        participant.provider.beforeWalletCall?.(context, new HookScope(time, attempt, [...participant.settlements])),
    }));
    const aside = (provider: PolicyProvider, answer: Answer | Promise<Answer>): void => this.#joinLate(attempt, provider, answer);
    attempt.expectedAnswers += 1;
    const round = await askRound({ runtime, attempt, hook: "beforeWalletCall", questions, deadline, aside });
    if (round.kind === "refused" && round.answer.kind === "ambiguous") this.#joinLate(attempt, round.provider, round.answer);
    this.#answered(attempt, true);
    if (round.kind === "allowed") return allow(context, round);
    // Whoever allowed this call hears of it when the attempt settles: the call is not in its outcome.
    attempt.denial ??= round.denial;
    return deny(round.denial);
  }

  /** Takes note that a call did not leave: what it drew goes back to the envelope (`guard:never-left`). */
  observe(actionId: string, callId: string): void {
    this.#attempts.get(actionId)?.envelope.giveBack(callId);
  }

  /** What denied a wallet call of this attempt, if anything did. */
  denialOf(actionId: string): Denial | undefined {
    return this.#attempts.get(actionId)?.denial;
  }

  /** Denies every further wallet call of an attempt, for a reason that the host found. */
  denyFurtherCalls(actionId: string, denial: Denial): void {
    const attempt = this.#attempts.get(actionId);
    if (attempt !== undefined) attempt.denial ??= denial;
  }

  /** Settles an attempt with all that is known, and again when more became known. Never throws. */
  async settle(facts: SettleFacts): Promise<SettledOutcome | undefined> {
    const attempt = this.#attempts.get(facts.actionId);
    if (attempt === undefined) return undefined;
    attempt.settledWith = facts;
    attempt.denial ??= facts.denial;
    try {
      const outcome = this.#outcome(attempt, facts);
      this.#emitOutcome(attempt, outcome);
      const told = new Ended(attempt, facts);
      const tell = (): Promise<void> | undefined => tellParticipants(this.#runtime, attempt, attempt.participants, outcome, told);
      this.#forgetWhenDone(attempt, outcome);
      const settling = attempt.settling === undefined ? tell() : attempt.settling.then(tell);
      if (settling !== undefined) {
        attempt.settling = settling;
        await settling;
      }
      return outcome;
    } catch (error) {
      this.#untold(attempt, error);
      return undefined;
    }
  }

  /**
   * Settles an attempt that another process opened, from its facts alone: no envelope, no argument and no provider's memory
   * of it is left, only what the providers had wanted echoed. Never throws.
   */
  async settleRecovered(
    facts: AttemptFacts,
    settled: SettleFacts,
    settlements: readonly Settlement[],
    read: Read,
  ): Promise<SettledOutcome> {
    const runtime = this.#runtime;
    const described = await describeAttempt(runtime, facts, read, new Deadline(runtime.clock, runtime.settleDeadlineMs));
    const attempt = new Attempt({ ...facts, args: null }, "code" in described ? unknownDescription : described, true);
    for (const { provider } of runtime.parts) {
      const participant = newParticipant(provider);
      participant.settlements.push(...settlements);
      attempt.participants.push(participant);
    }
    this.#attempts.set(facts.actionId, attempt);
    return (await this.settle(settled)) ?? this.#outcome(attempt, settled);
  }

  /**
   * Nobody can say what became of an attempt, so nobody is told: what it holds goes on counting as spent until its own date,
   * the safe side. Neither the action's result nor the process may suffer for it.
   */
  #untold({ facts: { actionId, actionName } }: Attempt, error: unknown): void {
    const reason = `what became of the attempt could not be told: ${errorText(error)}`;
    this.#runtime.emit({ type: "settlement.failed", actionId, actionName, reason });
    this.#runtime.logger.warn(`settlement failed: ${reason}`);
  }

  /** Whether this machine opened the attempt and still remembers it. */
  isOpen(actionId: string): boolean {
    return this.#attempts.has(actionId);
  }

  /** An attempt is remembered as long as something may still become known of it in this process, and no longer. */
  #forgetWhenDone(attempt: Attempt, outcome: SettledOutcome): void {
    const { actionId } = attempt.facts;
    if (attempt.expectedAnswers > 0 || outcome.calls.some((call) => call.state === "in_flight")) return;
    const awaitsReceipt = outcome.calls.some(
      (call) => call.state === "live" && !call.final && call.transactionId !== undefined && this.#isFinalAtOnce(call.chainId),
    );
    if (!awaitsReceipt) this.#attempts.delete(actionId);
    else setTimeout(() => this.#attempts.delete(actionId), receiptMs).unref();
  }

  /** Whether a receipt alone is final evidence. */
  #isFinalAtOnce(chainId: string | undefined): boolean {
    return (this.#runtime.confirmations(chainId) ?? Number.POSITIVE_INFINITY) <= 1;
  }

  /**
   * An answer that nobody waited for joins what is settled, unless it is a denial: of a provider that was late, failed or
   * answered rubbish, and may hold something all the same (`order:release`), or of a shadow.
   */
  #joinLate(attempt: Attempt, provider: PolicyProvider, answer: Answer | Promise<Answer>): void {
    if (!(answer instanceof Promise) && answer.kind !== "ambiguous") {
      if (answer.kind === "allow") attempt.allowedBy(provider, answer.allow.settlement);
      return;
    }
    attempt.expectedAnswers += 1;
    settledAnswer(answer)
      .then((late) => {
        const isNews = late?.decision !== "deny" && attempt.allowedBy(provider, late?.settlement);
        this.#answered(attempt, isNews);
      })
      .catch((error: unknown) => this.#untold(attempt, error));
  }

  /** An answer came. If it brought something after the attempt was settled, that is settled too (`settle:cumulative`). */
  #answered(attempt: Attempt, isNews: boolean): void {
    attempt.expectedAnswers -= 1;
    if (attempt.settledWith !== undefined && isNews) void this.settle(attempt.settledWith);
    else if (attempt.settledWith !== undefined) this.#forgetWhenDone(attempt, this.#outcome(attempt, attempt.settledWith));
    else if (attempt.released !== undefined)
      this.#release(attempt, attempt.released).catch((error: unknown) => this.#untold(attempt, error));
  }

  /** Tells those who allowed, and have not been told yet, that the attempt was denied. A slow one goes on in the background. */
  async #release(attempt: Attempt, denial: Denial): Promise<void> {
    attempt.released = denial;
    const participants = attempt.participants.splice(0);
    if (participants.length === 0) return;
    const told = { result: undefined, error: new ActionDeniedError(denial) };
    const outcome = this.#deniedOutcome(attempt);
    const telling = tellParticipants(this.#runtime, attempt, participants, outcome, told);
    if (telling !== undefined) await new Deadline(this.#runtime.clock, releaseGraceMs).within(telling);
  }

  #deniedOutcome(attempt: Attempt): SettledOutcome {
    return this.#outcome(attempt, {
      actionId: attempt.facts.actionId,
      stage: "before",
      durationMs: 0,
      walletTouched: false,
      journal: [],
    });
  }

  #outcome(attempt: Attempt, facts: SettleFacts): SettledOutcome {
    const controlFlow = facts.stage === "raised" && isControlFlow(facts.error);
    return outcomeOf({
      ending: {
        stage: facts.stage,
        saidFailed: facts.stage === "raised" || this.#saidFailed(attempt, facts),
        controlFlow,
        durationMs: facts.durationMs,
      },
      journal: facts.journal,
      declared: attempt.description.effects,
      // A body that declared money and never looked at the guarded wallet may hold the bare one: nothing was seen.
      journalComplete:
        attempt.context.moneyVisible && (facts.walletTouched || moneyLines(attempt.description.effects).length === 0),
      decode: (call) => decodeCall(this.#runtime, call),
      confirmations: this.#runtime.confirmations,
    });
  }

  #saidFailed(attempt: Attempt, facts: SettleFacts): boolean {
    if (attempt.denial !== undefined) return true;
    const own = facts.said ?? this.#ownLabel(attempt, facts);
    return (own ?? labelOf(facts.result, attempt.description.canonicalAction)) === "failed";
  }

  /** What the user's own classifier says of a result, if it says anything. */
  #ownLabel(attempt: Attempt, { result }: SettleFacts): "succeeded" | "failed" | undefined {
    const { classify, logger } = this.#runtime;
    if (classify === undefined) return undefined;
    try {
      const own = classify(result, attempt.facts.actionName);
      return own === "succeeded" || own === "failed" ? own : undefined;
    } catch (error) {
      // The label only: money follows the journal whatever anybody says.
      logger.warn(`the classifier failed: ${errorKind(error)}`);
      return undefined;
    }
  }

  #denied(facts: AttemptFacts, denial: Denial): Verdict {
    const { actionId, actionName } = facts;
    this.#runtime.emit({ type: "action.denied", actionId, actionName, code: denial.code, reason: denial.reason });
    return deny(denial);
  }

  #emitOutcome(attempt: Attempt, outcome: SettledOutcome): void {
    const { actionId, actionName } = attempt.facts;
    if (attempt.status === outcome.status) return;
    attempt.status = outcome.status;
    this.#runtime.emit({ type: `action.${outcome.status}`, actionId, actionName });
    const nothingSent = outcome.calls.every((call) => call.state === "never_left" && call.transactionId === undefined);
    if (outcome.status === "succeeded" && outcome.journalComplete && attempt.description.spends && nothingSent) {
      this.#runtime.emit({ type: "success_without_send", actionId, actionName });
    }
  }
}

function newAttempt(runtime: Runtime, facts: AttemptFacts, description: Description): Attempt | Denial {
  try {
    return new Attempt(facts, description);
  } catch (error) {
    // A reader that describes what is no effect has described nothing: deny.
    return unreadable(runtime, error);
  }
}

/** What a provider decided in the end; undefined where it failed, or did not answer in time to be told of. */
async function settledAnswer(pending: Answer | Promise<Answer>): Promise<PolicyDecision | undefined> {
  const answer = await pending;
  if (answer.kind === "allow") return answer.allow;
  if (answer.kind === "deny") return { decision: "deny", reason: answer.denial.reason };
  const late = await within(answer.late, lateAnswerMs, false);
  return late === timedOut ? undefined : late;
}

/** What a hook that decides is handed. The signal is made when a provider asks for it; most answer at once. */
class HookScope implements WalletCallScope {
  readonly remainingMs: number;
  readonly maySpend: boolean;
  readonly settlements: readonly Settlement[];
  readonly #deadline: Deadline;

  constructor(deadline: Deadline, { description }: Attempt, settlements: readonly Settlement[] = []) {
    this.remainingMs = deadline.remainingMs;
    this.maySpend = description.spends;
    this.settlements = settlements;
    this.#deadline = deadline;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }
}

function allow(context: ActionContext, { validity, settlements }: Extract<RoundResult, { kind: "allowed" }>): Verdict {
  return { decision: "allow", context, stillValid: validity.stillValid, validForMs: validity.remainingMs, settlements };
}

function deny(denial: Denial): Verdict {
  return { decision: "deny", denial };
}
