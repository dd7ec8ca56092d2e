import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countsOf, differencesFrom, problemsOf, skipsOf } from "./conformance/verdict.mjs";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { step } from "./lib/progress.mjs";
import { findPythons } from "./lib/python.mjs";
import { run } from "./lib/run.mjs";
import { ensureBuild } from "./lib/setup.mjs";

const { pin } = parseArguments({
  usage: "npm run conformance [-- --pin]",
  summary: `Runs the attempt vectors of schemas/v1/vectors with every runner, compares what they saw, and makes our own hook wrong
to see that the vectors notice. The results go to dist/conformance.`,
  options: { pin: { type: "boolean", default: false, help: "write the counts of this run down as the expected ones" } },
});

const vectors = join(root, "schemas/v1/vectors");
const results = join(root, "dist/conformance");
const pinsFile = join(root, "packages/conformance/pinned-counts.json");
/** No runner takes this long; one that does hangs. */
const timeoutMs = 10 * 60_000;

await ensureBuild();
const { canonicalJson } = await import("../packages/schema/dist/index.js");
const { build } = await import("esbuild");
const { bundleOptions } = await import("./lib/bundles.mjs");
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const out = mkdtempSync(join(tmpdir(), "agentkit-policy-conformance-"));
const sidecar = join(out, "scripted-sidecar.mjs");
try {
  // It is started by six hundred processes.
  await build({
    ...bundleOptions,
    write: true,
    entryPoints: [join(root, "scripts/conformance/scripted-sidecar.mjs")],
    outdir: out,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    external: ["pg"],
  });
  // The two that start a process for every vector run beside the others.
  const [inNode, fromPython] = await Promise.all([
    inTurn([inJavaScript("core"), inJavaScript("pair"), inJavaScript("broken"), inJavaScript("process")]),
    inTurn([withPython("python-plain"), withPython("python-sidecar")]),
  ]);
  const [core, pair, broken, overProcess] = inNode;
  const files = [core, pair, overProcess, ...fromPython.reverse()];
  const differs = differencesFrom(core, broken);
  const mutants = await step("wrong hooks", async () => {
    const { runMutants } = await import("./conformance/mutants.mjs");
    const { readAttemptVectors } = await import("../packages/conformance/dist/index.js");
    return await runMutants(readAttemptVectors(vectors));
  });
  if (pin) {
    const counts = Object.fromEntries(files.map((file) => [file.runner, countsOf(file)]));
    writeFileSync(pinsFile, `${JSON.stringify(counts, undefined, 2)}\n`);
  }
  const problems = [
    ...problemsOf(files, JSON.parse(readFileSync(pinsFile, "utf8"))),
    ...(differs.length > 0 ? [] : ["broken: a host that tells no wallet call saw the same as core, which cannot be"]),
    ...mutants.flatMap(({ id, wrong, escaped }) =>
      escaped.map((vector) => `wrong hook ${id} (${wrong}): ${vector} did not notice`),
    ),
  ];
  print(files, differs, mutants);
  writeFileSync(join(results, "summary.json"), `${JSON.stringify(summaryOf(files, mutants, problems), undefined, 2)}\n`);
  for (const problem of problems) process.stdout.write(`\nFAILED ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

async function inTurn(runs) {
  const files = [];
  for (const one of runs) files.push(await one());
  return files;
}

function inJavaScript(runner) {
  return () => resultsOf(runner, process.execPath, ["scripts/conformance/run.mjs", "--runner", runner], {});
}

function withPython(runner) {
  const [newest] = findPythons();
  const name = runner.slice("python-".length);
  const options = { cwd: join(root, "python"), env: { PYTHONPATH: "src" } };
  return () => resultsOf(runner, newest.path, ["-m", "conformance.run", "--runner", name], options);
}

/** Runs a runner, and keeps what it wrote in a form that can be compared by the byte: one vector a line. */
async function resultsOf(runner, command, args, options) {
  const file = join(out, `${runner}.json`);
  await step(`runner ${runner}`, () =>
    run(command, [...args, "--vectors", vectors, "--sidecar", sidecar, "--out", file], { quiet: true, timeoutMs, ...options }),
  );
  const { results: list } = JSON.parse(readFileSync(file, "utf8"));
  const lines = list.map((result) => canonicalJson(result));
  writeFileSync(join(results, `${runner}.jsonl`), `${lines.join("\n")}\n`);
  return { runner, results: lines.map((line) => JSON.parse(line)) };
}

function print(files, differs, mutants) {
  const rows = files.map((file) => [file.runner, ...Object.values(countsOf(file)).map(String)]);
  const table = [["runner", "passed", "skipped"], ...rows];
  for (const [name, ...counts] of table) {
    process.stdout.write(`${name.padEnd(16)}${counts.map((count) => count.padStart(9)).join("")}\n`);
  }
  for (const file of files) {
    for (const { reason, ids } of skipsOf(file)) {
      process.stdout.write(`\n${file.runner} skips ${ids.length}, because ${reason}:\n${wrapped(ids)}\n`);
    }
  }
  process.stdout.write(`\nA host that tells no wallet call differs from core in ${differs.length} vectors, as it must.\n`);
  const caught = mutants.filter(({ escaped }) => escaped.length === 0).length;
  process.stdout.write(`${caught} of ${mutants.length} wrong hooks were caught by the vectors that name them.\n`);
}

function wrapped(words) {
  const lines = [""];
  for (const word of words) {
    if (`${lines.at(-1)} ${word}`.length > 116) lines.push("");
    lines[lines.length - 1] += `  ${word}`;
  }
  return lines.join("\n");
}

/** What `npm test` adds to its report. */
function summaryOf(files, mutants, problems) {
  const passed = files.reduce((sum, file) => sum + countsOf(file).passed, 0);
  const skipped = files.flatMap((file) =>
    skipsOf(file).map(({ reason, ids }) => ({ runner: file.runner, reason, count: ids.length })),
  );
  return { passed: passed + mutants.length - mutants.filter(({ escaped }) => escaped.length > 0).length, skipped, problems };
}
