import type { MoneyLine } from "@agentkit-policy/schema";

/** What an asset is worth in the unit of a budget: so many `units` for so many of its smallest, `atomic` ones. Both exact. */
export interface Price {
  readonly units: bigint;
  readonly atomic: bigint;
}

/**
 * Tells what an asset is worth, or undefined where it does not know: then nothing of that asset is spent. It is asked once an attempt and
 * asset; the price stays the attempt's until the end.
 */
export type PriceSource = (
  asset: string,
  scope: { readonly signal: AbortSignal },
) => PromiseLike<Price | undefined> | Price | undefined;

/** Prices by CAIP-19 asset. */
export type Prices = ReadonlyMap<string, Price>;

/**
 * What the lines are worth together, in whole units of the budget, rounded up once.
 * @returns "unlimited" as soon as a line is; the first asset that has no price as `unpriced`
 */
export function worthOf(
  lines: readonly Pick<MoneyLine, "asset" | "amount">[],
  prices: Prices,
): bigint | "unlimited" | { readonly unpriced: string } {
  let [sum, over] = [0n, 1n];
  for (const { asset, amount } of lines) {
    const price = prices.get(asset);
    if (price === undefined) return { unpriced: asset };
    if (amount === "unlimited") return "unlimited";
    sum = sum * price.atomic + BigInt(amount) * price.units * over;
    over *= price.atomic;
  }
  // Up: a budget must never show less than was spent.
  return (sum + over - 1n) / over;
}

/** As a settlement carries it. */
export function priceText({ units, atomic }: Price): string {
  return `${units}/${atomic}`;
}

/** @throws SyntaxError for what is no price */
export function priceOfText(text: string): Price {
  const [, units, atomic] = /^(\d+)\/([1-9]\d*)$/.exec(text) ?? [];
  if (units === undefined || atomic === undefined) throw new SyntaxError(`"${text}" is no price`);
  return { units: BigInt(units), atomic: BigInt(atomic) };
}
