import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counts, earliestDate } from "../src/counting.js";
import type { Entry, Line } from "../src/entry.js";
import type { Window } from "../src/ledger.js";
import { memoryStore } from "../src/memory-store.js";
import { openDatabase } from "../src/sqlite-database.js";
import { prepareTables, sqliteStore } from "../src/sqlite-store.js";
import type { LineFilter, LineQuery, Store } from "../src/store.js";
import { attemptAt, native, wallet } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
let serial = 0;
const hour = 3_600_000;
const now = Date.UTC(2026, 10, 25, 12);

function closedAt(until: number, amount = 1n): Entry {
  const base = {
    scopes: { wallet },
    state: "closed",
    reservedAt: until,
    sendBy: until,
    signatureDeadline: 0,
    steps: [],
  } as const;
  return {
    ...base,
    attemptId: attemptAt(until),
    until,
    lines: [
      { unit: "amount", asset: native, amount },
      { unit: "actions", amount: 1n },
    ],
  };
}

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ["memory", async () => memoryStore()],
  [
    "sqlite",
    async () => {
      serial += 1;
      const database = await openDatabase(join(folder, `${serial}.db`));
      database.exec("BEGIN IMMEDIATE");
      prepareTables(database, "store.db");
      return sqliteStore(database, () => undefined);
    },
  ],
];

function linesOf(store: Store, query: Omit<LineQuery, "perCounterparty">): { readonly entry: Entry; readonly line: Line }[] {
  const found: { readonly entry: Entry; readonly line: Line }[] = [];
  store.eachLine({ ...query, perCounterparty: false }, (entry, line) => found.push({ entry, line }));
  return found;
}

const held = new Map<string, Entry>();
const scale = Number(process.env["TEST_SCALE"] ?? 1);

/** Few attempts, so that entries are written again, and dates around the edges of hours and windows. */
const write = fc.record({
  entry: fc
    .record({
      attempt: fc.integer({ min: 0, max: 7 }),
      state: fc.constantFrom("reserved" as const, "armed" as const, "closed" as const),
      user: fc.constantFrom(undefined, "", "u1"),
      hoursAgo: fc.constantFrom(0, 12, 24),
      beside: fc.constantFrom(-80_001, -80_000, -40_001, -40_000, 0),
      lines: fc.array(
        fc.record({
          amount: fc.bigInt({ min: 0n, max: 3n }),
          counterparty: fc.constantFrom(undefined, "c1", "c2"),
          shadow: fc.boolean(),
          counts: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ attempt, state, user, hoursAgo, beside, lines }): Entry => {
      const date = now - hoursAgo * hour + beside;
      return {
        attemptId: `attempt-${attempt}`,
        scopes: user === undefined ? { wallet } : { wallet, user },
        state,
        reservedAt: date,
        sendBy: date,
        until: date,
        signatureDeadline: 0,
        steps: [],
        lines: lines.map(({ amount, counterparty, shadow, counts: isCount }): Line => {
          if (isCount) return { unit: "actions", amount: amount > 0n ? 1n : 0n };
          if (counterparty === undefined) return { unit: "amount", asset: native, amount };
          const line = { unit: "amount", asset: native, amount, counterparty } as const;
          return shadow ? { ...line, perCounterpartyOnly: true } : line;
        }),
      };
    }),
  query: fc
    .record({
      unit: fc.constantFrom("amount" as const, "actions" as const),
      scope: fc.constantFrom({}, { wallet }, { user: "u1" }, { wallet, user: "" }, { user: "u1", counterparty: "c1" }),
      window: fc.constantFrom<Window>(
        { kind: "calendar", unit: "day" },
        { kind: "calendar", unit: "hour" },
        { kind: "rolling", ms: 24 * hour },
        { kind: "rolling", ms: 90_000 },
        { kind: "lifetime" },
      ),
      perCounterparty: fc.boolean(),
    })
    .map((query) => ({ ...query, asset: query.unit === "amount" ? native : undefined })),
});

/** The same sum, made by looking at every line there is. */
function sumOf(entries: readonly Entry[], { unit, asset, scope, perCounterparty }: LineQuery, counted: LineFilter): bigint {
  let sum = 0n;
  for (const entry of entries) {
    for (const line of entry.lines) {
      const values = { ...entry.scopes, counterparty: line.counterparty };
      const isOf = (Object.keys(scope) as (keyof typeof scope)[]).every((name) => values[name] === scope[name]);
      if (line.unit !== unit || line.asset !== asset || !isOf) continue;
      if (line.perCounterpartyOnly === true && !perCounterparty) continue;
      if (counted(entry, line)) sum += line.amount;
    }
  }
  return sum;
}

describe.each(stores)("a %s store", (_name, make) => {
  it("does not look at ten thousand entries that have left the window, nor at lines of nothing", async () => {
    const store = await make();
    for (let index = 0; index < 10_000; index += 1) store.put(closedAt(now - 48 * hour - index), false);
    for (let index = 0; index < 100; index += 1) store.put(closedAt(now, 0n), false);
    store.put(closedAt(now), false);
    const amounts = { unit: "amount", asset: native, scope: { wallet } } as const;
    expect(linesOf(store, { ...amounts, since: now - 24 * hour })).toHaveLength(1);
    expect(linesOf(store, amounts)).toHaveLength(10_001);
    expect(linesOf(store, { unit: "actions", scope: { wallet }, since: now - 24 * hour })).toHaveLength(101);
    const own = closedAt(now - 48 * hour);
    store.put(own, false);
    expect(linesOf(store, { ...amounts, attemptId: own.attemptId })).toHaveLength(1);
  });

  it("finds a line under its new date only", async () => {
    const store = await make();
    const entry = closedAt(now);
    store.put(entry, false);
    store.put({ ...entry, until: now - 48 * hour }, false);
    const of = { unit: "amount", asset: native, scope: {}, attemptId: entry.attemptId } as const;
    expect(linesOf(store, of)).toHaveLength(1);
    expect(
      linesOf(store, { unit: "amount", asset: native, scope: {}, since: now - 24 * hour }).map(
        ({ entry: held }) => held.attemptId,
      ),
    ).not.toContain(entry.attemptId);
  });

  it("gives back what was put, with its amounts to the last digit", async () => {
    const store = await make();
    const entry: Entry = {
      ...closedAt(now),
      scopes: { wallet, user: "ü", session: "", run: "r", agent: "a", action: "native_transfer" },
      steps: [{ stepId: "root", digest: "d" }],
      lines: [
        { unit: "amount", asset: native, amount: 2n ** 256n + 1n, counterparty: "c" },
        { unit: "amount", asset: native, amount: 3n, counterparty: "c", perCounterpartyOnly: true },
        { unit: "actions", amount: 1n },
      ],
    };
    store.put(entry, true);
    expect(store.entry(entry.attemptId)).toEqual(entry);
  });

  it("adds up what counts, whatever was put, put again and asked before", async () => {
    const store = await make();
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 20, maxLength: 40 }), async (writes) => {
        for (const { entry, query } of writes) {
          store.put(entry, false);
          held.set(entry.attemptId, entry);
          const frame = { window: query.window, now, marginMs: 40_000 };
          const asked = { ...query, since: earliestDate(frame) };
          const sum = store.sum(asked, (of, line) => counts(of, line, frame));
          expect(sum).toBe(sumOf([...held.values()], asked, (of, line) => counts(of, line, frame)));
        }
      }),
      { numRuns: Math.ceil(150 * scale) },
    );
    held.clear();
  });
});
