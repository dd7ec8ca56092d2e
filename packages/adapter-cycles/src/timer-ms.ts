/** What should wait for longer ends after a millisecond instead, in milliseconds. */
const longestMs = 2 ** 31 - 1;

/** So long a timer waits of a time, in milliseconds. Whoever has to wait for longer sets another one then. */
export function timerMs(ms: number): number {
  return Math.min(ms, longestMs);
}
