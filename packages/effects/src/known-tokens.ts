import { tokenDecimals } from "./assets.js";

/** How many tokens that told their decimals are remembered. */
const maxTold = 1024;

/**
 * The contracts that are known to be ERC-20 tokens: those that are built in, those that the user gave decimals of, and those that told
 * their decimals, which the contract of a collection has none of.
 */
export class KnownTokens {
  readonly #given: ReadonlyMap<string, number>;
  readonly #told = new Set<string>();

  /** @param given Decimals that the user gave, by CAIP-19 id; they come before the built-in table. */
  constructor(given: ReadonlyMap<string, number> = new Map()) {
    this.#given = given;
  }

  has(asset: string): boolean {
    return this.isListed(asset) || this.#told.has(asset);
  }

  /** Remembers that a contract told its decimals. */
  told(asset: string): void {
    // An agent can ask about any number of contracts. What is forgotten is judged as a contract that nobody knows, the safe side.
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.add(asset);
  }

  /**
   * Whether a person said that it is such a token, here or in the policy. What told its decimals may be a collection that answers to
   * `decimals()` all the same.
   */
  isListed(asset: string): boolean {
    return this.decimalsOf(asset) !== undefined;
  }

  /** Decimals that need no look at the chain. */
  decimalsOf(asset: string): number | undefined {
    return this.#given.get(asset) ?? tokenDecimals(asset);
  }
}
