// What a spending attempt costs on a ledger in memory, beside three promises and three entries of a map in the same run.
import { step } from "../scripts/lib/progress.mjs";
import { run } from "../scripts/lib/run.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";
import { limitOf, measure, spend } from "./ledger/attempts.mjs";
import { LedgerReport } from "./ledger/report.mjs";

await ensureBuild();
const { openMemoryLedger } = await import("../packages/ledger/dist/index.js");
const report = new LedgerReport("ledger-memory");

const kept = new Map();
const bare = async (caller) => {
  for (let step = 0; step < 3; step += 1) {
    kept.set(`${caller} ${step}`, { step, at: Date.now() });
    await undefined;
  }
};
await measure(20_000, 1, bare);
report.row("floor: three awaited writes to a map", await measure(100_000, 1, bare));
for (const callers of [1, 16, 64]) {
  for (const hot of [false, true]) {
    const what = `${callers} ${callers === 1 ? "caller" : "callers"}, ${hot ? "one hot limit" : "separate limits"}`;
    const figures = await step(what, async () => {
      const ledger = openMemoryLedger();
      const limit = limitOf({ hot });
      await measure(5_000, callers, (caller) => spend(ledger, limit, caller));
      return await measure(50_000, callers, (caller) => spend(ledger, limit, caller));
    });
    report.row(what, figures);
  }
}
const grown = [];
for (const payments of [1_000, 1_000_000]) {
  const figures = await step(`After ${payments} payments in the window`, async () => {
    const output = await run(process.execPath, ["--max-old-space-size=6144", "bench/ledger/grown-memory.mjs", String(payments)], {
      quiet: true,
    });
    return JSON.parse(output.trim().split("\n").at(-1));
  });
  report.row(`1 caller, after ${payments} payments in the window`, figures);
  grown.push(figures.p50);
}
report.bar("growth from 1,000 to 1,000,000 payments, p50", grown[1] / grown[0], 1.5, "most", "of the smaller");
report.print();
