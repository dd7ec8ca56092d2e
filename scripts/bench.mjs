import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { CommandError, run } from "./lib/run.mjs";

const names = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -".mjs".length))
  .sort();
const { positionals } = parseArguments({
  usage: "npm run bench [-- NAME]",
  summary: "Measures what the design promises, beside a floor in the same run. Exits 1 when a bar falls short.",
  positionals: `Benchmarks, all of them unless one is named: ${names.join(", ")}`,
});
const [name] = positionals;
if (name !== undefined && !names.includes(name)) {
  process.stderr.write(`there is no benchmark "${name}": ${names.join(", ")}\n`);
  process.exit(2);
}
for (const chosen of name === undefined ? names : [name]) {
  try {
    await run(process.execPath, [join("bench", `${chosen}.mjs`)], { stdout: process.stdout });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.exitCode = 1;
  }
}
