import { sha256Hex } from "@agentkit-policy/schema";
import type { Assumed, ChangedEntry, ChangedTally, Changes, Fetched, FetchedTally } from "./backend.js";
import { agesAt, type Entry, oldestOf } from "./entry.js";
import { corrupt, entryOfText, entryText, exactAmount } from "./entry-text.js";
import { byDate, canBeProven } from "./evidence.js";
import { KnownDates } from "./known-dates.js";
import type { Freeze } from "./ledger.js";
import { Missing, type Needs } from "./needs.js";
import { byDueDate, noteDueAt } from "./note.js";
import type { ScopeKey } from "./scope-key.js";
import type { Store } from "./store.js";
import {
  addShares,
  type Share,
  type StoredKind,
  type Tally,
  type TallyKind,
  tallyKeyOf,
  tallyKeyText,
  type WindowSum,
} from "./tally.js";

/** So many closed entries are kept at most; then everything is fetched anew. */
const maxClosed = 128;

/** What seldom changes, and is kept from one transaction to the next while the generation is the same. */
export interface Cached {
  readonly generation: number;
  readonly kinds: readonly StoredKind[];
  readonly freezes: readonly Freeze[];
  readonly assets: ReadonlySet<string>;
}

interface FetchedTallyState extends Tally {
  readonly kindId: number;
  readonly keyText: string;
  readonly dates: KnownDates;
  /** What this transaction has added, by date. */
  readonly added: Map<number, bigint>;
  saved: boolean;
}

/**
 * The store of a driver that is asked over a connection: it holds what was fetched, and keeps what is written until it is sent.
 * Asked for what it has not, it throws `Missing`; or, where the transaction was begun on what is known, takes it that there is nothing, and
 * says so in what it assumed.
 */
export class FetchedStore implements Store {
  readonly #cached: Cached;
  readonly #entries = new Map<string, Entry>();
  /** What was closed since anything was fetched. It is seldom asked for again, and a backend need not have filed it yet. */
  readonly #closed = new Map<string, Entry>();
  readonly #tallies = new Map<string, FetchedTallyState>();
  readonly #askedTallies = new Set<string>();
  // What was asked in this transaction, beside tallies.
  readonly #attempts = new Set<string>();
  readonly #intents = new Set<string>();
  readonly #askedKinds = new Set<number>();
  readonly #sums = new Map<string, bigint>();
  readonly #unproven = new Set<string>();
  readonly #untold = new Set<string>();
  // What this transaction takes for granted; undefined where it asks.
  #assumed: { readonly absent: Set<string>; readonly intents: Map<string, readonly string[]> } | undefined;
  // What it has written.
  readonly #put = new Set<string>();
  readonly #changedTallies = new Set<FetchedTallyState>();
  readonly #newAssets = new Set<string>();
  #freezes: readonly Freeze[];
  readonly #newFreezes: Freeze[] = [];
  readonly #unfreezes: Pick<Freeze, "scope" | "value">[] = [];
  #highWater: number;
  #wroteDurably = false;

  constructor(cached: Cached, needs: Needs, fetched: Fetched) {
    this.#cached = cached;
    this.#freezes = cached.freezes;
    this.#highWater = fetched.highWater;
    this.add(needs, fetched);
  }

  /** How much it holds. */
  get size(): number {
    return this.#entries.size + this.#tallies.size + this.#askedTallies.size;
  }

  add(needs: Needs, { entries, tallies, sums }: Fetched): void {
    this.#closed.clear();
    for (const text of entries) {
      const entry = entryOfText(text);
      this.#entries.set(entry.attemptId, entry);
    }
    for (const tally of tallies) this.#addTally(tally);
    for (const attemptId of needs.attempts) this.#attempts.add(attemptId);
    for (const key of needs.intents) this.#intents.add(key);
    for (const [kind, key] of needs.tallies) this.#askedTallies.add(tallyName(kind, key));
    for (const kind of needs.kinds) this.#askedKinds.add(kind);
    for (const [since, limit] of needs.unproven) this.#unproven.add(`${since} ${limit}`);
    for (const [now, limit] of needs.untold) this.#untold.add(`${now} ${limit}`);
    needs.sums.forEach(([kind, key, from, before], place) => {
      this.#sums.set(`${tallyName(kind, key)} ${from} ${before}`, exactAmount(sums[place]));
    });
  }

  /** Whether verbs with these needs can be run on what is known; of attempts and intents it can be assumed that there are no others. */
  holds({ tallies, kinds, sums, unproven, untold }: Needs): boolean {
    if (this.#closed.size >= maxClosed) return false;
    if (kinds.length + sums.length + unproven.length + untold.length > 0) return false;
    return tallies.every(([kind, key]) => {
      const name = tallyName(kind, key);
      return this.#tallies.has(name) || this.#askedTallies.has(name);
    });
  }

  /** Begins another transaction on what is known from the last, in which nothing is asked. */
  assume(): void {
    this.#assumed = { absent: new Set(), intents: new Map() };
  }

  /** What the transaction takes for granted, beside that nobody else has written. */
  assumed(): Pick<Assumed, "absent" | "intents"> {
    const { absent = [], intents = [] } = this.#assumed ?? {};
    return { absent: [...absent], intents: [...intents].map(([key, known]) => ({ key, known })) };
  }

  /**
   * Has to be called once what it changed was committed, if it is to be used again; not after it changed what is cached.
   */
  committed(): void {
    for (const tally of this.#changedTallies) {
      tally.dates.add(tally.added, tally.windows);
      tally.added.clear();
      tally.saved = false;
    }
    this.#changedTallies.clear();
    for (const id of this.#put) {
      const entry = this.#entries.get(id);
      if (entry?.state !== "closed" && entry?.state !== "void") continue;
      this.#entries.delete(id);
      this.#closed.set(id, entry);
    }
    const asked = [this.#attempts, this.#intents, this.#askedKinds, this.#sums, this.#unproven, this.#untold];
    for (const kept of [this.#put, ...asked]) kept.clear();
    this.#assumed = undefined;
    this.#wroteDurably = false;
  }

  entry(attemptId: string): Entry | undefined {
    const known = this.#entries.get(attemptId) ?? this.#closed.get(attemptId);
    if (known !== undefined || this.#attempts.has(attemptId)) return known;
    if (this.#assumed === undefined) throw new Missing({ attempts: [attemptId] });
    this.#assumed.absent.add(attemptId);
    return undefined;
  }

  entriesOfIntent(key: string): Entry[] {
    const known = [...this.#entries.values(), ...this.#closed.values()].filter(({ intent }) => intent?.key === key);
    if (this.#intents.has(key)) return known;
    if (this.#assumed === undefined) throw new Missing({ intents: [key] });
    if (!this.#assumed.intents.has(key))
      this.#assumed.intents.set(
        key,
        known.map(({ attemptId }) => attemptId),
      );
    return known;
  }

  /** What is overdue always comes with what is fetched, and is assumed of nothing: where there is any, the lock is taken. */
  overdue(now: number, limit: number): Entry[] {
    return oldestOf(
      [...this.#entries.values()].filter((entry) => (agesAt(entry) ?? now) < now),
      limit,
    );
  }

  unproven(since: number, limit: number): Entry[] {
    if (!this.#unproven.has(`${since} ${limit}`)) throw new Missing({ unproven: [[since, limit]] });
    const found = [...this.#entries.values()].filter((entry) => canBeProven(entry) && entry.until >= since);
    return found.sort(byDate).slice(0, limit);
  }

  untold(now: number, limit: number): Entry[] {
    if (!this.#untold.has(`${now} ${limit}`)) throw new Missing({ untold: [[now, limit]] });
    const found = [...this.#entries.values()].filter((entry) => (noteDueAt(entry) ?? Number.POSITIVE_INFINITY) <= now);
    return found.sort(byDueDate).slice(0, limit);
  }

  eachEntry(): void {
    throw new Error("a kind of tally is made by whoever holds the connection");
  }

  put(entry: Entry, durable: boolean): void {
    this.#wroteDurably ||= durable;
    this.#entries.set(entry.attemptId, entry);
    this.#closed.delete(entry.attemptId);
    this.#put.add(entry.attemptId);
    for (const { asset } of entry.lines) if (asset !== undefined && !this.#cached.assets.has(asset)) this.#newAssets.add(asset);
  }

  digest(text: string): string {
    return sha256Hex(text);
  }

  kinds(): readonly StoredKind[] {
    return this.#cached.kinds;
  }

  addKind(kind: TallyKind): void {
    throw new Missing({}, kind);
  }

  tally(kind: TallyKind, key: ScopeKey): Tally {
    const kindId = (kind as StoredKind).id;
    const keyText = tallyKeyText(key);
    const name = tallyName(kindId, keyText);
    const known = this.#tallies.get(name);
    if (known !== undefined) return known;
    if (!this.#askedTallies.has(name) && !this.#askedKinds.has(kindId)) throw new Missing({ tallies: [[kindId, keyText]] });
    const sums = { kind, key, open: 0n, dated: 0n, windows: new Map() };
    const made: FetchedTallyState = { ...sums, kindId, keyText, dates: KnownDates.none(), added: new Map(), saved: false };
    this.#tallies.set(name, made);
    return made;
  }

  saveTally(tally: Tally): void {
    (tally as FetchedTallyState).saved = true;
    this.#changedTallies.add(tally as FetchedTallyState);
  }

  eachTally(kind: TallyKind, visit: (tally: Tally) => void): void {
    const { id } = kind as StoredKind;
    if (!this.#askedKinds.has(id)) throw new Missing({ kinds: [id] });
    for (const tally of this.#tallies.values()) if (tally.kindId === id) visit(tally);
  }

  addDated(tally: Tally, date: number, amount: bigint): void {
    const { added } = tally as FetchedTallyState;
    added.set(date, (added.get(date) ?? 0n) + amount);
    this.#changedTallies.add(tally as FetchedTallyState);
  }

  datedSum(tally: Tally, from: number, before: number): bigint {
    if (from >= before) return 0n;
    const { kindId, keyText, dates, added } = tally as FetchedTallyState;
    let sum = this.#sums.get(`${tallyName(kindId, keyText)} ${from} ${before}`) ?? dates.sum(from, before);
    if (sum === undefined) throw new Missing({ sums: [[kindId, keyText, from, before]] });
    for (const [date, amount] of added) if (date >= from && date < before) sum += amount;
    return sum;
  }

  assets(): string[] {
    return [...this.#cached.assets, ...this.#newAssets].sort();
  }

  freezes(): readonly Freeze[] {
    return this.#freezes;
  }

  freeze(freeze: Freeze): void {
    this.#wroteDurably = true;
    this.#freezes = [...this.#freezes.filter((held) => !isSame(held, freeze)), freeze];
    this.#newFreezes.push(freeze);
  }

  unfreeze(freeze: Pick<Freeze, "scope" | "value">): boolean {
    const held = this.#freezes.some((other) => isSame(other, freeze));
    if (!held) return false;
    this.#wroteDurably = true;
    this.#freezes = this.#freezes.filter((other) => !isSame(other, freeze));
    this.#unfreezes.push(freeze);
    return true;
  }

  highWater(): number {
    return this.#highWater;
  }

  raiseHighWater(now: number): void {
    this.#highWater = now;
  }

  /** What has to be written. */
  changes(mark: string): Changes {
    const tallies = [...this.#changedTallies];
    return changesOf({
      durable: this.#wroteDurably,
      highWater: this.#highWater,
      mark,
      entries: [...this.#put].flatMap((id) => {
        const entry = this.#entries.get(id);
        return entry === undefined ? [] : [this.#changedEntry(entry)];
      }),
      tallies: tallies.filter(({ saved }) => saved).map(changedTally),
      dates: tallies.flatMap(({ kindId, keyText, added }) =>
        [...added].map(([date, amount]) => ({ kind: kindId, key: keyText, date, amount: amount.toString() })),
      ),
      assets: [...this.#newAssets],
      freezes: this.#newFreezes.filter((freeze) => this.#freezes.includes(freeze)),
      unfreezes: this.#unfreezes,
    });
  }

  #changedEntry(entry: Entry): ChangedEntry {
    const tallies = this.#cached.kinds.flatMap((kind) => {
      const shares: Share[] = [];
      addShares(shares, kind, entry, 1n);
      return shares.map(({ key }) => [kind.id, tallyKeyText(key)] as const);
    });
    return {
      id: entry.attemptId,
      agesAt: agesAt(entry) ?? null,
      unprovenUntil: canBeProven(entry) ? entry.until : null,
      noteDue: noteDueAt(entry),
      intent: entry.intent?.key ?? null,
      tallies,
      entry: entryText(entry),
    };
  }

  #addTally({ kind: kindId, key: keyText, open, dated, windows }: FetchedTally): void {
    const name = tallyName(kindId, keyText);
    const kind = this.#cached.kinds.find(({ id }) => id === kindId);
    if (kind === undefined) throw corrupt(`nobody has asked for the tally ${name}`);
    if (this.#tallies.has(name)) return;
    this.#tallies.set(name, {
      kind,
      key: tallyKeyOf(kind, keyText),
      kindId,
      keyText,
      open: exactAmount(open),
      dated: exactAmount(dated),
      windows: new Map(windows.map(({ name: of, since, sum }): [string, WindowSum] => [of, { since, sum: exactAmount(sum) }])),
      dates: KnownDates.of(windows),
      added: new Map(),
      saved: false,
    });
  }
}

/** Changes without the lists that are empty, which say whether the generation goes up. */
export function changesOf(changes: Omit<Changes, "changesGeneration">): Changes {
  const { durable, highWater, mark, ...lists } = changes;
  const told = Object.entries(lists).filter(([, list]) => list.length > 0);
  const changesGeneration = told.some(([name]) => ["kinds", "assets", "freezes", "unfreezes"].includes(name));
  return { durable, highWater, mark, changesGeneration, ...Object.fromEntries(told) };
}

function changedTally({ kindId, keyText, open, dated, windows }: FetchedTallyState): ChangedTally {
  const sums = [...windows].map(([name, { since, sum }]) => ({ name, since, sum: sum.toString() }));
  return { kind: kindId, key: keyText, open: open.toString(), dated: dated.toString(), windows: sums };
}

/** A kind is a number, and the text of a key begins with a bracket. */
function tallyName(kind: number, key: string): string {
  return `${kind} ${key}`;
}

function isSame(one: Pick<Freeze, "scope" | "value">, other: Pick<Freeze, "scope" | "value">): boolean {
  return one.scope === other.scope && one.value === other.value;
}
