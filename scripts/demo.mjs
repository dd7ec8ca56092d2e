import { parseArguments } from "./lib/arguments.mjs";
import { runExample } from "./lib/examples.mjs";
import { CommandError } from "./lib/run.mjs";
import { ensureEndToEnd } from "./lib/setup.mjs";

parseArguments({
  usage: "npm run demo",
  summary: "Sets everything up and runs real agents on a real chain on this machine, stopped by their budget.",
});
await ensureEndToEnd();
try {
  await runExample("runaway");
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`the demo failed: ${error.message}\n`);
  process.exitCode = 1;
}
