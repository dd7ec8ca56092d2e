import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { CommandError, run } from "./lib/run.mjs";
import { ensureWorkspace } from "./lib/setup.mjs";

const { fix } = parseArguments({
  usage: "npm run lint [-- --fix]",
  summary: "Checks the format of every file and lints the code.",
  options: { fix: { type: "boolean", default: false, help: "correct what can be corrected safely" } },
});
await ensureWorkspace();
try {
  await run(join(root, "node_modules", ".bin", "biome"), ["check", ...(fix ? ["--write"] : []), "."]);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.exitCode = 1;
}
