// What a spending attempt costs on a ledger in memory, beside three promises and three entries of a map in the same run.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../scripts/lib/paths.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";
import { inTurn, limitOf, measure, spend } from "./ledger/attempts.mjs";
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
const [small, large] = await step("After a thousand payments in the window, and after a million", grown);
report.row("1 caller, after 1,000 payments in the window", small);
report.row("1 caller, after 1,000,000 payments in the window", large);
report.bar("growth from 1,000 to 1,000,000 payments, p50", large.p50 / small.p50, 1.5, "most", "of the smaller");
report.print();

/** Each in a process of its own, so that neither collects the other's garbage. */
async function grown() {
  const children = [1_000, 1_000_000].map((payments) =>
    fork(join(root, "bench/ledger/grown-memory.mjs"), [String(payments)], { execArgv: ["--max-old-space-size=6144"] }),
  );
  await Promise.all(children.map((child) => once(child, "message")));
  const figures = await inTurn(
    20,
    children.map((child) => async () => {
      child.send("go");
      const [measured] = await once(child, "message");
      return measured;
    }),
  );
  for (const child of children) child.disconnect();
  return figures;
}
