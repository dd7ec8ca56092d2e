/** A text that is no exact amount. Its message names the reason and repeats nothing of the text. */
export class AmountError extends Error {
  override readonly name = "AmountError";
}

/** Both of a text in whole units and of an atomic amount; the contract's `AtomicAmount` holds no more. */
const maxDigits = 100;

/** What an ERC-20 contract can answer to `decimals()`. */
const maxDecimals = 255;

// One grammar and one reading: no sign, exponent, blank, separator, leading zero or look-alike digit.
const wholeUnits = /^(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const atomicUnits = /^(0|[1-9][0-9]*)$/;

/**
 * Refuses a text that is no amount in whole units, whatever the asset's decimals are.
 * @throws AmountError when the text does not match the grammar or is longer than 100 digits.
 */
export function checkAmount(text: string): void {
  if (text.length > maxDigits + 1) throw new AmountError(`an amount has at most ${maxDigits} digits`);
  if (!wholeUnits.test(text)) {
    throw new AmountError(
      'an amount is plain digits with at most one point, such as "12.5": no sign, exponent, blank or separator',
    );
  }
}

/**
 * An amount in whole units (`"0.05"`) as atomic units, exactly.
 * @throws AmountError when the text is no amount, has more decimals than the asset, or is longer than 100 digits.
 */
export function parseUnits(text: string, decimals: number): bigint {
  checkDecimals(decimals);
  checkAmount(text);
  const point = text.indexOf(".");
  const whole = point === -1 ? text : text.slice(0, point);
  const fraction = point === -1 ? "" : text.slice(point + 1);
  if (fraction.length > decimals) throw new AmountError(`the amount has more than the asset's ${decimals} decimals`);
  const atomic = BigInt(whole + fraction.padEnd(decimals, "0"));
  if (whole !== "0" && whole.length + decimals > maxDigits) throw new AmountError(`an amount has at most ${maxDigits} digits`);
  return atomic;
}

/**
 * An amount in atomic units as whole units, exactly and without trailing zeros: `formatUnits(50000n, 6)` is `"0.05"`.
 * @throws AmountError when the amount is negative, or a text that is no atomic amount.
 */
export function formatUnits(atomic: bigint | string, decimals: number): string {
  checkDecimals(decimals);
  const text = typeof atomic === "bigint" ? atomic.toString() : atomic;
  if (typeof text !== "string" || !atomicUnits.test(text))
    throw new AmountError("an atomic amount is plain digits, without sign or point");
  if (decimals === 0) return text;
  const digits = text.padStart(decimals + 1, "0");
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Whether this is a number of decimals that a token can have. */
export function areDecimals(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxDecimals;
}

function checkDecimals(decimals: number): void {
  if (!areDecimals(decimals)) throw new AmountError(`decimals are a whole number from 0 to ${maxDecimals}`);
}
