// A Cycles server for tests, alone in a process, with a tenant, a key and a budget of ten dollars.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { parseArguments } from "./lib/arguments.mjs";
import { ensureBuild } from "./lib/setup.mjs";

const tenant = "test";
const tenDollars = 10n * 10n ** 8n;

const { port } = parseArguments({
  usage: "npm run cycles-test-server -- [--port N]",
  summary: "Starts a Cycles server for tests on this machine, prints how to reach it, and runs until it is told to stop.",
  options: { port: { type: "string", default: "0", help: "the port to listen on; any that is free unless said" } },
});
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
  process.stderr.write(`${port} is no port\n`);
  process.exit(2);
}

await ensureBuild();
const { CyclesTestServer } = await import("../packages/adapter-cycles/dist/test-server/index.js");
const apiKey = `cyc_test_${randomBytes(16).toString("hex")}`;
const server = await CyclesTestServer.start({
  port: Number(port),
  apiKeys: { [tenant]: apiKey },
  budgets: [{ scope: `tenant:${tenant}`, unit: "USD_MICROCENTS", allocated: tenDollars }],
});
process.stdout.write(`CYCLES_BASE_URL=${server.baseUrl}\nCYCLES_API_KEY=${apiKey}\nCYCLES_TENANT=${tenant}\n`);
process.stderr.write("running; ctrl-C stops it\n");
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await server.close();
