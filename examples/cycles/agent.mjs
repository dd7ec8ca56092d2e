// The agent in TypeScript: it makes every payment that it is asked for on standard input, one JSON object a line, and says
// on standard output what its model would be told. AGENT_KEY and RPC_URL name its wallet and its chain, AGENT_RUN its run, and
// CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT, which the policy file asks for, the Cycles server.

import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { allowHost } from "@agentkit-policy/e2e/world/network-guard.mjs";
import { AgentKit, erc20ActionProvider, ViemWalletProvider, walletActionProvider } from "@coinbase/agentkit";
import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
import { createWalletClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { baseSepolia } from "viem/chains";

const { AGENT_KEY, AGENT_RUN, CYCLES_BASE_URL, RPC_URL } = process.env;
allowHost(new URL(CYCLES_BASE_URL).hostname);

// An ordinary AgentKit, with an ordinary wallet …
const account = privateKeyToAccount(AGENT_KEY);
const walletClient = createWalletClient({ account, chain: baseSepolia, transport: http(RPC_URL) });
const walletProvider = new ViemWalletProvider(walletClient, { rpcUrl: RPC_URL });
const bareKit = await AgentKit.from({ walletProvider, actionProviders: [walletActionProvider(), erc20ActionProvider()] });

// … and the two lines that put a policy under it. A third says for whom it acts, and in which run.
const policy = await loadPolicy(fileURLToPath(new URL("policy.yaml", import.meta.url)));
const kit = withPolicy(bareKit, policy);

const actions = new Map(kit.getActions().map((action) => [action.name, action]));
say({ say: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const { action = "WalletActionProvider_native_transfer", ...args } = JSON.parse(line);
  const told = await runWithContext({ userId: "ann", runId: AGENT_RUN }, () => actions.get(action).invoke(args));
  say({ say: "paid", told });
}
await policy.dispose();

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
