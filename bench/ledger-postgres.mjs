// What a spending attempt costs on a ledger in PostgreSQL, beside bare round trips and a plain row lock in the same run. The server
// runs on this machine, with its data on this machine's disk.
import { createRequire } from "node:module";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";
import { compare, inTurn, limitOf, measure, spend, warmUps } from "./ledger/attempts.mjs";
import { fillPostgres } from "./ledger/fill-postgres.mjs";
import { LedgerReport, measureProcesses } from "./ledger/report.mjs";

await ensureBuild();
const { openLedger } = await import("../packages/ledger/dist/index.js");
const pg = createRequire(new URL("../packages/ledger/package.json", import.meta.url))("pg");
const report = new LedgerReport("ledger-postgres");
const server = await step("Starting PostgreSQL", () => startPostgres());

try {
  const admin = await connect();
  await admin.query("CREATE TABLE floor (id int PRIMARY KEY, text text); INSERT INTO floor VALUES (1, '')");
  const { floor, one } = await step("One attempt at a time, beside the floor", () => oneAtATime(admin));
  report.row("floor: three bare single-row round trips", floor);
  report.row("1 caller", one);
  const [lock, hot] = await step("16 callers on one hot limit, beside 16 on one plain row lock", hotLimit);
  report.row("floor: 16 callers, three updates of one row each", lock);
  report.row("16 callers, one hot limit", hot);
  report.bar("16 callers on one hot limit, rate", hot.rate / lock.rate, 3, "least", "of a plain row lock");
  for (const [callers, isHot] of [
    [16, false],
    [64, false],
    [64, true],
  ]) {
    const what = `${callers} callers, ${isHot ? "one hot limit" : "separate limits"}`;
    report.row(what, await step(what, () => many(callers, isHot)));
  }
  const four = await step("4 processes, 4 callers each, one hot limit (half a minute)", async () =>
    measureProcesses({ location: await server.newDatabase(), processes: 4, callers: 4, attempts: 1_000, hot: true }),
  );
  report.row("4 processes x 4 callers, one hot limit", four);
  report.bar("one at a time, p50", one.p50 / floor.p50, 1.5, "most", "of three bare round trips");
  const [small, large] = await step("After a thousand payments in the window, and after a million (a minute)", grown);
  report.row("1 caller, after 1,000 payments in the window", small);
  report.row("1 caller, after 1,000,000 payments in the window", large);
  report.bar("growth from 1,000 to 1,000,000 payments, p50", large.p50 / small.p50, 1.5, "most", "of the smaller");
  await admin.end();
} finally {
  await server.stop();
}
report.print();

async function connect(url = server.url) {
  const client = new pg.Client(url);
  // What breaks a connection between two queries is told by the next one.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function oneAtATime(admin) {
  const bare = async () => {
    for (let trip = 0; trip < 3; trip += 1)
      await admin.query({ name: "floor", text: "UPDATE floor SET text = $1 WHERE id = 1", values: ["x".repeat(600)] });
  };
  const ledger = await openLedger(await server.newDatabase());
  const limit = limitOf({ hot: true });
  const ours = (caller) => spend(ledger, limit, caller);
  for (const one of [bare, ours]) await measure(warmUps, 1, one);
  const [floor, one] = await inTurn(20, [() => measure(50, 1, bare), () => measure(50, 1, ours)]);
  await ledger.dispose();
  return { floor, one };
}

/** What sixteen attempts at a time come to on one limit, and sixteen connections with one row that each locks three times an attempt. */
async function hotLimit() {
  const clients = await Promise.all(Array.from({ length: 16 }, () => connect()));
  const update = { name: "lock", text: "UPDATE floor SET text = $1 WHERE id = 1", values: ["y"] };
  const lock = async (caller) => {
    for (let trip = 0; trip < 3; trip += 1) await clients[caller].query(update);
  };
  const ledger = await openLedger(await server.newDatabase());
  const limit = limitOf({ hot: true });
  const ours = (caller) => spend(ledger, limit, caller);
  const contestants = [() => measure(200, 16, lock), () => measure(400, 16, ours)];
  for (const one of [lock, ours]) await measure(warmUps, 16, one);
  const figures = await inTurn(10, contestants);
  await ledger.dispose();
  await Promise.all(clients.map((client) => client.end()));
  return figures;
}

async function many(callers, hot) {
  const ledger = await openLedger(await server.newDatabase());
  const limit = limitOf({ hot });
  await measure(warmUps, callers, (caller) => spend(ledger, limit, caller));
  const figures = await measure(4_000, callers, (caller) => spend(ledger, limit, caller));
  await ledger.dispose();
  return figures;
}

async function grown() {
  const limit = limitOf({ hot: true });
  const ledgers = [];
  for (const payments of [1_000, 1_000_000]) {
    const url = await server.newDatabase();
    await (await openLedger(url)).dispose();
    const client = await connect(url);
    await fillPostgres(client, payments, limit);
    await client.end();
    ledgers.push(await openLedger(url));
  }
  return await compare(ledgers, limit);
}
