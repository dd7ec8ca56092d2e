import { sha256Hex } from "@agentkit-policy/schema";
import { agesAt, type Entry } from "./entry.js";
import { corrupt, entryOfText, entryText, exactAmount, parsed } from "./entry-text.js";
import { canBeProven } from "./evidence.js";
import type { Freeze } from "./ledger.js";
import { noteDueAt } from "./note.js";
import type { ScopeKey } from "./scope-key.js";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.js";
import type { Store } from "./store.js";
import { type StoredKind, type Tally, type TallyKind, tallyKeyOf, tallyKeyText, type WindowSum } from "./tally.js";

/** A tally as one transaction has read and changed it: what many verbs share is read once and written once. */
interface SqliteTally extends Tally {
  /** Undefined while it has no row. */
  id: number | undefined;
  isChanged: boolean;
  /** What the transaction has added, by date. */
  readonly added: Map<number, bigint>;
}

interface TallyRow {
  readonly id: number;
  readonly key: string;
  readonly open: string;
  readonly dated: string;
  readonly windows: string;
}

interface HeadRow {
  readonly high_water: number;
  readonly generation: number;
  readonly sequence: number;
}

/** The store over one connection. */
export interface SqliteStore extends Store {
  /** Has to be called when a transaction begins: others may have written since the last one. */
  begin(): void;
  /** Has to be called before it is committed: writes what was kept until then. */
  flush(): void;
  /** Has to be called when writes were undone. What this process has kept in memory may be among them. */
  undone(): void;
  /** Counts a durable commit. @returns its number */
  countCommit(): number;
  /** The number of the last durable commit. */
  sequence(): number;
}

/** `onDurable` hears of every write that must be on the disk before anybody hears of it. */
export function sqliteStore(database: SqliteDatabase, onDurable: () => void): SqliteStore {
  const statements = new Map<string, SqliteStatement>();
  const statement = (sql: string): SqliteStatement => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  // What seldom changes is kept from one transaction to the next, as long as nobody has changed it.
  let head: HeadRow = { high_water: 0, generation: -1, sequence: 0 };
  let kinds: StoredKind[] = [];
  let freezes: Freeze[] = [];
  const assets = new Set<string>();
  /** The tallies that this transaction has looked at. */
  const tallies = new Map<string, SqliteTally>();

  function entriesWhere(condition: string, ...values: (string | number)[]): Entry[] {
    const rows = statement(`SELECT entry FROM entries WHERE ${condition}`).all(...values) as { entry: string }[];
    return rows.map(({ entry }) => entryOfText(entry));
  }

  function readHead(): HeadRow {
    const [row] = statement("SELECT high_water, generation, sequence FROM head").all() as HeadRow[];
    if (row === undefined || ![row.high_water, row.generation, row.sequence].every(Number.isSafeInteger))
      throw corrupt("it has lost the latest time it has seen");
    return row;
  }

  function changeGeneration(): void {
    statement("UPDATE head SET generation = generation + 1").run();
    head = { ...head, generation: head.generation + 1 };
  }

  function readCaches(): void {
    const rows = statement("SELECT id, kind FROM kinds ORDER BY id").all() as { id: number; kind: string }[];
    kinds = rows.map(({ id, kind }) => ({ ...(parsed(kind) as TallyKind), id }));
    freezes = statement("SELECT scope, value, reason, since FROM freezes").all() as unknown as Freeze[];
    assets.clear();
    for (const { asset } of statement("SELECT asset FROM assets").all() as { asset: string }[]) assets.add(asset);
  }

  const kindId = (kind: TallyKind): number => {
    const known = kinds.find(({ name }) => name === kind.name);
    if (known === undefined) throw corrupt(`nobody has asked for ${kind.name}`);
    return known.id;
  };

  return {
    begin() {
      const found = readHead();
      tallies.clear();
      if (found.generation !== head.generation) readCaches();
      head = found;
    },
    flush() {
      for (const tally of tallies.values()) flushTally(tally);
    },
    undone() {
      head = { ...head, generation: -1 };
    },
    countCommit() {
      statement("UPDATE head SET sequence = sequence + 1").run();
      head = { ...head, sequence: head.sequence + 1 };
      return head.sequence;
    },
    sequence: () => head.sequence,
    entry: (attemptId) => entriesWhere("attempt_id = ?", attemptId)[0],
    entriesOfIntent: (key) => entriesWhere("intent = ?", key),
    overdue: (now, limit) => entriesWhere("ages_at < ? ORDER BY ages_at LIMIT ?", now, limit),
    unproven: (since, limit) => entriesWhere("unproven_until >= ? ORDER BY unproven_until, attempt_id LIMIT ?", since, limit),
    untold: (now, limit) => entriesWhere("note_due <= ? ORDER BY note_due, attempt_id LIMIT ?", now, limit),
    eachEntry(visit) {
      // By pages: a ledger may be larger than memory.
      for (let last = ""; ; ) {
        const page = entriesWhere("attempt_id > ? ORDER BY attempt_id LIMIT 1000", last);
        page.forEach(visit);
        const end = page.at(-1);
        if (end === undefined) return;
        last = end.attemptId;
      }
    },
    put(entry, durable) {
      if (durable) onDurable();
      statement(
        "INSERT OR REPLACE INTO entries (attempt_id, ages_at, unproven_until, note_due, intent, entry) VALUES (?, ?, ?, ?, ?, ?)",
      ).run(
        entry.attemptId,
        agesAt(entry) ?? null,
        canBeProven(entry) ? entry.until : null,
        noteDueAt(entry),
        entry.intent?.key ?? null,
        entryText(entry),
      );
      for (const { asset } of entry.lines) {
        if (asset === undefined || assets.has(asset)) continue;
        statement("INSERT OR IGNORE INTO assets (asset) VALUES (?)").run(asset);
        assets.add(asset);
        changeGeneration();
      }
    },
    digest: sha256Hex,
    kinds: () => kinds,
    addKind(kind) {
      statement("INSERT INTO kinds (kind) VALUES (?)").run(JSON.stringify(kind));
      changeGeneration();
      readCaches();
    },
    tally(kind, key): SqliteTally {
      const id = kindId(kind);
      const text = tallyKeyText(key);
      const known = tallies.get(`${id} ${text}`);
      if (known !== undefined) return known;
      const [row] = statement("SELECT id, key, open, dated, windows FROM tallies WHERE kind = ? AND key = ?").all(
        id,
        text,
      ) as TallyRow[];
      return keptTally(id, text, tallyOf(kind, key, row));
    },
    saveTally(tally) {
      (tally as SqliteTally).isChanged = true;
    },
    eachTally(kind, visit) {
      const id = kindId(kind);
      for (const tally of tallies.values()) flushTally(tally);
      const rows = statement("SELECT id, key, open, dated, windows FROM tallies WHERE kind = ?").all(id) as TallyRow[];
      for (const row of rows) {
        visit(tallies.get(`${id} ${row.key}`) ?? keptTally(id, row.key, tallyOf(kind, tallyKeyOf(kind, row.key), row)));
      }
    },
    addDated(tally, date, amount) {
      const { added } = tally as SqliteTally;
      added.set(date, (added.get(date) ?? 0n) + amount);
    },
    datedSum(tally, from, before) {
      const { id, added } = tally as SqliteTally;
      if (from >= before) return 0n;
      let sum = 0n;
      for (const [date, amount] of added) if (date >= from && date < before) sum += amount;
      if (id === undefined) return sum;
      const rows = statement("SELECT amount FROM dates WHERE tally = ? AND date >= ? AND date < ?").all(id, from, before);
      return (rows as { amount: string }[]).reduce((total, { amount }) => total + exactAmount(amount), sum);
    },
    assets: () => [...assets].sort(),
    freezes: () => freezes,
    freeze({ scope, value, reason, since }) {
      onDurable();
      statement("INSERT OR REPLACE INTO freezes (scope, value, reason, since) VALUES (?, ?, ?, ?)").run(
        scope,
        value,
        reason,
        since,
      );
      changeGeneration();
      readCaches();
    },
    unfreeze({ scope, value }) {
      const held = freezes.some((freeze) => freeze.scope === scope && freeze.value === value);
      if (!held) return false;
      onDurable();
      statement("DELETE FROM freezes WHERE scope = ? AND value = ?").run(scope, value);
      changeGeneration();
      readCaches();
      return true;
    },
    highWater: () => head.high_water,
    raiseHighWater(now) {
      statement("UPDATE head SET high_water = ?").run(now);
      head = { ...head, high_water: now };
    },
  };

  function keptTally(kind: number, text: string, tally: SqliteTally): SqliteTally {
    tallies.set(`${kind} ${text}`, tally);
    return tally;
  }

  function flushTally(tally: SqliteTally): void {
    if (!tally.isChanged) return;
    const windows = JSON.stringify([...tally.windows].map(([name, { since, sum }]) => [name, since, sum.toString()]));
    const sums = [tally.open.toString(), tally.dated.toString(), windows];
    if (tally.id === undefined) tally.id = insertTally(tally, sums);
    else statement("UPDATE tallies SET open = ?, dated = ?, windows = ? WHERE id = ?").run(...sums, tally.id);
    for (const [date, amount] of tally.added) addToDate(tally.id, date, amount);
    tally.added.clear();
    tally.isChanged = false;
  }

  function addToDate(tally: number, date: number, amount: bigint): void {
    const [row] = statement("SELECT amount FROM dates WHERE tally = ? AND date = ?").all(tally, date) as { amount: string }[];
    const sum = amount + (row === undefined ? 0n : exactAmount(row.amount));
    if (sum === 0n) statement("DELETE FROM dates WHERE tally = ? AND date = ?").run(tally, date);
    else statement("INSERT OR REPLACE INTO dates (tally, date, amount) VALUES (?, ?, ?)").run(tally, date, sum.toString());
  }

  function insertTally({ kind, key }: Tally, sums: readonly string[]): number {
    const [row] = statement("INSERT INTO tallies (kind, key, open, dated, windows) VALUES (?, ?, ?, ?, ?) RETURNING id").all(
      kindId(kind),
      tallyKeyText(key),
      ...sums,
    ) as { id: number }[];
    if (row === undefined) throw corrupt("a new tally has no number");
    return row.id;
  }
}

function tallyOf(kind: TallyKind, key: ScopeKey, row: TallyRow | undefined): SqliteTally {
  const kept = { kind, key, isChanged: false, added: new Map<number, bigint>() };
  if (row === undefined) return { ...kept, id: undefined, open: 0n, dated: 0n, windows: new Map() };
  const sums = (parsed(row.windows) as [string, number, string][]).map(([name, since, sum]): [string, WindowSum] => {
    if (!Number.isSafeInteger(since)) throw corrupt("a window has lost its beginning");
    return [name, { since, sum: exactAmount(sum) }];
  });
  return { ...kept, id: row.id, open: exactAmount(row.open), dated: exactAmount(row.dated), windows: new Map(sums) };
}
