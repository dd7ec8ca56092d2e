import type { Effect, JsonValue, WalletCallFacts } from "@agentkit-policy/schema";

/** What is known of an action before it runs. */
export interface ActionFacts {
  readonly actionName: string;
  /** Plain, tagged, frozen JSON. */
  readonly args: JsonValue;
  /** As the chain writes it; eip155 in lower case. */
  readonly walletAddress?: string;
  /** CAIP-2. */
  readonly chainId?: string;
  /** AgentKit's network id, such as `base-sepolia`. */
  readonly network?: string;
}

/** A fact that only the wallet can tell. */
export interface ReadRequest {
  readonly kind: "decimals";
  /** CAIP-2. */
  readonly chainId: string;
  /** The token's contract, lower case. */
  readonly token: string;
}

/** Reads a fact through the host's wallet. Rejects when the wallet cannot tell; the reader then declares no amount. */
export type Read = (request: ReadRequest) => Promise<number>;

/** What an action would do, as far as its arguments tell. */
export interface Description {
  readonly canonicalAction?: string;
  /** Empty only for an action that is known to move and grant nothing. */
  readonly effects: readonly Effect[];
  /** Whether the action may move or grant value; an unknown action may. */
  readonly spends: boolean;
  /** Whether all of its money passes through the wallet, where the guard sees it. */
  readonly throughWallet: boolean;
}

/** Arguments that have no single, exact reading. Core denies with `invalid_arguments`. */
export interface InvalidDescription {
  readonly invalid: string;
}

/** The port by which core learns what would move. `@agentkit-policy/effects` implements it. */
export interface ActionReader {
  describe(facts: ActionFacts, read: Read): Promise<Description | InvalidDescription> | Description | InvalidDescription;
  /** What a wallet call would do. Total: whatever it cannot tell is an `unknown` effect. */
  decode(call: WalletCallFacts): readonly Effect[];
  /** An effect that the host itself declared, by the name that calls have for its asset: a chain's coin may be a token too. */
  named?(effect: Effect): Effect;
}
