import { writeFileSync } from "node:fs";
import { readAttemptVectors, resultFile } from "../../packages/conformance/dist/index.js";
import { parseArguments } from "../lib/arguments.mjs";
import { defaultSidecar, runnersWith } from "./runners.mjs";

const { runner, vectors, sidecar, out } = parseArguments({
  usage: "node scripts/conformance/run.mjs --runner NAME --vectors FOLDER [--sidecar FILE] --out FILE",
  summary: "Runs every attempt vector of a folder with one runner, and writes what was seen.",
  options: {
    runner: { type: "string", help: Object.keys(runnersWith(defaultSidecar)).join(", ") },
    vectors: { type: "string", help: "the folder of the vectors" },
    sidecar: { type: "string", default: defaultSidecar, help: "the program of the scripted sidecar" },
    out: { type: "string", help: "the file of the results" },
  },
});
const run = runnersWith(sidecar)[runner];
if (run === undefined || vectors === undefined || out === undefined) {
  process.stderr.write("--runner, --vectors and --out are needed; see --help\n");
  process.exit(2);
}
const results = await resultFile(runner, readAttemptVectors(vectors), run);
writeFileSync(out, `${JSON.stringify(results, undefined, 2)}\n`);
// A provider of a vector may hang for ever, on purpose.
process.exit(0);
