/** One more than a word of the EVM holds: no transaction carries and no token counts so much. */
export const beyondWord = 2n ** 256n;

/** Half of what a token can count. No token has so many units; contracts that do not count an allowance down begin here. */
const unbounded = 2n ** 255n;

/** What an approval of so many atomic units exposes: the amount, or "unlimited" where it bounds nothing. */
export function exposureOf(atomic: bigint): string {
  return atomic >= unbounded ? "unlimited" : atomic.toString();
}
