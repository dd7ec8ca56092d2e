import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../lib/paths.mjs";

/**
 * Runs every wrong hook of `packages/conformance/mutants.json` on the vectors that are to catch it. A wrong hook is core's
 * own source with a place or two changed, bundled afresh with the runner.
 * @returns {Promise<{id: string, wrong: string, caughtBy: string[], escaped: string[]}[]>} what caught each, and what did not
 * @throws Error where a place to change is not there exactly once, or a vector is unknown
 */
export async function runMutants(vectors) {
  const { mutants } = JSON.parse(readFileSync(join(root, "packages/conformance/mutants.json"), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-mutants-"));
  try {
    const results = [];
    for (const mutant of mutants) results.push(await runMutant(mutant, vectors, folder));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runMutant({ id, wrong, changes, caughtBy }, vectors, folder) {
  const chosen = caughtBy.map((name) => {
    const vector = vectors.find((candidate) => candidate.id === name);
    if (vector === undefined) throw new Error(`the mutant ${id} names the vector ${name}, which is not there`);
    return vector;
  });
  const { differenceOf, runInCore, createActionReader } = await runnerWith(changedFiles(id, changes), join(folder, `${id}.mjs`));
  const caught = [];
  for (const vector of chosen) {
    if (await differs(vector, runInCore, differenceOf, createActionReader())) caught.push(vector.id);
  }
  return { id, wrong, caughtBy: caught, escaped: caughtBy.filter((name) => !caught.includes(name)) };
}

/** Whether something else is seen than the vector says. A wrong hook that fails outright is seen as well. */
async function differs(vector, runInCore, differenceOf, catalogue) {
  try {
    // What comes too much comes soon: everything else of the attempt is over.
    const read = await runInCore(vector, catalogue, { patienceMs: 1_000, watchMs: 60 });
    return differenceOf(vector.expect, await read()) !== undefined;
  } catch {
    return true;
  }
}

/** The changed texts by their files' paths. */
function changedFiles(id, changes) {
  const texts = new Map();
  for (const { file, find, replace } of changes) {
    const path = join(root, file);
    const text = texts.get(path) ?? readFileSync(path, "utf8");
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`the mutant ${id} changes a place that ${file} has ${places} times: ${find}`);
    texts.set(
      path,
      text.replace(find, () => replace),
    );
  }
  return texts;
}

/** The runner, over core with the texts of some files replaced. */
async function runnerWith(texts, outfile) {
  const source = (name) => join(root, "packages", name, "src/index.ts");
  const [conformance, effects] = ["conformance", "effects"].map((name) => JSON.stringify(source(name)));
  await build({
    stdin: {
      contents: `export { differenceOf, runInCore } from ${conformance};\nexport { createActionReader } from ${effects};`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    logLevel: "silent",
    alias: Object.fromEntries(["schema", "core"].map((name) => [`@agentkit-policy/${name}`, source(name)])),
    nodePaths: ["schema", "effects"].map((name) => join(root, "packages", name, "node_modules")),
    plugins: [
      {
        name: "mutant",
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => (texts.has(path) ? { contents: texts.get(path), loader: "ts" } : undefined));
        },
      },
    ],
  });
  return await import(pathToFileURL(outfile).href);
}
