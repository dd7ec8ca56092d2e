/** The last moment that a JavaScript date has, in milliseconds since 1970. A ledger dates with it what counts until evidence. */
export const lastMoment = 8_640_000_000_000_000;

/** The largest amount that a token can be told to move: what a permission without a bound counts as. */
export const largestAmount = 2n ** 256n - 1n;
