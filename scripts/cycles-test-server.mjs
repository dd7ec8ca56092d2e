// A Cycles server for tests, alone in a process, with a tenant, a key and a budget.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { parseArguments } from "./lib/arguments.mjs";
import { ensureBuild } from "./lib/setup.mjs";

const tenant = "test";
const tenDollars = 10n * 10n ** 8n;

const { port, budget } = parseArguments({
  usage: "npm run cycles-test-server -- [--port N] [--budget MICROCENTS]",
  summary: "Starts a Cycles server for tests on this machine, prints how to reach it, and runs until it is told to stop.",
  options: {
    port: { type: "string", default: "0", help: "the port to listen on; any that is free unless said" },
    budget: {
      type: "string",
      default: String(tenDollars),
      help: "what the tenant may spend, in microcents; ten dollars unless said",
    },
  },
});
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
  process.stderr.write(`${port} is no port\n`);
  process.exit(2);
}
if (!/^\d{1,19}$/.test(budget) || BigInt(budget) >= 2n ** 63n) {
  process.stderr.write(`${budget} is no budget\n`);
  process.exit(2);
}

await ensureBuild();
const { CyclesTestServer } = await import("../packages/adapter-cycles/dist/test-server/index.js");
const apiKey = `cyc_test_${randomBytes(16).toString("hex")}`;
const server = await CyclesTestServer.start({
  port: Number(port),
  apiKeys: { [tenant]: apiKey },
  budgets: [{ scope: `tenant:${tenant}`, unit: "USD_MICROCENTS", allocated: BigInt(budget) }],
});
process.stdout.write(`CYCLES_BASE_URL=${server.baseUrl}\nCYCLES_API_KEY=${apiKey}\nCYCLES_TENANT=${tenant}\n`);
process.stderr.write("running; ctrl-C stops it\n");
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await server.close();
