// The agent in TypeScript: it makes every payment that it is asked for on standard input, one JSON object a line, and says
// on standard output what its model would be told. AGENT_KEY and RPC_URL name its wallet and its chain, AGENT_USER its user, and
// FLEET_LEDGER, which the policy file asks for, the database.
import "@agentkit-policy/e2e/world/network-guard.mjs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AgentKit, ViemWalletProvider, walletActionProvider } from "@coinbase/agentkit";
import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
import { createWalletClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { baseSepolia } from "viem/chains";

const { AGENT_KEY, AGENT_USER, RPC_URL } = process.env;

// An ordinary AgentKit, with an ordinary wallet …
const account = privateKeyToAccount(AGENT_KEY);
const walletClient = createWalletClient({ account, chain: baseSepolia, transport: http(RPC_URL) });
const walletProvider = new ViemWalletProvider(walletClient, { rpcUrl: RPC_URL });
const bareKit = await AgentKit.from({ walletProvider, actionProviders: [walletActionProvider()] });

// … and the two lines that put a policy under it. A third says for whom it acts.
const policy = await loadPolicy(fileURLToPath(new URL("policy.yaml", import.meta.url)));
const kit = withPolicy(bareKit, policy);

const pay = kit.getActions().find(({ name }) => name === "WalletActionProvider_native_transfer");
say({ say: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const told = await runWithContext({ userId: AGENT_USER }, () => pay.invoke(JSON.parse(line)));
  say({ say: "paid", told });
}
await policy.dispose();

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
