// What a decision costs from Python, beside a bare echo over the same pipe, and how soon a sidecar decides.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/lib/paths.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { findPythons } from "../scripts/lib/python.mjs";
import { run } from "../scripts/lib/run.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";

/** Multiples of the echo's median, and milliseconds. */
const bars = { decision: 1.3, transfer: 3.6, startMs: 250 };

await ensureBuild();
const [python] = findPythons();
const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-bench-"));
try {
  const policy = join(folder, "policy.yaml");
  // One limit a user, on a ledger in memory: what is measured is the way, and not the disk.
  const rule = '{ id: eth, limit: native, max: "1000000", per: [user], window: day }';
  writeFileSync(policy, `version: 1\nledger: memory\nrules:\n  - ${rule}\n`);
  const programs = [join(root, "packages", "sidecar", "dist", "main.js"), ...(await bundle())];
  const output = await step(`Asking a sidecar from Python ${python.version}, and an echo in turn (about a minute)`, () =>
    run(python.path, [join(root, "bench", "sidecar", "measure.py"), process.execPath, echo(), policy, ...programs], {
      env: { PYTHONPATH: join(root, "python", "src") },
      quiet: true,
    }),
  );
  const results = JSON.parse(output.trim().split("\n").at(-1));
  table(results);
  const floor = results.oneAtATime.echo.p50;
  ratioBar("one decision, one at a time, p50", results.oneAtATime.decision.p50 / floor, bars.decision);
  ratioBar("a whole transfer, three questions, p50", results.oneAtATime.transfer.p50 / floor, bars.transfer);
  for (const [program, { p50 }] of Object.entries(results.starts)) {
    bar(
      `start to first decision, ${nameOf(program)}: ${(p50 / 1_000).toFixed(0)} ms, bar ${bars.startMs} ms`,
      p50 / 1_000 < bars.startMs,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function echo() {
  return join(root, "bench", "sidecar", "echo.mjs");
}

/** The wheel's sidecar, where this Node can run it: it needs Node's own SQLite. */
async function bundle() {
  if (process.getBuiltinModule("node:sqlite") === undefined) return [];
  mkdirSync(join(folder, "bundle"));
  const { bundlePrograms } = await import("../scripts/lib/bundles.mjs");
  for (const { file, text } of await bundlePrograms()) writeFileSync(join(folder, "bundle", file), text);
  return [join(folder, "bundle", "sidecar.mjs")];
}

function nameOf(program) {
  return program.endsWith(".mjs") ? "bundle" : "workspace";
}

function table({ python: version, oneAtATime, inFlight, starts }) {
  const row = (name, { p50, p99, count }) =>
    `${name.padEnd(44)} ${p50.toFixed(0).padStart(8)} us ${p99.toFixed(0).padStart(8)} us ${String(count).padStart(7)}`;
  const title = `Python ${version}, Node ${process.version}`.padEnd(44);
  const lines = [`${title}      p50         p99      times`];
  for (const [name, figures] of Object.entries(oneAtATime)) lines.push(row(`${name}, one at a time`, figures));
  for (const [name, figures] of Object.entries(inFlight)) lines.push(row(`${name}, 64 in flight`, figures));
  for (const [program, figures] of Object.entries(starts)) {
    lines.push(row(`start to first decision (${nameOf(program)})`, figures));
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function ratioBar(text, ratio, most) {
  bar(`${text}: ${ratio.toFixed(2)}x of the floor, bar ${most.toFixed(2)}x`, ratio <= most);
}

function bar(text, holds) {
  process.stdout.write(`sidecar ${text}, ${holds ? "holds" : "falls short"}\n`);
  if (!holds) process.exitCode = 1;
}
