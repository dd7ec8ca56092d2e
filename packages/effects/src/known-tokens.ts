import { tokenDecimals } from "./assets.js";

/** The contracts that are known to be ERC-20 tokens: those that are built in, and those that the user gave decimals of. */
export class KnownTokens {
  readonly #given: ReadonlyMap<string, number>;

  /** @param given Decimals that the user gave, by CAIP-19 id; they come before the built-in table. */
  constructor(given: ReadonlyMap<string, number> = new Map()) {
    this.#given = given;
  }

  has(asset: string): boolean {
    return this.decimalsOf(asset) !== undefined;
  }

  /** Decimals that need no look at the chain. */
  decimalsOf(asset: string): number | undefined {
    return this.#given.get(asset) ?? tokenDecimals(asset);
  }
}
