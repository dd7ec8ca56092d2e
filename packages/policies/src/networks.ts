import { solanaChains } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";

/** The chains of AgentKit's own ids of networks, as of 0.10.4, by CAIP-2. */
const chains: Readonly<Record<string, string>> = {
  "arbitrum-mainnet": "eip155:42161",
  "arbitrum-sepolia": "eip155:421614",
  "base-mainnet": "eip155:8453",
  "base-sepolia": "eip155:84532",
  "ethereum-mainnet": "eip155:1",
  "ethereum-sepolia": "eip155:11155111",
  "optimism-mainnet": "eip155:10",
  "optimism-sepolia": "eip155:11155420",
  "polygon-mainnet": "eip155:137",
  "polygon-mumbai": "eip155:80001",
  ...solanaChains,
};

export const networkIds: readonly string[] = Object.keys(chains).sort();

/**
 * Whether an attempt is on one of these networks, whichever of its names a rule and the wallet use. Money goes where the wallet's chain is:
 * some wallets keep the name of a default beside it, and some have none. A name counts only where there is no chain.
 */
export function isOnNetwork({ chainId, network }: ActionContext, networks: readonly string[]): boolean {
  const here = chainId ?? (network === undefined ? undefined : chainOf(network));
  return here !== undefined && networks.some((name) => chainOf(name) === here);
}

/** The chain of an id of AgentKit's; every other name is one already, or is known by itself only. */
export function chainOf(name: string): string {
  return Object.hasOwn(chains, name) ? (chains[name] ?? name) : name;
}
