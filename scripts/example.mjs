import { parseArguments } from "./lib/arguments.mjs";
import { examples, runExample } from "./lib/examples.mjs";
import { CommandError } from "./lib/run.mjs";
import { ensureEndToEnd } from "./lib/setup.mjs";

const { positionals } = parseArguments({
  usage: "npm run example -- NAME",
  summary: "Sets up what an example needs and runs it.",
  positionals: `Examples: ${examples().join(", ")}`,
});
const [name] = positionals;
if (name === undefined || !examples().includes(name)) {
  process.stderr.write(`${name === undefined ? "name an example" : `there is no example "${name}"`}: ${examples().join(", ")}\n`);
  process.exit(2);
}
await ensureEndToEnd();
try {
  await runExample(name);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`the example failed: ${error.message}\n`);
  process.exitCode = 1;
}
