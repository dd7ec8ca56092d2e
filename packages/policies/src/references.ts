import { canonicalActions, erc20Asset, isKnownAction, knownActionNames, parseAddress } from "@agentkit-policy/effects";
import { patternTest } from "./matching.js";
import { networkIds } from "./networks.js";
import type { PolicyPath } from "./policy-source.js";
import { suggestion } from "./suggestion.js";

/** Says what is wrong at a place of the policy, and what to do. */
export type Complain = (path: PolicyPath, problem: string, hint: string) => never;

const caip2 = /^(eip155:[1-9][0-9]{0,31}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32})$/;

const exampleAsset = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

/** What a policy refers to by name: assets, chains, accounts and actions. Whatever names nothing is an error at load. */
export class References {
  readonly #complain: Complain;
  readonly #ownActions: readonly string[];

  constructor(complain: Complain, ownActions: readonly string[]) {
    this.#complain = complain;
    this.#ownActions = ownActions;
  }

  /** CAIP-19 in lower case, or one of the words that stand for an asset at this place. */
  checkAsset(asset: string, path: PolicyPath, words: readonly string[] = []): void {
    if (words.includes(asset)) return;
    if (!/^eip155:[1-9][0-9]{0,31}\/(erc20:0x[0-9a-fA-F]{40}|slip44:60)$/.test(asset)) {
      const known = [...words.map((word) => `"${word}"`), `CAIP-19 such as "${exampleAsset}"`].join(" or ");
      const hint = `${suggestion(asset, words)}an asset is ${known}; a symbol could be anybody's token`;
      this.#complain(path, `"${asset}" is no asset that is known here`, hint);
    }
    if (asset !== asset.toLowerCase()) this.#complain(path, "the asset is not in lower case", `write "${asset.toLowerCase()}"`);
    const [chain = "", token] = asset.split("/erc20:");
    const known = token === undefined ? asset : erc20Asset(chain, token);
    // Whatever leaves under this name is the coin, so that a rule about the name would never match.
    if (known !== asset) this.#complain(path, "this token is the chain's own coin", `write "${known}"`);
  }

  /** CAIP-2. */
  checkChain(chain: string, path: PolicyPath): void {
    if (!caip2.test(chain)) this.#complain(path, `"${chain}" is no chain`, 'a chain is CAIP-2, such as "eip155:8453"');
  }

  /** CAIP-2, or one of AgentKit's network ids. A name that no wallet has would never match. */
  checkNetworks(networks: readonly string[], path: PolicyPath): void {
    networks.forEach((network, index) => {
      if (caip2.test(network) || networkIds.includes(network)) return;
      const hint = `${suggestion(network, networkIds)}a network is CAIP-2 such as "eip155:8453", or one of: ${networkIds.join(", ")}`;
      this.#complain([...path, index], `"${network}" is no network that is known here`, hint);
    });
  }

  /**
   * A bare EVM address, which means it on every chain, or a CAIP-10 account of any chain.
   * @returns it in lower case where that is its form
   */
  account(text: string, path: PolicyPath): string {
    const [, chain, address] = /^([^:]+:[^:]+):([^:]+)$/.exec(text) ?? [undefined, undefined, text];
    if (chain !== undefined) this.checkChain(chain, path);
    if (chain !== undefined && !chain.startsWith("eip155:")) {
      if (/^[-.%a-zA-Z0-9]{1,128}$/.test(address)) return text;
      return this.#complain(
        path,
        `"${text}" is no account`,
        'write CAIP-10, such as "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…"',
      );
    }
    const parsed = parseAddress(address);
    if (parsed !== undefined) return chain === undefined ? parsed : `${chain}:${parsed}`;
    const problem = `"${text}" is no address, or its checksum is wrong`;
    return this.#complain(
      path,
      problem,
      "copy the address again, with its 0x; names such as ENS are not resolved, and other chains want CAIP-10",
    );
  }

  /** A pattern that can never match protects nobody (`rules:alive`). */
  checkActions(patterns: readonly string[], path: PolicyPath): void {
    patterns.forEach((pattern, index) => {
      const test = patternTest(pattern);
      const candidates = [this.#ownActions, canonicalActions, knownActionNames];
      if (isKnownAction(pattern) || candidates.some((names) => names.some(test))) return;
      const sameEnding = canonicalActions.find((id) => id.endsWith(`.${pattern}`));
      const guess =
        sameEnding === undefined
          ? suggestion(pattern, [...canonicalActions, ...this.#ownActions])
          : `did you mean "${sameEnding}"? `;
      const hint =
        'use a canonical id such as "wallet.native_transfer", an action\'s full name, or list your own actions when loading';
      this.#complain([...path, index], `no action is called "${pattern}"`, `${guess}${hint}`);
    });
  }
}
