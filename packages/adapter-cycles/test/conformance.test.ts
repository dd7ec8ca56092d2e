import { type CheckedEngine, providerChecks } from "@agentkit-policy/conformance";
import { describe, it } from "vitest";
import { CyclesTestServer } from "../src/test-server/index.js";
import { adapterFor, transfer, usdc } from "./support/attempt.js";
import { apiKey, scope } from "./support/server.js";

/** A payment of 5 atomic units is worth 500 of the budget. */
const payment = { ...transfer("5"), asset: usdc, amount: "5" };
const worth = 100n;

const cycles: CheckedEngine = {
  levels: ["decide", "settle", "reserve"],
  async start(room) {
    const budget = { scope, unit: "USD_MICROCENTS", allocated: BigInt(room) * 5n * worth } as const;
    const server = await CyclesTestServer.start({ apiKeys: { acme: apiKey }, budgets: [budget] });
    return {
      provider: () => adapterFor(server).adapter,
      payment,
      async counts() {
        const { spent, reserved } = server.budgets.get(scope);
        return { spent: spent / worth, held: reserved / worth };
      },
      async stop() {
        await server.close();
        if (server.violations.length > 0) throw new Error(`the server broke the protocol: ${server.violations.join("\n")}`);
      },
    };
  },
};

describe("the Cycles adapter, as every provider of its levels,", () => {
  for (const { name, run } of providerChecks(cycles)) it(name, run);
});
