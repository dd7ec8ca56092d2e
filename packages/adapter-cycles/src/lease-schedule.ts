/** What to do about a lease next. */
export type LeaseStep =
  /** Extend it, after so long: with the key of the extension that failed, or with a new one. */
  | { readonly kind: "extend"; readonly afterMs: number; readonly isRetry: boolean }
  /** It cannot be renewed safely any more. */
  | { readonly kind: "stop"; readonly problem: string };

/** No attempt or margin is planned with less. */
const leastMs = 1_000;
const longestRetryMs = 30_000;

/**
 * When a lease is extended: the protocol's normative schedule, which works from what the server says is left and from how long its answer
 * took, on a clock that never steps. It keeps room for one attempt that fails, one that repeats it, and a margin. All times are
 * milliseconds; what is planned with is rounded up, and what is waited for down.
 */
export class LeaseSchedule {
  readonly #requestTimeoutMs: number;
  #longestRttMs = 0;
  /** What is left at least, from the moment of the last answer. */
  #leadMs = 0;
  #answeredAtMs = 0;
  #zeroDelays = 0;
  #lastFailure: { readonly elapsedMs: number; readonly windowMs: number } | undefined;

  constructor(requestTimeoutMs: number) {
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  /** A reserve or an extension was answered. */
  succeeded({
    remainingMs,
    rttMs,
    nowMs,
  }: {
    readonly remainingMs: number;
    readonly rttMs: number;
    readonly nowMs: number;
  }): LeaseStep {
    this.#longestRttMs = Math.max(this.#longestRttMs, rttMs);
    this.#leadMs = Math.floor(Math.max(0, remainingMs - rttMs));
    this.#answeredAtMs = nowMs;
    this.#lastFailure = undefined;
    const afterMs = Math.max(0, this.#leadMs - (2 * this.#attemptMs + this.#marginMs));
    this.#zeroDelays = afterMs === 0 ? this.#zeroDelays + 1 : 0;
    // One immediate extension may make it longer; a second that does not shows that none will.
    if (this.#zeroDelays > 1) return { kind: "stop", problem: `a lease of ${this.#leadMs} ms is too short to be renewed safely` };
    return { kind: "extend", afterMs, isRetry: false };
  }

  /** An extension failed in a way that may pass, or nobody can tell what became of it. `retryAfterMs` where the server asks for patience. */
  failed({
    nowMs,
    isBusy,
    retryAfterMs,
  }: {
    readonly nowMs: number;
    readonly isBusy: boolean;
    readonly retryAfterMs?: number;
  }): LeaseStep {
    const elapsedMs = nowMs - this.#answeredAtMs;
    const leadMs = Math.max(0, this.#leadMs - elapsedMs);
    const windowMs = leadMs - this.#attemptMs - this.#marginMs;
    const last = this.#lastFailure;
    this.#lastFailure = { elapsedMs, windowMs };
    if (windowMs < 0) return { kind: "stop", problem: "there is no time left to repeat an extension safely" };
    // A clock that does not show the time between two failures cannot tell how many more there is room for.
    if (last !== undefined && (windowMs === 0 || !(elapsedMs > last.elapsedMs || windowMs < last.windowMs)))
      return { kind: "stop", problem: "an extension failed again and again in no time" };
    if (!isBusy) return { kind: "extend", afterMs: Math.floor(Math.min(longestRetryMs, leadMs / 4, windowMs)), isRetry: true };
    if (retryAfterMs === undefined || retryAfterMs > windowMs)
      return { kind: "stop", problem: "the server asks for more patience than the lease has" };
    return { kind: "extend", afterMs: retryAfterMs, isRetry: true };
  }

  get #attemptMs(): number {
    return Math.ceil(Math.max(this.#requestTimeoutMs, leastMs, 2 * this.#longestRttMs));
  }

  get #marginMs(): number {
    return Math.ceil(Math.max(leastMs, 2 * this.#longestRttMs));
  }
}
