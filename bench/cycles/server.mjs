// A Cycles server for tests with a budget that nobody exhausts, in a process of its own: fork("server.mjs")
import { CyclesTestServer } from "../../packages/adapter-cycles/dist/test-server/index.js";

const server = await CyclesTestServer.start({
  apiKeys: { bench: "a-key" },
  budgets: [{ scope: "tenant:bench", unit: "USD_MICROCENTS", allocated: 2n ** 62n }],
});
process.on("message", () => process.send(server.requests.splice(0).map(({ operation }) => operation)));
process.send(server.baseUrl);
