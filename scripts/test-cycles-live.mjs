// The acceptance suite of the Cycles adapter, against a live server.
import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { liveSuite } from "./lib/cycles-live.mjs";
import { cyclesVariables } from "./lib/cycles-variables.mjs";
import { root } from "./lib/paths.mjs";
import { CommandError, run } from "./lib/run.mjs";
import { ensureBuild } from "./lib/setup.mjs";

parseArguments({
  usage: "npm run test:cycles-live",
  summary: `Tries the Cycles adapter on the server that the environment names, with amounts of a few microcents. It holds all that the
tenant's budget has left for a moment, and gives it back: take a tenant on whose budget nobody else draws meanwhile.`,
});
const { absent } = cyclesVariables();
if (absent !== undefined) {
  // What was asked for is a live server's test: without a server it has not passed.
  process.stderr.write(`there is no live Cycles server to test against:\n${absent}\n`);
  process.exit(1);
}
await ensureBuild();
try {
  await run(join(root, "node_modules/.bin/vitest"), liveSuite, { stdout: process.stdout });
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.exitCode = 1;
}
