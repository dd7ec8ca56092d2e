// The table of a ledger's benchmark, and its bars.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";
import { figuresOf } from "./attempts.mjs";

export class LedgerReport {
  #name;
  #rows = [];
  #lines = [];

  constructor(name) {
    this.#name = name;
  }

  row(what, { rate, p50, p99 }) {
    const us = (value) => `${value.toFixed(0)} us`.padStart(11);
    this.#rows.push(`${what.padEnd(52)} ${rate.toFixed(0).padStart(9)}/s ${us(p50)} ${us(p99)}`);
  }

  /** @param {"most" | "least"} side whether the bar is the most that a ratio may be, or the least */
  bar(what, ratio, bar, side, of) {
    this.say(`${what}: ${ratio.toFixed(2)}x ${of}, bar ${bar.toFixed(2)}x`, side === "most" ? ratio <= bar : ratio >= bar);
  }

  /** @param {string} what what was measured, and its bar */
  say(what, holds) {
    this.#lines.push(`${this.#name} ${what}, ${holds ? "holds" : "falls short"}`);
    if (!holds) process.exitCode = 1;
  }

  print() {
    process.stdout.write(`${"".padEnd(52)} ${"attempts".padStart(11)} ${"p50".padStart(11)} ${"p99".padStart(11)}\n`);
    process.stdout.write(`${[...this.#rows, ...this.#lines].join("\n")}\n`);
  }
}

/** Several processes on one ledger, all of whose attempts are measured together. */
export async function measureProcesses({ location, processes, callers, attempts, hot }) {
  const workers = Array.from({ length: processes }, () =>
    fork(join(root, "bench/ledger/worker.mjs"), [location, String(callers), String(attempts), hot ? "hot" : "separate"]),
  );
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const start = performance.now();
  const told = await Promise.all(
    workers.map(async (worker) => {
      worker.send("go");
      const [{ times }] = await once(worker, "message");
      return times;
    }),
  );
  return figuresOf(told.flat(), performance.now() - start);
}
