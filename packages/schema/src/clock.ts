import { uptime } from "node:os";

/** Time, injectable so that tests and searches can drive it. */
export interface Clock {
  /** Wall time in milliseconds since 1970, UTC. It can step. */
  now(): number;
  /** Milliseconds on a clock that never steps and goes on while the machine sleeps. */
  uptime(): number;
}

/** As fine as Linux writes `/proc/uptime`, which is what `os.uptime()` opens and reads each time. */
const finestMs = 10;

let last = { uptime: Number.NaN, steady: Number.NaN, wall: Number.NaN };

/**
 * `os.uptime()` counts sleep, which `performance.now()` does not, but costs a look into a file, and one attempt asks
 * some thirty times. So its last answer serves for as long as the file itself would hardly show another: while neither
 * clock that is cheap to read has moved by more. The wall clock is one of them, since it sees the machine sleep.
 */
function uptimeMs(): number {
  const steady = performance.now();
  const wall = Date.now();
  // Written so that a clock that reads NaN, as all do at first, is read anew.
  if (!(steady - last.steady < finestMs && Math.abs(wall - last.wall) < finestMs)) {
    last = { uptime: uptime() * 1000, steady, wall };
  }
  return last.uptime;
}

/** The machine's own clocks. */
export const systemClock: Clock = { now: () => Date.now(), uptime: uptimeMs };

/** Both of a clock's readings, taken together, in milliseconds. */
export interface Instant {
  readonly now: number;
  readonly uptime: number;
}

export function instantOf(clock: Clock): Instant {
  return { now: clock.now(), uptime: clock.uptime() };
}

/** Milliseconds since two clocks were read together, by whichever says more: one that was set back must not prolong an allow. */
export function elapsedMs(clock: Clock, since: Instant): number {
  return Math.max(clock.now() - since.now, clock.uptime() - since.uptime, 0);
}
