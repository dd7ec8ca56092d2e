/** What went wrong is sent again after so long, and twice as long each time, up to the longest; in milliseconds. */
export const firstDelayMs = 250;
const longestDelayMs = 60_000;

/** A hold that cannot be given back frees itself with its lease; so often it is tried. */
export const releaseTries = 8;

/** A word that nobody knows may pass; so often it is heard, about two minutes long, before an operator has to look. */
export const doubtfulTries = 10;

/** So long it is waited, in milliseconds, after so many tries that went wrong before. */
export function backoffOf(tries: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(tries, 20));
}
