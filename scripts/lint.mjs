import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { ensureTools } from "./lib/python.mjs";
import { CommandError, run } from "./lib/run.mjs";
import { ensureWorkspace } from "./lib/setup.mjs";

const { fix } = parseArguments({
  usage: "npm run lint [-- --fix]",
  summary: "Checks the format of every file and lints the code, in both languages.",
  options: { fix: { type: "boolean", default: false, help: "correct what can be corrected safely" } },
});
await ensureWorkspace();
const tools = await ensureTools();
const inPython = { cwd: join(root, "python") };
for (const [command, args, options] of [
  [join(root, "node_modules", ".bin", "biome"), ["check", ...(fix ? ["--write"] : []), "."], {}],
  [join(tools, "ruff"), ["format", ...(fix ? [] : ["--check"]), "."], inPython],
  [join(tools, "ruff"), ["check", ...(fix ? ["--fix"] : []), "."], inPython],
]) {
  try {
    await run(command, args, options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.exitCode = 1;
  }
}
