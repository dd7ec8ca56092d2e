// What a spending attempt costs on a ledger in a SQLite file, beside bare transactions of the same driver in the same run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "../scripts/lib/progress.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";
import { compare, inTurn, limitOf, measure, spend, warmUps } from "./ledger/attempts.mjs";
import { LedgerReport, measureProcesses } from "./ledger/report.mjs";

await ensureBuild();
const { openLedger } = await import("../packages/ledger/dist/index.js");
const { openDatabase } = await import("../packages/ledger/dist/sqlite-database.js");
const { fillSqlite } = await import("./ledger/fill.mjs");

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-bench-"));
const report = new LedgerReport("ledger-sqlite");
let serial = 0;
const newFile = () => join(folder, `${++serial}.db`);

try {
  const { floor, one } = await step("One attempt at a time, beside the floor (half a minute)", oneAtATime);
  report.row("floor: one durable and two visible transactions", floor);
  report.row("1 caller", one);
  for (const callers of [16, 64]) {
    for (const hot of [false, true]) {
      const figures = await step(`${callers} callers, ${hot ? "one hot limit" : "separate limits"}`, () => many(callers, hot));
      report.row(`${callers} callers, ${hot ? "one hot limit" : "separate limits"}`, figures);
      if (callers === 64 && hot) report.bar("64 at once, rate", figures.rate / one.rate, 5, "least", "of one at a time");
    }
  }
  const four = await step("4 processes, 4 callers each, one hot limit (half a minute)", () =>
    measureProcesses({ location: `sqlite:${newFile()}`, processes: 4, callers: 4, attempts: 1_000, hot: true }),
  );
  report.row("4 processes x 4 callers, one hot limit", four);
  report.bar("one at a time, p50", one.p50 / floor.p50, 1.3, "most", "of the floor");
  report.bar("4 processes, rate", four.rate / one.rate, 1, "least", "of one process");
  report.bar("4 processes, p99", four.p99 / four.p50, 20, "most", "of their own p50");
  const [small, large] = await step("After a thousand payments in the window, and after a million (minutes)", grown);
  report.row("1 caller, after 1,000 payments in the window", small);
  report.row("1 caller, after 1,000,000 payments in the window", large);
  report.bar("growth from 1,000 to 1,000,000 payments, p50", large.p50 / small.p50, 1.5, "most", "of the smaller");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.print();

async function oneAtATime() {
  const database = await openDatabase(newFile());
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
  const insert = database.prepare("INSERT INTO t (text) VALUES (?)");
  const transaction = (synchronous) => {
    database.exec(`PRAGMA synchronous = ${synchronous}`);
    database.exec("BEGIN IMMEDIATE");
    insert.run("x".repeat(600));
    database.exec("COMMIT");
  };
  const bare = async () => {
    transaction("NORMAL");
    transaction("FULL");
    transaction("NORMAL");
  };
  const ledger = await openLedger(`sqlite:${newFile()}`);
  const limit = limitOf({ hot: true });
  const ours = async (caller) => await spend(ledger, limit, caller);
  for (const one of [bare, ours]) await measure(warmUps, 1, one);
  const [floor, one] = await inTurn(20, [() => measure(100, 1, bare), () => measure(100, 1, ours)]);
  database.close();
  await ledger.dispose();
  return { floor, one };
}

async function many(callers, hot) {
  const ledger = await openLedger(`sqlite:${newFile()}`);
  const limit = limitOf({ hot });
  await measure(warmUps, callers, (caller) => spend(ledger, limit, caller));
  const figures = await measure(5_000, callers, (caller) => spend(ledger, limit, caller));
  await ledger.dispose();
  return figures;
}

async function grown() {
  const limit = limitOf({ hot: true });
  const ledgers = [];
  for (const payments of [1_000, 1_000_000]) {
    const file = newFile();
    await fillSqlite(file, payments, limit);
    ledgers.push(await openLedger(`sqlite:${file}`));
  }
  return await compare(ledgers, limit);
}
