import { randomUUID } from "node:crypto";
import { agedAtOnce } from "../../src/ageing.js";
import type {
  Assumed,
  ChangedEntry,
  ChangedTally,
  Changes,
  Fetched,
  FetchedTally,
  Known,
  LedgerBackend,
} from "../../src/backend.js";
import type { Freeze } from "../../src/ledger.js";
import type { Needs } from "../../src/needs.js";
import type { StoredKind } from "../../src/tally.js";

/** What a database would hold of a ledger. */
export interface Rows {
  readonly ledgerId: string;
  highWater: number;
  mark: string;
  generation: number;
  kinds: StoredKind[];
  entries: Map<string, ChangedEntry>;
  tallies: Map<string, ChangedTally>;
  /** By tally, what it has at each date. */
  dates: Map<string, Map<number, bigint>>;
  assets: Set<string>;
  freezes: Freeze[];
}

/** A database in this process: its rows, and the lock that transactions take in turn. */
export class MapDatabase {
  rows: Rows = {
    ledgerId: randomUUID(),
    highWater: 0,
    mark: "",
    generation: 0,
    kinds: [],
    entries: new Map(),
    tallies: new Map(),
    dates: new Map(),
    assets: new Set(),
    freezes: [],
  };
  #last: Promise<void> = Promise.resolve();

  /** Waits for the lock. @returns what gives it back */
  async lock(): Promise<() => void> {
    const before = this.#last;
    let release = (): void => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

/** The smallest whole backend: one that keeps everything in maps. */
export class MapBackend implements LedgerBackend {
  readonly name = "maps";
  protected readonly database: MapDatabase;
  /** The transaction's own copy of the rows, while there is a transaction. */
  protected rows: Rows | undefined;
  #release: (() => void) | undefined;

  constructor(database: MapDatabase) {
    this.database = database;
  }

  async begin(needs: Needs, known: Known): Promise<Fetched> {
    this.#release = await this.lock();
    this.rows = structuredClone(this.database.rows);
    return this.read(this.rows, needs, known);
  }

  async fetch(needs: Needs, known: Known): Promise<Fetched> {
    return this.read(this.open(), needs, known);
  }

  async write(changes: Changes): Promise<void> {
    this.apply(this.open(), changes);
  }

  async commit(changes: Changes): Promise<void> {
    this.apply(this.open(), changes);
    this.database.rows = this.open();
    this.end();
  }

  async commitIf(assumed: Assumed, changes: Changes): Promise<number | undefined> {
    this.#release = await this.lock();
    const { rows } = this.database;
    const now = Date.now();
    const holds = this.holds(rows, assumed, now);
    if (holds) {
      const after = structuredClone(rows);
      this.apply(after, changes);
      this.database.rows = after;
    }
    this.end();
    return holds ? now : undefined;
  }

  async entriesAfter(attemptId: string): Promise<{ readonly attemptId: string; readonly entry: string }[]> {
    const after = [...this.open().entries.values()].filter(({ id }) => id > attemptId);
    return after
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, 3)
      .map(({ id, entry }) => ({ attemptId: id, entry }));
  }

  async abandon(): Promise<void> {
    this.end();
  }

  async close(): Promise<void> {
    this.end();
  }

  protected lock(): Promise<() => void> {
    return this.database.lock();
  }

  protected open(): Rows {
    if (this.rows === undefined) throw new Error("there is no transaction");
    return this.rows;
  }

  protected end(): void {
    this.rows = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  protected read(rows: Rows, needs: Needs, known: Known): Fetched {
    const now = known.now ?? Date.now();
    const entries = this.entries(rows, needs, now);
    const tallies = this.tallies(rows, needs, entries);
    const { highWater, mark, ledgerId, generation, kinds, freezes, assets } = rows;
    return {
      now,
      highWater,
      mark,
      ledgerId,
      generation,
      entries: entries.map(({ entry }) => entry),
      tallies: tallies.map((tally) => this.fetched(rows, tally)),
      sums: needs.sums.map(([kind, key, from, before]) => {
        const dates = [...(rows.dates.get(nameOf(kind, key)) ?? [])].filter(([date]) => date >= from && date < before);
        return String(dates.reduce((sum, [, amount]) => sum + amount, 0n));
      }),
      ...(generation === known.generation ? {} : { kinds, freezes, assets: [...assets] }),
    };
  }

  protected entries(rows: Rows, needs: Needs, now: number): ChangedEntry[] {
    const all = [...rows.entries.values()];
    const found = new Set(all.filter(({ id, intent }) => needs.attempts.includes(id) || needs.intents.includes(intent ?? "")));
    for (const entry of this.overdue(all, now, rows.highWater)) found.add(entry);
    for (const [since, limit] of needs.unproven) {
      const unproven = all.filter(({ unprovenUntil }) => unprovenUntil !== null && unprovenUntil >= since);
      for (const entry of unproven.sort(byDate).slice(0, limit)) found.add(entry);
    }
    for (const [at, limit] of needs.untold) {
      const untold = all.filter(({ noteDue }) => noteDue !== null && noteDue <= at);
      for (const entry of untold.sort(byNoteDue).slice(0, limit)) found.add(entry);
    }
    return [...found];
  }

  protected overdue(entries: readonly ChangedEntry[], now: number, highWater: number): ChangedEntry[] {
    const overdue = entries.filter(({ agesAt }) => agesAt !== null && agesAt < Math.max(now, highWater));
    return overdue.sort((one, other) => (one.agesAt ?? 0) - (other.agesAt ?? 0)).slice(0, agedAtOnce);
  }

  protected tallies(rows: Rows, needs: Needs, entries: readonly ChangedEntry[]): ChangedTally[] {
    const wanted = [...needs.tallies, ...entries.flatMap(({ tallies }) => tallies)].map(([kind, key]) => nameOf(kind, key));
    return [...rows.tallies].flatMap(([name, tally]) =>
      wanted.includes(name) || needs.kinds.includes(tally.kind) ? [tally] : [],
    );
  }

  /** A tally with the first dates of each window. */
  protected fetched(rows: Rows, tally: ChangedTally): FetchedTally {
    const known = [...(rows.dates.get(nameOf(tally.kind, tally.key)) ?? [])].sort(([one], [other]) => one - other);
    const windows = tally.windows.map((window) => {
      const dates = known.filter(([date]) => date >= window.since);
      const first = dates.slice(0, 2).map(([date, amount]) => [date, String(amount)] as const);
      return { ...window, dates: first, before: this.knownBefore(dates.length, first) };
    });
    return { ...tally, windows };
  }

  protected knownBefore(count: number, first: readonly (readonly [date: number, amount: string])[]): number | null {
    return count > first.length ? (first.at(-1)?.[0] ?? null) : null;
  }

  protected holds(rows: Rows, { ledgerId, mark, now, toleranceMs, absent, intents }: Assumed, told: number): boolean {
    const entries = [...rows.entries.values()];
    return (
      rows.ledgerId === ledgerId &&
      rows.mark === mark &&
      (toleranceMs === null || Math.abs(told - now) <= toleranceMs) &&
      this.overdue(entries, now, rows.highWater).length === 0 &&
      !absent.some((id) => rows.entries.has(id)) &&
      intents.every(({ key, known }) => entries.every(({ id, intent }) => intent !== key || known.includes(id)))
    );
  }

  protected apply(rows: Rows, changes: Changes): void {
    const { highWater, mark, changesGeneration, kinds, entries, tallies, dates, assets, unfreezes, freezes } = changes;
    rows.highWater = highWater;
    rows.mark = mark;
    if (changesGeneration) rows.generation += 1;
    for (const { id, kind } of kinds ?? []) rows.kinds.push({ ...kind, id });
    for (const entry of entries ?? []) rows.entries.set(entry.id, entry);
    for (const tally of tallies ?? []) rows.tallies.set(nameOf(tally.kind, tally.key), tally);
    for (const { kind, key, date, amount } of dates ?? []) {
      const name = nameOf(kind, key);
      const known = rows.dates.get(name) ?? new Map<number, bigint>();
      rows.dates.set(name, known.set(date, this.sumOfDate(known.get(date), amount)));
    }
    for (const asset of assets ?? []) rows.assets.add(asset);
    const gone = [...(unfreezes ?? []), ...(freezes ?? [])];
    rows.freezes = rows.freezes.filter((held) => !gone.some(({ scope, value }) => held.scope === scope && held.value === value));
    rows.freezes.push(...(freezes ?? []));
  }

  protected sumOfDate(known: bigint | undefined, amount: string): bigint {
    return (known ?? 0n) + BigInt(amount);
  }
}

function nameOf(kind: number, key: string): string {
  return `${kind} ${key}`;
}

function byDate(one: ChangedEntry, other: ChangedEntry): number {
  return (one.unprovenUntil ?? 0) - (other.unprovenUntil ?? 0) || (one.id < other.id ? -1 : 1);
}

function byNoteDue(one: ChangedEntry, other: ChangedEntry): number {
  return (one.noteDue ?? 0) - (other.noteDue ?? 0) || (one.id < other.id ? -1 : 1);
}
