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

/** A clock may tell parts of a millisecond, and a ledger holds whole ones. */
export function wholeClock(clock: Clock): Clock {
  return { now: () => Math.floor(clock.now()), uptime: () => clock.uptime() };
}

/**
 * The clock of a ledger (`ledger:clock`): compared with one anchor, taken when the ledger was opened, and not with the
 * last reading, which many small steps would carry along.
 */
export class AnchoredClock {
  readonly #clock: Clock;
  #anchor: number;

  constructor(given: Clock) {
    const clock = wholeClock(given);
    this.#clock = clock;
    this.#anchor = clock.now() - clock.uptime();
  }

  /**
   * Takes the anchor anew. Until then a machine whose clock was set right would be refused for ever.
   * @param blockTime of a chain's latest block; without one it is an operator who vouches for the clock
   * @returns whether the clock is trusted now
   */
  renew(blockTime?: number): boolean {
    const wall = this.#clock.now();
    // Written so that a time that is none proves nothing.
    const agrees = blockTime === undefined || Math.abs(wall - blockTime) <= toleranceMs;
    if (agrees) this.#anchor = wall - this.#clock.uptime();
    return !this.read().jumped;
  }

  read(): Reading {
    const wall = this.#clock.now();
    const steady = Math.round(this.#anchor + this.#clock.uptime());
    // Written so that a clock that reads NaN has jumped.
    const jumped = !(Math.abs(wall - steady) <= toleranceMs);
    return { now: jumped ? steady : wall, jumped };
  }
}
