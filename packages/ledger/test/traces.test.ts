import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Ledger } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { newPostgresLedgers } from "./support/postgres.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { TickClock } from "./support/tick-clock.js";
import { drive, drivenWalk, rareWalks, start, traceOf } from "./support/trace.js";

/** One SQLite driver lets go of a file only when its statements are collected, and thousands of ledgers are opened here. */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const folder = temporaryFolder({ inMemory: true });
const scale = Number(process.env["TEST_SCALE"] ?? 1);
const runs = Math.ceil(2_000 * scale);
const seed = Number(process.env["SWARM_SEED"] ?? Date.now() % 2 ** 31);
let serial = 0;

const drivers: Readonly<Record<string, (options: LedgerOptions) => Promise<Ledger>>> = {
  memory: async (options) => openMemoryLedger(options),
  postgres: newPostgresLedgers({ fsync: "off" }),
  sqlite: async (options) => {
    serial += 1;
    if (serial % 500 === 0) {
      collect();
      await setImmediate();
    }
    return await openSqliteLedger(join(folder, `${serial}.db`), options);
  },
};

for (const [name, open] of Object.entries(drivers)) {
  it(`the ${name} ledger answers and counts as the model does on random ways through random worlds`, {
    timeout: 300_000 * Math.max(1, scale),
  }, async () => {
    process.stderr.write(`${name}: ${runs} traces from the seed ${seed} (SWARM_SEED repeats them)\n`);
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(drivenWalk, async (way) => {
        const trace = traceOf(way);
        steps += trace.steps.length;
        const clock = new TickClock(start, 0);
        const ledger = await open({ clock, times: trace.times });
        try {
          await drive(ledger, clock, trace);
        } finally {
          await ledger.dispose();
        }
      }),
      { numRuns: runs, seed, examples: [...rareWalks] },
    );
    expect(steps).toBeGreaterThan(runs);
  });
}
