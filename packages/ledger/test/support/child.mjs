// A process of its own on a ledger's file: node child.mjs FILE SCRIPT [ARGUMENTS]. Says on standard output what it has done.
import { writeSync } from "node:fs";
import { openSqliteLedger } from "../../dist/index.js";

const [file, script, ...args] = process.argv.slice(2);
const native = "eip155:84532/slip44:60";
const limits = [
  { id: "budget", unit: "amount", asset: native, per: ["user"], window: { kind: "calendar", unit: "day" }, max: args[0] },
];
const scopes = { user: "u1" };
let serial = 0;

function say(text) {
  writeSync(1, `${text}\n`);
}

/** Standing still for ever, so that the parent can kill this process exactly here. */
function block() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function attemptId() {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = `${process.pid.toString(16).padStart(8, "0")}${serial.toString(16).padStart(4, "0")}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

const ledger = await openSqliteLedger(file, { busyTimeoutMs: 60_000, times: { lifeMs: 2_000 } });

function reserve(id, amount, more = {}) {
  return ledger.reserve({
    attemptId: id,
    stepId: "root",
    scopes,
    lines: [{ unit: "amount", asset: native, amount }],
    limits,
    ...more,
  });
}

if (script === "open") {
  say(ledger.id);
} else if (script === "race") {
  const answers = await Promise.all(Array.from({ length: Number(args[1]) }, () => reserve(attemptId(), "1")));
  say(answers.filter((answer) => answer.ok).length);
} else if (script === "die") {
  const id = attemptId();
  const steps = {
    reserved: () => reserve(id, "7"),
    armed: () => ledger.arm({ attemptId: id, steps: ["root"] }),
    closed: () =>
      ledger.close({ attemptId: id, scopes, entered: true, inFlight: false, spent: [{ asset: native, amount: "5" }] }),
  };
  for (const [name, step] of Object.entries(steps)) {
    const answer = await step();
    if (name === args[1]) {
      say(JSON.stringify(answer));
      block();
    }
  }
}
await ledger.dispose();
