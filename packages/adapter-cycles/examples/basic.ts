// The adapter as one provider in code, under a kit that is no AgentKit: an action buys data for a quarter of a dollar as
// often as its Cycles budget bears. CYCLES_BASE_URL, CYCLES_API_KEY and CYCLES_TENANT name the server; in a clone,
// `npm run cycles-test-server -- --port 7878` starts one and prints them. Node 22.18 on runs this file as it is.
import { cyclesAdapter } from "@agentkit-policy/adapter-cycles";
import { type ActionReader, withPolicy } from "@agentkit-policy/core";

const usdc = "eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913";

/** What would move, in the asset's smallest unit. This money goes through no wallet that could be watched: what is declared counts. */
const reader: ActionReader = {
  describe: () => ({
    effects: [{ kind: "transfer", asset: usdc, amount: "250000", basis: "declared" }],
    spends: true,
    throughWallet: false,
  }),
  decode: () => [{ kind: "unknown", basis: "decoded" }],
};

const kit = { getActions: () => [{ name: "buy_data", invoke: async () => "bought" }] };

const cycles = cyclesAdapter({
  baseUrl: setting("CYCLES_BASE_URL"),
  apiKey: setting("CYCLES_API_KEY"),
  tenant: setting("CYCLES_TENANT"),
  prices: { [usdc]: { worth: "1.00", decimals: 6 } },
});
const [buy] = withPolicy(kit, cycles, { reader }).getActions();

for (let times = 0; times < 5; times += 1) process.stdout.write(`${await buy?.invoke()}\n`);

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}; the first lines of this file say how`);
  return value;
}
