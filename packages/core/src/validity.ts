import { type Clock, elapsedMs, type Instant, instantOf } from "@agentkit-policy/schema";

/** Until when a set of allows may be acted on: each from before its own question was sent. */
export class Validity {
  readonly #clock: Clock;
  readonly #limits: { readonly asked: Instant; readonly forMs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Taken before a question is sent. */
  reading(): Instant {
    return instantOf(this.#clock);
  }

  limit(asked: Instant, forMs: number | undefined): void {
    if (forMs !== undefined) this.#limits.push({ asked, forMs });
  }

  /** Milliseconds until the first of the allows runs out; undefined where none does. */
  get remainingMs(): number | undefined {
    if (this.#limits.length === 0) return undefined;
    return Math.max(0, Math.min(...this.#limits.map(({ asked, forMs }) => forMs - elapsedMs(this.#clock, asked))));
  }

  /** False once any of the allows has run out. */
  readonly stillValid = (): boolean => this.#limits.every((limit) => elapsedMs(this.#clock, limit.asked) <= limit.forMs);
}
