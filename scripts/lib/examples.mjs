import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";

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
