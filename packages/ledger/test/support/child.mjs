// A process of its own on a ledger: node child.mjs LOCATION SCRIPT [ARGUMENTS]. Says on standard output what it has done, a line each.
import { writeSync } from "node:fs";
import { attemptIdAt } from "../../dist/driver-kit/attempt-ids.js";
import { openLedger } from "../../dist/index.js";
import { announceSteps, block } from "./announced-steps.mjs";

const [location, script, ...args] = process.argv.slice(2);
const native = "eip155:84532/slip44:60";
const limits = [
  { id: "budget", unit: "amount", asset: native, per: ["user"], window: { kind: "calendar", unit: "day" }, max: args[0] },
];
const scopes = { user: "u1" };
let serial = 0;

function say(text) {
  writeSync(1, `${text}\n`);
}

function attemptId() {
  serial += 1;
  return attemptIdAt(Date.now(), process.pid * 2 ** 16 + serial);
}

// Before the ledger is opened: a process may die while it makes one.
if (script === "step") await announceSteps(Number(args[1]), say);
const ledger = await openLedger(location, { busyTimeoutMs: 60_000, times: { lifeMs: 2_000 } });

function reserve(id, amount, more = {}) {
  const lines = [{ unit: "amount", asset: native, amount }];
  return ledger.reserve({ attemptId: id, stepId: "root", scopes, lines, limits, ...more });
}

/** What money leaves is said before anything else happens: what a parent has read is what a chain would have. */
function move(amount) {
  say(`moved ${amount}`);
  return { callId: `call ${amount}`, chainId: "eip155:84532", transactionId: `0x${amount}`, lines: [{ asset: native, amount }] };
}

function close(id, calls) {
  const spent = calls.flatMap(({ lines }) => lines);
  return ledger.close({ attemptId: id, scopes, entered: true, inFlight: false, spent, calls });
}

/** One attempt of 4, and of 3 that it had not declared, the first of which is proven. */
async function wholeAttempt() {
  const id = attemptId();
  const steps = [
    ["reserved", () => reserve(id, "4")],
    ["armed", () => ledger.arm({ attemptId: id, steps: ["root"] }), "4"],
    ["more", () => reserve(id, "3", { stepId: "call-2", arm: true, relies: ["root"] }), "3"],
  ];
  const calls = [];
  for (const [name, step, amount] of steps) {
    const answer = await step();
    if (!answer.ok) return say(`refused ${answer.code}`);
    say(name);
    if (amount !== undefined) calls.push(move(amount));
  }
  await close(id, calls);
  say("closed");
  const verdict = { kind: "moved", blockTime: Date.now() };
  await ledger.correct({ attemptId: id, evidence: [{ callId: "call 4", verdict }] });
  say("corrected");
}

/** Attempts of 1, four at a time, until there is no room or nobody lets it live. */
async function storm() {
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (;;) {
        const id = attemptId();
        if (!(await reserve(id, "1")).ok) return;
        if (!(await ledger.arm({ attemptId: id, steps: ["root"] })).ok) return;
        await close(id, [move("1")]);
      }
    }),
  );
}

const scripts = {
  open: async () => say(ledger.id),
  /** Reservations of 1, sixteen at a time. @returns how many were granted */
  async race() {
    let left = Number(args[1]);
    let granted = 0;
    const runner = async () => {
      while (left > 0) {
        left -= 1;
        if ((await reserve(attemptId(), "1", { arm: true })).ok) granted += 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, runner));
    say(granted);
  },
  step: wholeAttempt,
  storm,
  async die() {
    const id = attemptId();
    const steps = {
      reserved: () => reserve(id, "7"),
      armed: () => ledger.arm({ attemptId: id, steps: ["root"] }),
      closed: () => close(id, [{ callId: "call", lines: [{ asset: native, amount: "5" }] }]),
    };
    for (const [name, step] of Object.entries(steps)) {
      const answer = await step();
      if (name !== args[1]) continue;
      say(JSON.stringify(answer));
      block();
    }
  },
};

await scripts[script]();
await ledger.dispose();
say("end");
