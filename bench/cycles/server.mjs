// A Cycles server for tests with a budget of a million dollars, which nobody exhausts, in a process of its own: fork("server.mjs")
import { CyclesTestServer } from "../../packages/adapter-cycles/dist/test-server/index.js";

const server = await CyclesTestServer.start({
  apiKeys: { bench: "a-key" },
  budgets: [{ scope: "tenant:bench", unit: "USD_MICROCENTS", allocated: 10n ** 14n }],
});
process.on("message", () => process.send(server.requests.splice(0)));
process.send(server.baseUrl);
