import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { ensureAgentKit, findPythons } from "./python.mjs";
import { CommandError, run } from "./run.mjs";
import { ensureEndToEnd } from "./setup.mjs";

/** The examples that there are: one folder a story, each with a `main.mjs` that asserts its own outcome. */
export function examples() {
  return readdirSync(join(root, "examples"))
    .filter((name) => existsSync(join(root, "examples", name, "main.mjs")))
    .sort();
}

/**
 * Runs an example in its own folder, once the Python that it asks for is set up; it fails by its exit code. Its table goes
 * to standard output, unless `quiet`.
 */
export async function runExample(name, { quiet = false, timeoutMs } = {}) {
  const cwd = join(root, "examples", name);
  const env = await pythonFor(cwd);
  await run(process.execPath, ["main.mjs"], { cwd, env, quiet, timeoutMs, ...(quiet ? {} : { stdout: process.stdout }) });
}

/** Sets up what the examples need and runs one for a person: its failure is a line and the exit code. */
export async function showExample(name) {
  await ensureEndToEnd();
  try {
    await runExample(name);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`the example ${name} failed: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** The interpreter and the shim for an example that says in its `package.json` that it needs Python. */
async function pythonFor(folder) {
  const { agentkitPolicy } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // An interpreter that the user named has what it needs.
  if (agentkitPolicy?.python !== true || process.env.AGENTKIT_POLICY_PYTHON) return {};
  const [newest] = findPythons();
  return { AGENTKIT_POLICY_PYTHON: join(await ensureAgentKit(newest), "python"), PYTHONPATH: join(root, "python", "src") };
}
