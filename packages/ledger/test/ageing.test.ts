import { describe, expect, it } from "vitest";
import type { Changes, Fetched, Known, LedgerBackend } from "../src/backend.js";
import { openBackendLedger } from "../src/backend-ledger.js";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { Ledger } from "../src/ledger.js";
import type { Needs } from "../src/needs.js";
import { PostgresBackend } from "../src/postgres-backend.js";
import { PostgresConnection } from "../src/postgres-connection.js";
import { MapBackend, MapDatabase } from "./support/map-backend.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, closeOf, limitOf, reserveOf } from "./support/requests.js";

const server = postgresOfTests({ fsync: "off" });
const limits = [limitOf(700)];
const times = { lifeMs: 60_000, settleWithinMs: 60_000 };
const portion = 256;

/** What each transaction has read and written, in entries. */
interface Sizes {
  readonly read: number[];
  readonly written: number[];
}

/** A backend that tells how much its transactions read and write. */
function measured(backend: LedgerBackend, { read, written }: Sizes): LedgerBackend {
  return {
    name: backend.name,
    begin: async (needs: Needs, known: Known): Promise<Fetched> => {
      const fetched = await backend.begin(needs, known);
      read.push(fetched.entries.length);
      return fetched;
    },
    fetch: async (needs, known) => await backend.fetch(needs, known),
    write: async (changes) => await backend.write(changes),
    commit: async (changes: Changes) => {
      written.push(changes.entries?.length ?? 0);
      await backend.commit(changes);
    },
    entriesAfter: async (attemptId) => await backend.entriesAfter(attemptId),
    abandon: async () => await backend.abandon(),
    close: async () => await backend.close(),
  };
}

/** A ledger of another process than the one that armed so many payments, after nobody closed them and their date has passed. */
async function afterAnOutage(backend: () => LedgerBackend, count: number): Promise<Ledger & Sizes & { clock: ManualClock }> {
  const clock = new ManualClock();
  const before = await openBackendLedger(backend(), { clock, times });
  const pay = async () => await before.reserve(reserveOf({ attemptId: attemptAt(clock.now()), amount: 1n, limits, arm: true }));
  for (const { ok } of await Promise.all(Array.from({ length: count }, pay))) expect(ok).toBe(true);
  await before.dispose();
  clock.pass(25 * 3_600_000);
  const sizes: Sizes = { read: [], written: [] };
  const after = await openBackendLedger(measured(backend(), sizes), { clock, times });
  return { ...after, ...sizes, clock };
}

const backends: readonly (readonly [string, () => Promise<() => LedgerBackend>])[] = [
  [
    "maps",
    async () => {
      const database = new MapDatabase();
      return () => new MapBackend(database);
    },
  ],
  [
    "PostgreSQL",
    async () => {
      const url = await server().newDatabase();
      return () => new PostgresBackend(new PostgresConnection(url, 4_000));
    },
  ],
];

describe.each(backends)("a ledger over %s after an outage in which many payments came to their date", (_name, make) => {
  it("ages them a portion a transaction, the oldest first, and answers once none is left", async () => {
    const ledger = await afterAnOutage(await make(), 600);
    const { read, written, clock } = ledger;
    read.length = 0;
    written.length = 0;
    const asked = reserveOf({ attemptId: attemptAt(clock.now()), amount: 700n, limits, arm: true });
    // Yesterday's money is gone from today's window, all of it.
    expect(await ledger.reserve(asked)).toMatchObject({ ok: true });
    expect(Math.max(...read)).toBeLessThanOrEqual(portion);
    expect(written).toEqual([portion, portion, 600 - 2 * portion + 1]);
    await ledger.dispose();
  });

  it("says the same to all who wait together, and each once", async () => {
    const ledger = await afterAnOutage(await make(), 300);
    const asked = ["400", "300", "1"].map((amount) =>
      reserveOf({ attemptId: attemptAt(ledger.clock.now()), amount, limits, arm: true }),
    );
    const answers = await Promise.all(asked.map(async (request) => (await ledger.reserve(request)).ok));
    expect(answers).toEqual([true, true, false]);
    expect(await ledger.balances({ limits })).toMatchObject([{ counted: "700", open: "700" }]);
    await ledger.dispose();
  });

  it("is frozen before any of them has aged, and settles what comes late", async () => {
    const ledger = await afterAnOutage(await make(), 300);
    ledger.written.length = 0;
    await ledger.freeze({ scope: "all", value: "", reason: "stop" });
    expect(ledger.written).toEqual([0]);
    const asked = reserveOf({ attemptId: attemptAt(ledger.clock.now()), amount: 1n, limits });
    expect(await ledger.reserve(asked)).toMatchObject({ code: "frozen" });
    expect(await ledger.close(closeOf(attemptAt(ledger.clock.now()), 5n))).toMatchObject({ state: "closed" });
    expect(await ledger.balances({ limits })).toMatchObject([{ counted: "5" }]);
    await ledger.dispose();
  });
});
