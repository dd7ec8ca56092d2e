/** One more than a word of the EVM holds: no transaction carries and no token counts so much. */
export const beyondWord = 2n ** 256n;

/**
 * From here on an approval is meant to have no end: Permit2 takes 2^160 - 1 for the largest, others 2^255, or 2^256 - 1. No token has so many
 * units. Not from 2^96 - 1 on, which some tokens take for the largest: one of many units may really have those.
 */
const unbounded = 2n ** 128n;

/** What an approval of so many atomic units exposes: the amount, or "unlimited" where it bounds nothing. */
export function exposureOf(atomic: bigint): string {
  return atomic >= unbounded ? "unlimited" : atomic.toString();
}
