import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { ensureWorkspace } from "./lib/setup.mjs";

const { check } = parseArguments({
  usage: "npm run codegen [-- --check]",
  summary: "Writes the types and validators that follow from schemas/v1.",
  options: {
    check: { type: "boolean", default: false, help: "write nothing; print a diff and exit 1 when a file is out of date" },
  },
});

await ensureWorkspace();
const { generate } = await import("./lib/contract.mjs");
const { createTwoFilesPatch } = await import("diff");

/** A compiled validator is no reading matter; the types show what has changed. */
const longestDiff = 200;

let outdated = 0;
for (const { path, text } of await generate()) {
  const file = join(root, path);
  const current = readIfThere(file);
  if (current === text) continue;
  outdated += 1;
  if (check) {
    process.stderr.write(`${path} does not follow from schemas/v1; run "npm run codegen" and commit it\n`);
    const lines = createTwoFilesPatch("committed", "generated", current, text, "", "", { context: 1 }).split("\n");
    const more = lines.length > longestDiff ? `\n… and ${lines.length - longestDiff} lines more` : "";
    process.stderr.write(`${lines.slice(0, longestDiff).join("\n")}${more}\n`);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stderr.write(`wrote ${path}\n`);
  }
}
if (outdated === 0) process.stderr.write("the generated files follow from schemas/v1\n");
process.exitCode = check && outdated > 0 ? 1 : 0;

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return "";
    throw error;
  }
}
