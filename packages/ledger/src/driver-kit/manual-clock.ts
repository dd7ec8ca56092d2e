import type { Clock } from "@agentkit-policy/schema";

/** A clock that stands still until it is told to go. */
export class ManualClock implements Clock {
  #now: number;
  #uptime = 1_000_000;
  #aheadMs = 0;

  constructor(now = Date.UTC(2026, 10, 25, 12, 0, 0)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  uptime(): number {
    return this.#uptime;
  }

  /** Time passes. */
  pass(ms: number): void {
    this.#now += ms;
    this.#uptime += ms;
  }

  /** The wall clock is set, and no time passes. */
  step(ms: number): void {
    this.#now += ms;
    this.#aheadMs += ms;
  }

  /** The wall clock is set to so much before what it would show if it had never been set. */
  setAhead(ms: number): void {
    this.step(ms - this.#aheadMs);
  }
}
