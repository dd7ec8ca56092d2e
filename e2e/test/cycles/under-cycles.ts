import { type CyclesAdapterOptions, cyclesAdapter } from "@agentkit-policy/adapter-cycles";
import type { CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import type { KitLike } from "@agentkit-policy/core";
import { definePolicy, withPolicy } from "agentkit-policy";
import { onTestFinished } from "vitest";
import { caipChainId } from "../../world/anvil.mjs";
import { silentLogger } from "../support.js";

export const eth = `${caipChainId}/slip44:60`;
export const scope = "tenant:acme";
export const weiAPayment = 10n ** 16n;
/** At 2,000 dollars an ether: what a payment is worth in USD_MICROCENTS. */
export const payment = 20n * 10n ** 8n;

/** A kit under Cycles, behind a local limit that is never reached. The policy is closed when the test ends. */
export async function underCycles<K extends KitLike>(
  kit: K,
  { baseUrl }: CyclesTestServer,
  options: Partial<CyclesAdapterOptions> = {},
): Promise<K> {
  const policy = await definePolicy({
    version: 1,
    ledger: "memory",
    chains: { [caipChainId]: { confirmations: 1 } },
    rules: [{ id: "local", limit: "native", max: "1000", window: "lifetime" }],
  });
  onTestFinished(async () => await policy.dispose());
  const prices = { [eth]: { worth: "2000", decimals: 18 } };
  const cycles = cyclesAdapter({ baseUrl, apiKey: "a-key", tenant: "acme", prices, ...options }, { logger: silentLogger });
  return withPolicy(kit, [policy, cycles], { logger: silentLogger });
}
