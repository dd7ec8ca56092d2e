import type { Clock } from "@agentkit-policy/schema";

/** How far the wall clock may stray from the anchor before budgets that depend on time are refused. */
const toleranceMs = 5_000;

/** One look at the clock. */
export interface Reading {
  /** Wall time; while that is not to be trusted, the anchor's own time, which goes on with the clock that never steps. */
  readonly now: number;
  /** The wall clock stepped since the ledger was opened: windows cannot be told apart until it is opened anew. */
  readonly jumped: boolean;
}

/**
 * The clock of a ledger (`ledger:clock`): compared with one anchor, taken when the ledger was opened, and not with the
 * last reading, which many small steps would carry along.
 */
export class AnchoredClock {
  readonly #clock: Clock;
  readonly #anchor: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#anchor = clock.now() - clock.uptime();
  }

  read(): Reading {
    const wall = this.#clock.now();
    const steady = Math.round(this.#anchor + this.#clock.uptime());
    // Written so that a clock that reads NaN has jumped.
    const jumped = !(Math.abs(wall - steady) <= toleranceMs);
    return { now: jumped ? steady : wall, jumped };
  }
}
