import { type Clock, elapsedMs } from "./clock.js";

/** The answer of `within` when the time passed first. */
export const timedOut = Symbol("timed out");

/**
 * One span of time that several waits share. The timer and the signal are made only when somebody needs them: most
 * providers answer at once.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #totalMs: number;
  readonly #start: { now: number; uptime: number };
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(clock: Clock, totalMs: number) {
    this.#clock = clock;
    this.#totalMs = totalMs;
    this.#start = { now: clock.now(), uptime: clock.uptime() };
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

  /** The promise's value, or `timedOut`. Never leaves a timer behind. */
  async within<T>(promise: PromiseLike<T>): Promise<T | typeof timedOut> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<typeof timedOut>((resolve) => {
      timer = setTimeout(() => resolve(timedOut), this.remainingMs);
    });
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A promise's value, or undefined when `ms` passed first. Never keeps the process alive. */
export async function withinUnref<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
  return await Promise.race([promise, timeout]);
}
