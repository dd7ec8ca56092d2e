import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { CommandError, run } from "./run.mjs";
import { ensureEndToEnd } from "./setup.mjs";

/** The examples that there are: one folder a story, each with a `main.mjs` that asserts its own outcome. */
export function examples() {
  return readdirSync(join(root, "examples"))
    .filter((name) => existsSync(join(root, "examples", name, "main.mjs")))
    .sort();
}

/** Runs an example in its own folder; it fails by its exit code. Its table goes to standard output, unless `quiet`. */
export async function runExample(name, { quiet = false, timeoutMs } = {}) {
  const folder = join(root, "examples", name);
  await run(process.execPath, ["main.mjs"], { cwd: folder, quiet, timeoutMs, ...(quiet ? {} : { stdout: process.stdout }) });
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
