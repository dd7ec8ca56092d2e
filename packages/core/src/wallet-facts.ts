/** The part of AgentKit's wallet providers that the hook reads. Typed by shape: AgentKit is never loaded from here. */
export interface WalletLike {
  getAddress(): string;
  getNetwork(): { readonly protocolFamily?: string; readonly networkId?: string; readonly chainId?: string };
  getName?(): string;
  getBalance?(): Promise<bigint>;
  readContract?(parameters: unknown): Promise<unknown>;
}

/** Whose money, and on which chain. */
export interface WalletFacts {
  readonly walletAddress?: string;
  readonly network?: string;
  /** CAIP-2. */
  readonly chainId?: string;
}

/** Solana's networks by AgentKit's ids, which CAIP-2 names by their genesis hashes. */
export const solanaChains: Readonly<Record<string, string>> = {
  "solana-mainnet": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
  "solana-devnet": "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
  "solana-testnet": "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z",
};

/** Reads address and network. Throws what the wallet throws: an attempt whose wallet cannot be named is denied. */
export function readWalletFacts(wallet: WalletLike): WalletFacts {
  const { protocolFamily, networkId, chainId } = wallet.getNetwork();
  const address = wallet.getAddress();
  const chain =
    protocolFamily === "evm" && chainId !== undefined && /^[0-9]{1,32}$/.test(chainId)
      ? `eip155:${chainId}`
      : networkId !== undefined && Object.hasOwn(solanaChains, networkId)
        ? solanaChains[networkId]
        : undefined;
  // Added one by one: what is spread has a shape of its own for V8, which then looks at it slowly.
  const facts: { -readonly [Name in keyof WalletFacts]: WalletFacts[Name] } = {};
  // Hexadecimal addresses name one account in any case; base58 ones do not.
  if (address !== "") facts.walletAddress = protocolFamily === "evm" ? address.toLowerCase() : address;
  if (networkId !== undefined) facts.network = networkId;
  if (chain !== undefined) facts.chainId = chain;
  return facts;
}
