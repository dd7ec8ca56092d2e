import { uptime } from "node:os";

/** Time, injectable so that tests and searches can drive it. */
export interface Clock {
  /** Wall time in milliseconds since 1970, UTC. It can step. */
  now(): number;
  /** Milliseconds on a clock that never steps and goes on while the machine sleeps. */
  uptime(): number;
}

/** The machine's own clocks. `os.uptime()` counts sleep, which `performance.now()` does not. */
export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => uptime() * 1000,
};

/** Milliseconds between two readings, by whichever clock says more: a clock that was set back must not prolong an allow. */
export function elapsedMs(clock: Clock, since: { now: number; uptime: number }): number {
  return Math.max(clock.now() - since.now, clock.uptime() - since.uptime, 0);
}
