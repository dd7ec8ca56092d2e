import { type Clock, elapsedMs, type Instant, instantOf } from "@agentkit-policy/schema";
import { isThenable } from "./thenable.js";

/** The answer of `within` when the time passed first. */
export const timedOut = Symbol("timed out");

/** What is made of what a body gives, whether it gives it at once or promises it. */
export interface Uses<T, R> {
  readonly answered: (value: T) => R;
  /** The time passed first; the promise may still be kept. */
  readonly late: (pending: Promise<T>) => R;
  /** The body threw, or its promise was broken, or what it gave could not be used. */
  readonly failed: (error: unknown) => R;
}

/**
 * One span of time that several waits share. The timer and the signal are made only when somebody needs them: most
 * providers answer at once.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #totalMs: number;
  readonly #start: Instant;
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(clock: Clock, totalMs: number) {
    this.#clock = clock;
    this.#totalMs = totalMs;
    this.#start = instantOf(clock);
  }

  get remainingMs(): number {
    return Math.max(0, this.#totalMs - elapsedMs(this.#clock, this.#start));
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Aborts the signal of whoever still works on an answer that no longer matters. */
  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }

  /** The promise's value, or `timedOut`. */
  within<T>(promise: PromiseLike<T>): Promise<T | typeof timedOut> {
    return within(promise, this.remainingMs);
  }

  /** Runs a body, and waits for it only where it promises something: most answer at once. Fails only where `failed` does. */
  run<T, R>(body: () => T | PromiseLike<T>, { answered, late, failed }: Uses<T, R>): R | Promise<R> {
    try {
      const given = body();
      if (!isThenable(given)) return answered(given);
      const pending = Promise.resolve(given);
      return this.within(pending)
        .then((value) => (value === timedOut ? late(pending) : answered(value)))
        .catch(failed);
    } catch (error) {
      return failed(error);
    }
  }
}

/**
 * The promise's value, or `timedOut` when `ms` passed first. Never leaves a timer behind.
 * @param keepsAlive whether the process has to stay for it; false for what is awaited in the background
 */
export function within<T>(promise: PromiseLike<T>, ms: number, keepsAlive = true): Promise<T | typeof timedOut> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const end = (): void => {
      ended = true;
      clearTimeout(timer);
    };
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
    // Most answers need nothing but other promises, all of which come before the next tick; a timer for each costs more
    // than many an answer.
    process.nextTick(() => {
      if (ended) return;
      timer = setTimeout(() => resolve(timedOut), ms);
      if (!keepsAlive) timer.unref();
    });
  });
}
