/**
 * Makes one file of a package's program, and a few more of what only some policies load, in place of what tsc has written: a program is
 * started anew for every command and by every agent, and to find and read some 340 files took it more than half of its start.
 * Runs in the package's folder, after tsc: `bundle-program.mjs command/main`
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleProgram, chunkFolder } from "./lib/bundles.mjs";

const [source] = process.argv.slice(2);
const dist = join(process.cwd(), "dist");
// Those of an earlier build have other names.
rmSync(join(dist, chunkFolder), { recursive: true, force: true });
// It tells of the file that tsc has written.
rmSync(join(dist, `${source}.js.map`), { force: true });
for (const { file, text } of await bundleProgram(process.cwd(), source)) {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), text);
}
