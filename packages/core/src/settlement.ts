import type { Attempt, Participant, SettleFacts } from "./attempt.js";
import { inProviderHook } from "./attempt-scope.js";
import { Deadline, timedOut } from "./deadline.js";
import { ActionDeniedError, ActionFailedError, errorText } from "./errors.js";
import { provesNothingLeft } from "./outcome.js";
import type { SettledOutcome } from "./provider.js";
import type { Runtime } from "./runtime.js";
import { isThenable } from "./thenable.js";

/** What the RFC's own hooks are told beside the outcome. */
export interface Told {
  /** What the action returned; undefined when it threw. */
  readonly result: unknown;
  /** What was thrown, or an error made of the text that the action returned, or the denial. */
  readonly error: unknown;
}

/** What an ended attempt's RFC hooks hear: the denial, what was thrown, or an error made of the returned text. */
export function toldOf({ denial }: Attempt, { stage, result, error }: SettleFacts): Told {
  const errorOfIt = (): unknown => {
    if (denial !== undefined) return new ActionDeniedError(denial, { result, cause: error });
    return stage === "raised" ? error : new ActionFailedError(result);
  };
  let made: unknown;
  return {
    result: stage === "returned" ? result : undefined,
    // An error costs as much as all the rest of a settlement, and a provider that settles by money never looks at one.
    get error() {
      made ??= errorOfIt();
      return made;
    },
  };
}

/** How long after a failed `settle` it is tried again, in milliseconds. Afterwards the ledger's own dates decide. */
const retryDelaysMs = [100, 1_000, 10_000];

/**
 * Tells the participants what became of an attempt, last first (`order:reverse`). Bounded and total: it never throws, and
 * whatever fails is an event and a retry, never a changed result (`settle:cumulative`).
 */
export async function tellParticipants(
  runtime: Runtime,
  attempt: Attempt,
  participants: readonly Participant[],
  outcome: SettledOutcome,
  told: Told,
): Promise<void> {
  const deadline = new Deadline(runtime.clock, runtime.settleDeadlineMs);
  for (let index = participants.length - 1; index >= 0; index -= 1) {
    const telling = tell(runtime, attempt, participants[index] as Participant, outcome, told, deadline);
    if (telling instanceof Promise) await telling;
  }
}

/** Tells one participant: at once, where it hears so. */
function tell(
  runtime: Runtime,
  attempt: Attempt,
  participant: Participant,
  outcome: SettledOutcome,
  told: Told,
  deadline: Deadline,
): unknown {
  const { provider } = participant;
  const { context } = attempt;
  if (provider.settle !== undefined) {
    participant.untold = outcome;
    const settled = settleOnce(runtime, attempt, participant, deadline);
    const retryUnless = (isSettled: boolean): void => {
      if (!isSettled) retryLater(runtime, attempt, participant, 0);
    };
    return settled instanceof Promise ? settled.then(retryUnless) : retryUnless(settled);
  }
  if (participant.told) return undefined;
  participant.told = true;
  // settle:by-money: a provider that would release on an error hears of one only when it is proven that nothing left.
  const nothingLeft = provesNothingLeft(outcome);
  const hook = nothingLeft ? "onActionError" : "afterAction";
  const heard = nothingLeft
    ? (): unknown => provider.onActionError?.(context, told.error, outcome)
    : (): unknown => provider.afterAction?.(context, told.result, outcome);
  return runHook(runtime, attempt, participant, hook, heard, deadline);
}

/** Tells a provider the newest outcome that it has not been told. @returns whether there is nothing left to tell */
function settleOnce(
  runtime: Runtime,
  attempt: Attempt,
  participant: Participant,
  deadline: Deadline,
): boolean | Promise<boolean> {
  const outcome = participant.untold;
  if (outcome === undefined) return true;
  const scope = { settlements: [...participant.settlements], recovered: attempt.recovered };
  const settle = (): unknown => participant.provider.settle?.(attempt.context, outcome, scope);
  const noted = (isSettled: boolean): boolean => {
    if (isSettled && participant.untold === outcome) participant.untold = undefined;
    return isSettled;
  };
  const settling = runHook(runtime, attempt, participant, "settle", settle, deadline);
  return settling instanceof Promise ? settling.then(noted) : noted(settling);
}

/** Runs a hook, within the deadline where it takes time. @returns whether it did what it had to; never throws */
function runHook(
  runtime: Runtime,
  attempt: Attempt,
  participant: Participant,
  hook: "settle" | "afterAction" | "onActionError",
  body: () => unknown,
  deadline: Deadline,
): boolean | Promise<boolean> {
  const provider = runtime.nameOf(participant.provider);
  const { actionId, actionName } = attempt.facts;
  const ended = (): boolean => {
    runtime.emit({ type: "provider.ended", actionId, actionName, provider, hook });
    return true;
  };
  const failed = (error: unknown): boolean => {
    const reason = `${provider}.${hook}: ${errorText(error)}`;
    runtime.emit({ type: "settlement.failed", actionId, actionName, provider, hook, reason });
    runtime.logger.warn(`settlement failed: ${reason}`);
    return false;
  };
  runtime.emit({ type: "provider.started", actionId, actionName, provider, hook });
  try {
    const answer = inProviderHook(actionId, body);
    if (!isThenable(answer)) return ended();
    return deadline.within(Promise.resolve(answer)).then((late) => {
      return late === timedOut ? failed(new Error(`did not finish within ${runtime.settleDeadlineMs} ms`)) : ended();
    }, failed);
  } catch (error) {
    return failed(error);
  }
}

function retryLater(runtime: Runtime, attempt: Attempt, participant: Participant, round: number): void {
  const delayMs = retryDelaysMs[round];
  // Nothing more to do here: what was armed goes on counting as spent until its own date, the safe side.
  if (delayMs === undefined) return;
  setTimeout(() => {
    attempt.settling = attempt.settling.then(async () => {
      const deadline = new Deadline(runtime.clock, runtime.settleDeadlineMs);
      if (!(await settleOnce(runtime, attempt, participant, deadline))) retryLater(runtime, attempt, participant, round + 1);
    });
  }, delayMs).unref();
}
