import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Entry, Line } from "../src/entry.js";
import { memoryStore } from "../src/memory-store.js";
import { openDatabase } from "../src/sqlite-database.js";
import { prepareTables, sqliteStore } from "../src/sqlite-store.js";
import type { LineQuery, Store } from "../src/store.js";
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

function linesOf(store: Store, query: LineQuery): { readonly entry: Entry; readonly line: Line }[] {
  const found: { readonly entry: Entry; readonly line: Line }[] = [];
  store.eachLine(query, (entry, line) => found.push({ entry, line }));
  return found;
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
});
