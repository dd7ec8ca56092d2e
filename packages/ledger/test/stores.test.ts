import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agesAt, type Entry, emptyEntry, entryWith, type Line } from "../src/entry.js";
import type { Limit, Scope, Window } from "../src/ledger.js";
import { memoryStore } from "../src/memory-store.js";
import type { ScopeKey } from "../src/scope-key.js";
import { openDatabase } from "../src/sqlite-database.js";
import { sqliteStore } from "../src/sqlite-store.js";
import { prepareTables } from "../src/sqlite-tables.js";
import type { Store } from "../src/store.js";
import { countedOf, kindOfLimit, writeEntry } from "../src/tallies.js";
import { earliestDate } from "../src/window.js";
import { attemptAt, native, wallet } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const scale = Number(process.env["TEST_SCALE"] ?? 1);
let serial = 0;
const hour = 3_600_000;
const now = Date.UTC(2026, 10, 25, 12);
const marginMs = 40_000;

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ["memory", async () => memoryStore()],
  [
    "sqlite",
    async () => {
      serial += 1;
      const database = await openDatabase(join(folder, `${serial}.db`));
      database.exec("BEGIN IMMEDIATE");
      prepareTables(database, "store.db");
      const store = sqliteStore(database, () => undefined);
      store.begin();
      return store;
    },
  ],
];

interface Written {
  readonly attempt: number;
  readonly state: "reserved" | "armed" | "closed";
  readonly aged: boolean;
  readonly user: string | undefined;
  /** What a closed one has sent: nothing, nothing that moved, or something that did or may have. */
  readonly sent: "nothing" | "never" | "moved" | "unlisted";
  readonly date: number;
  readonly lines: readonly Line[];
}

const line: fc.Arbitrary<Line> = fc
  .record({
    amount: fc.bigInt({ min: 0n, max: 2n ** 200n }),
    counterparty: fc.constantFrom(undefined, "c1", "c2"),
    shadow: fc.boolean(),
    counts: fc.boolean(),
  })
  .map(({ amount, counterparty, shadow, counts }): Line => {
    if (counts) return { unit: "actions", amount: amount % 2n };
    if (counterparty === undefined) return { unit: "amount", asset: native, amount };
    const named = { unit: "amount", asset: native, amount, counterparty } as const;
    return shadow ? { ...named, perCounterpartyOnly: true } : named;
  });

/** Few attempts, so that entries are written again, and dates around the edges of hours and windows. */
const written: fc.Arbitrary<Written> = fc
  .record({
    attempt: fc.integer({ min: 0, max: 7 }),
    state: fc.constantFrom("reserved" as const, "armed" as const, "closed" as const),
    aged: fc.boolean(),
    user: fc.constantFrom(undefined, "", "u1"),
    sent: fc.constantFrom("nothing" as const, "never" as const, "moved" as const, "unlisted" as const),
    hoursAgo: fc.constantFrom(0, 12, 24),
    beside: fc.constantFrom(-80_001, -80_000, -40_001, -40_000, 0),
    lines: fc.array(line, { maxLength: 3 }),
  })
  .map(({ hoursAgo, beside, ...rest }) => ({ ...rest, date: now - hoursAgo * hour + beside }));

const asked: fc.Arbitrary<{ readonly limit: Limit; readonly key: ScopeKey; readonly later: number }> = fc
  .record({
    unit: fc.constantFrom("amount" as const, "actions" as const),
    key: fc.constantFrom<ScopeKey>({}, { wallet }, { user: "u1" }, { wallet, user: "" }, { user: "u1", counterparty: "c1" }),
    window: fc.constantFrom<Window>(
      { kind: "calendar", unit: "day" },
      { kind: "calendar", unit: "hour" },
      { kind: "calendar", unit: "day", timeZone: "Asia/Kathmandu" },
      { kind: "rolling", ms: 24 * hour },
      { kind: "rolling", ms: 90_000 },
      { kind: "lifetime" },
      { kind: "open" },
    ),
    // A clock's margin differs from one policy file to another, so that a window may begin earlier than at the last look.
    later: fc.constantFrom(0, 1, 60_000, -60_000),
  })
  .map(({ unit, key, window, later }) => {
    const limit = { id: "l", unit, per: Object.keys(key) as Scope[], window, max: "0" };
    return { limit: unit === "amount" ? { ...limit, asset: native } : limit, key, later };
  });

function entryOf({ attempt, state, aged, user, sent, date, lines }: Written): Entry {
  const scopes = user === undefined ? { wallet } : { wallet, user };
  const calls = sent === "never" || sent === "moved" ? [{ callId: "c", lines: [], verdict: sent }] : [];
  const unlisted = [{ unit: "amount", asset: native, amount: sent === "unlisted" ? 1n : 0n } as const];
  const changes = { state, aged: aged && state !== "closed", until: date, sendBy: date, lines, calls, unlisted } as const;
  return entryWith(emptyEntry(`attempt-${attempt}`, scopes, date), changes);
}

/** The same sum, made by looking at every line there is, as the state table says it. */
function sumOf(entries: readonly Entry[], { unit, per, window }: Limit, key: ScopeKey, at: number): bigint {
  const since = earliestDate(window, at, marginMs) ?? Number.NEGATIVE_INFINITY;
  let sum = 0n;
  for (const { scopes, state, aged, until, reservedAt, lines, calls, unlisted } of entries) {
    const isLetGo = state === "closed" && calls[0]?.verdict !== "moved" && unlisted[0]?.amount === 0n;
    for (const { unit: of, amount, counterparty, perCounterpartyOnly } of lines) {
      const values = { ...scopes, counterparty };
      if (of !== unit || per.some((scope) => values[scope] !== key[scope])) continue;
      if (perCounterpartyOnly === true && !per.includes("counterparty")) continue;
      const isOpen = state !== "closed" && !aged;
      const dated = state !== "reserved" && until >= since;
      const ofActions = window.kind === "open" ? isOpen || (dated && !isLetGo) : reservedAt >= since;
      const counts = unit === "actions" ? ofActions : isOpen || dated;
      if (counts) sum += amount;
    }
  }
  return sum;
}

describe.each(stores)("a %s store", (_name, make) => {
  it("adds up what counts, whatever was written, written again and asked before", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(written, asked), { minLength: 5, maxLength: 40 }), async (steps) => {
        const store = await make();
        const held = new Map<string, Entry>();
        for (const [what, { limit, key, later }] of steps) {
          const entry = entryOf(what);
          writeEntry(store, held.get(entry.attemptId), entry, false);
          held.set(entry.attemptId, entry);
          const counted = countedOf(store, kindOfLimit(store, limit), key, limit, now + later, marginMs);
          expect(counted).toBe(sumOf([...held.values()], limit, key, now + later));
        }
      }),
      { numRuns: Math.ceil(60 * scale) },
    );
  });

  it("gives back what was put, with its amounts to the last digit", async () => {
    const store = await make();
    const entry: Entry = {
      ...entryOf({ attempt: 1, state: "closed", aged: false, user: "ü", sent: "nothing", date: now, lines: [] }),
      attemptId: attemptAt(now),
      scopes: { wallet, user: "ü", session: "", run: "r", agent: "a", action: "native_transfer" },
      steps: [{ stepId: "root", digest: "d" }],
      lines: [
        { unit: "amount", asset: native, amount: 2n ** 256n + 1n, counterparty: "c" },
        { unit: "amount", asset: native, amount: 3n, counterparty: "c", perCounterpartyOnly: true },
        { unit: "actions", amount: 1n },
      ],
      calls: [{ callId: "c1", verdict: "moved", blockTime: now, lines: [{ unit: "amount", asset: native, amount: 2n ** 256n }] }],
      unlisted: [{ unit: "amount", asset: native, amount: 1n }],
      intent: { key: "k", digest: "d", free: false },
      adjustments: [{ at: now, reason: "r" }],
    };
    store.put(entry, true);
    expect(store.entry(entry.attemptId)).toEqual(entry);
    expect(store.entriesOfIntent("k")).toEqual([entry]);
    expect(store.assets()).toEqual([native]);
  });

  it("finds the open entries whose date has passed, and none that is closed or has aged", async () => {
    const store = await make();
    const entries = [0, 1, 2, 3].map((attempt) =>
      entryOf({ attempt, state: "reserved", aged: false, user: undefined, sent: "nothing", date: now + attempt, lines: [] }),
    );
    for (const entry of entries) store.put(entry, false);
    expect(store.overdue(now, 9)).toEqual([]);
    expect(store.overdue(now + 2, 9).map(agesAt)).toEqual([now, now + 1]);
    expect(store.overdue(now + 4, 2).map(agesAt)).toEqual([now, now + 1]);
    for (const entry of entries.slice(0, 1)) store.put(entryWith(entry, { aged: true }), false);
    for (const entry of entries.slice(1, 2)) store.put(entryWith(entry, { state: "closed" }), false);
    expect(store.overdue(now + 4, 9).map(agesAt)).toEqual([now + 2, now + 3]);
  });

  it("visits every entry once, also where they are more than a page", async () => {
    const store = await make();
    const ids = Array.from({ length: 2_500 }, (_, index) => attemptAt(now + index));
    for (const id of ids) store.put(emptyEntry(id, {}, now), false);
    const seen: string[] = [];
    store.eachEntry(({ attemptId }) => seen.push(attemptId));
    expect(seen.sort()).toEqual(ids.sort());
  });
});
