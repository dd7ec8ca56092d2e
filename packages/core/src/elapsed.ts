import type { Clock } from "@agentkit-policy/schema";

/** Milliseconds between two readings, by whichever clock says more: a clock that was set back must not prolong an allow. */
export function elapsedMs(clock: Clock, since: { now: number; uptime: number }): number {
  return Math.max(clock.now() - since.now, clock.uptime() - since.uptime, 0);
}
