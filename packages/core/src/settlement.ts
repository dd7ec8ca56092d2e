import type { Attempt, Participant, SettleFacts } from "./attempt.js";
import { Deadline } from "./deadline.js";
import { ActionDeniedError, ActionFailedError, type Denial, errorText, UnsettledError } from "./errors.js";
import { provesNothingLeft } from "./outcome.js";
import type { SettledOutcome } from "./provider.js";
import type { Runtime } from "./runtime.js";

/** What the RFC's own hooks are told beside the outcome. */
export interface Told {
  /** What the action returned; undefined when it threw. */
  readonly result: unknown;
  /** What was thrown, or an error made of the text that the action returned, or the denial. */
  readonly error: unknown;
}

/** What an ended attempt's RFC hooks hear. */
export class Ended implements Told {
  readonly result: unknown;
  readonly #denial: Denial | undefined;
  readonly #facts: SettleFacts;
  #error: unknown;

  constructor({ denial }: Attempt, facts: SettleFacts) {
    this.result = facts.stage === "returned" ? facts.result : undefined;
    this.#denial = denial;
    this.#facts = facts;
  }

  /** An error costs as much as all the rest of a settlement, and a provider that settles by money never looks at one. */
  get error(): unknown {
    this.#error ??= this.#made();
    return this.#error;
  }

  #made(): unknown {
    const { stage, result, error } = this.#facts;
    if (this.#denial !== undefined) return new ActionDeniedError(this.#denial, { result, cause: error });
    return stage === "raised" ? error : new ActionFailedError(result);
  }
}

/** How long after a failed `settle` it is tried again, in milliseconds. Afterwards the ledger's own dates decide. */
const retryDelaysMs = [100, 1_000, 10_000];

/**
 * Tells the participants what became of an attempt, last first (`order:reverse`). Bounded and total: it never throws, and
 * whatever fails is an event and a retry, never a changed result (`settle:cumulative`).
 */
export function tellParticipants(
  runtime: Runtime,
  attempt: Attempt,
  participants: readonly Participant[],
  outcome: SettledOutcome,
  told: Told,
): Promise<void> | undefined {
  const deadline = new Deadline(runtime.clock, runtime.settleDeadlineMs);
  // A late answer may have joined out of turn: the order is that of the policy.
  const parts = [...runtime.parts];
  /** Goes on until somebody takes time: a promise costs more than most hooks. */
  const goOn = (): Promise<void> | undefined => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const { provider, mode } = part;
      const participant = participants.find((candidate) => candidate.provider === provider);
      if (participant === undefined) continue;
      const telling = tellOne(runtime, attempt, participant, outcome, told, deadline);
      // Nobody waits for a shadow.
      if (telling !== undefined && mode !== "shadow") return telling.then(goOn);
    }
    return undefined;
  };
  return goOn();
}

function tellOne(
  runtime: Runtime,
  attempt: Attempt,
  participant: Participant,
  outcome: SettledOutcome,
  told: Told,
  deadline: Deadline,
): Promise<void> | undefined {
  if (participant.provider.settle === undefined) return tellOnce(runtime, attempt, participant, outcome, told, deadline);
  participant.untold = outcome;
  const again = (settled: boolean): void => {
    if (!settled) retryLater(runtime, attempt, participant, 0);
  };
  const settled = settleOnce(runtime, attempt, participant, deadline);
  if (settled instanceof Promise) return settled.then(again);
  again(settled);
  return undefined;
}

/** Tells a provider of the RFC's own interface, once a process. */
function tellOnce(
  runtime: Runtime,
  attempt: Attempt,
  participant: Participant,
  outcome: SettledOutcome,
  told: Told,
  deadline: Deadline,
): Promise<void> | undefined {
  const { provider } = participant;
  const { context } = attempt;
  if (participant.told) return undefined;
  participant.told = true;
  // settle:by-money: a provider that would release on an error hears of one only when it is proven that nothing left.
  const nothingLeft = provesNothingLeft(outcome);
  const hook = nothingLeft ? "onActionError" : "afterAction";
  if (!(hook in provider)) return undefined;
  const heard = nothingLeft
    ? (): unknown => provider.onActionError?.(context, told.error, outcome)
    : (): unknown => provider.afterAction?.(context, told.result, outcome);
  const hearing = runHook(runtime, attempt, participant, hook, heard, deadline);
  return hearing instanceof Promise ? hearing.then(() => undefined) : undefined;
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
  const told = (settled: boolean): boolean => {
    if (settled) participant.untold = undefined;
    return settled;
  };
  const settled = runHook(runtime, attempt, participant, "settle", settle, deadline);
  return settled instanceof Promise ? settled.then(told) : told(settled);
}

/** Runs a hook, and waits for it where it takes time. @returns whether it did what it had to; never fails */
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
  const failed = (error: unknown): boolean => {
    const reason = `${provider}.${hook}: ${errorText(error)}`;
    runtime.emit({ type: "settlement.failed", actionId, actionName, provider, hook, reason });
    runtime.logger.warn(`settlement failed: ${reason}`);
    // Told again, it would be no other: only an operator helps, and what was armed counts until its own date.
    return UnsettledError.isInstance(error) && error.isHopeless;
  };
  runtime.emit({ type: "provider.started", actionId, actionName, provider, hook });
  return deadline.run(() => runtime.runHook(actionId, body), {
    answered: () => {
      runtime.emit({ type: "provider.ended", actionId, actionName, provider, hook });
      return true;
    },
    late: () => failed(new Error(`did not finish within ${runtime.settleDeadlineMs} ms`)),
    failed,
  });
}

function retryLater(runtime: Runtime, attempt: Attempt, participant: Participant, round: number): void {
  const delayMs = retryDelaysMs[round];
  // Nothing more to do here: what was armed goes on counting as spent until its own date, the safe side.
  if (delayMs === undefined) return;
  setTimeout(() => {
    attempt.settling = (attempt.settling ?? Promise.resolve()).then(async () => {
      const deadline = new Deadline(runtime.clock, runtime.settleDeadlineMs);
      if (!(await settleOnce(runtime, attempt, participant, deadline))) retryLater(runtime, attempt, participant, round + 1);
    });
  }, delayMs).unref();
}
