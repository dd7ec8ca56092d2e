// What an attempt costs under Cycles, beside the bare pair of its requests on the same server in the same run. The server is the one for
// tests, in a process of its own on this machine.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../scripts/lib/paths.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { ensureBuild } from "../scripts/lib/setup.mjs";
import { inTurn, measure, warmUps } from "./ledger/attempts.mjs";
import { LedgerReport } from "./ledger/report.mjs";

/** How long an attempt may take beyond its requests, in milliseconds. */
const ownMs = 0.4;

await ensureBuild();
const { barePair, exchangedPair, guardedPayment } = await import("./cycles/agents.mjs");
const report = new LedgerReport("cycles");
const server = fork(join(root, "bench/cycles/server.mjs"));
const [baseUrl] = await once(server, "message");

/** What the server was asked since the last look. */
async function asked() {
  server.send("requests");
  const [requests] = await once(server, "message");
  return requests;
}

const [pay, payWithout] = [await guardedPayment(baseUrl), await guardedPayment()];
const text = await pay();
const happy = await asked();
await pay({ value: "2000000" });
const denied = await asked();
const contestants = [barePair(baseUrl, happy), exchangedPair(baseUrl, happy), pay, payWithout];
await step("Warming up (half a minute)", async () => {
  for (const one of contestants) await measure(warmUps, 1, () => one());
});
const [floor, exchanged, whole, local] = await step(
  "Bare pairs, an attempt under Cycles, and one without it, in turn (half a minute)",
  () =>
    inTurn(
      100,
      contestants.map((one) => () => measure(25, 1, () => one())),
    ),
);
server.kill();

report.row("floor: a bare reserve and commit", floor);
report.row("the same in the way that the client sends it", exchanged);
report.row("an attempt under Cycles and a local limit", whole);
report.row("an attempt under the local limit alone", local);
report.bar("a whole attempt, p50", whole.p50 / floor.p50, 1.5, "most", "of the bare pair");
const own = (whole.p50 - floor.p50) / 1_000;
report.say(`our own share, p50: ${own.toFixed(2)} ms, bar ${ownMs.toFixed(2)} ms`, own <= ownMs);
const operations = happy.map(({ operation }) => operation).join(", ");
report.say(
  `requests on the happy path: ${operations}, bar reserve, commit`,
  operations === "reserve, commit" && text.startsWith("Transferred"),
);
report.say(`requests for a local denial: ${denied.length}, bar 0`, denied.length === 0);
report.print();
// The client's way is quicker than the floor's: what the rest of an attempt costs shows only beside the same way.
const beyond = (whole.p50 - exchanged.p50) / 1_000;
const without = (local.p50 / 1_000).toFixed(2);
process.stdout.write(
  `cycles note: beyond a bare pair in the client's own way: ${beyond.toFixed(2)} ms; an attempt without Cycles takes ${without} ms\n`,
);
