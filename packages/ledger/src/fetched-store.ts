import { sha256Hex } from "@agentkit-policy/schema";
import { agesAt, type Entry } from "./entry.js";
import { corrupt, entryOfText, entryText, exactAmount } from "./entry-text.js";
import { canBeProven } from "./evidence.js";
import type { Freeze } from "./ledger.js";
import { Missing, type Needs } from "./needs.js";
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

/** What seldom changes, and is kept from one transaction to the next while the generation is the same. */
export interface Cached {
  readonly generation: number;
  readonly kinds: readonly StoredKind[];
  readonly freezes: readonly Freeze[];
  readonly assets: ReadonlySet<string>;
}

/** What was fetched for `Needs`, as plain JSON. Amounts are decimal text. */
export interface Fetched {
  readonly entries: readonly string[];
  readonly tallies: readonly FetchedTally[];
  readonly sums: readonly string[];
}

export interface FetchedTally {
  readonly kind: number;
  readonly key: string;
  readonly open: string;
  readonly dated: string;
  /** Each window with the first dates from its beginning on; all of them lie before `before`, and all there are. */
  readonly windows: readonly {
    readonly name: string;
    readonly since: number;
    readonly sum: string;
    readonly dates: readonly (readonly [date: number, amount: string])[];
    readonly before: number | null;
  }[];
}

/** What a transaction changes, as plain JSON. */
export interface Changes {
  readonly highWater: number;
  readonly kinds: readonly { readonly id: number; readonly kind: TallyKind }[];
  readonly entries: readonly {
    readonly id: string;
    readonly agesAt: number | null;
    readonly unprovenUntil: number | null;
    readonly intent: string | null;
    /** The tallies that it has a part in, so that whoever fetches it fetches them too. */
    readonly tallies: readonly (readonly [kind: number, key: string])[];
    readonly entry: string;
  }[];
  readonly tallies: readonly {
    readonly kind: number;
    readonly key: string;
    readonly open: string;
    readonly dated: string;
    readonly windows: readonly { readonly name: string; readonly since: number; readonly sum: string }[];
  }[];
  readonly dates: readonly { readonly kind: number; readonly key: string; readonly date: number; readonly amount: string }[];
  readonly assets: readonly string[];
  readonly freezes: readonly Freeze[];
  readonly unfreezes: readonly Pick<Freeze, "scope" | "value">[];
}

interface FetchedTallyState extends Tally {
  readonly kindId: number;
  readonly keyText: string;
  readonly dates: { readonly from: number; readonly before: number; readonly sums: readonly (readonly [number, bigint])[] }[];
  /** What this transaction has added, by date. */
  readonly added: Map<number, bigint>;
  saved: boolean;
}

/**
 * The store of a driver that is asked over a connection: it holds what was fetched, and keeps what is written until it is sent.
 * Asked for what it has not, it throws `Missing`.
 */
export class FetchedStore implements Store {
  readonly #cached: Cached;
  readonly #entries = new Map<string, Entry>();
  readonly #attempts = new Set<string>();
  readonly #intents = new Set<string>();
  readonly #tallies = new Map<string, FetchedTallyState>();
  readonly #askedTallies = new Set<string>();
  readonly #askedKinds = new Set<number>();
  readonly #sums = new Map<string, bigint>();
  readonly #unproven = new Set<string>();
  readonly #put = new Set<string>();
  readonly #newAssets = new Set<string>();
  #freezes: readonly Freeze[];
  readonly #newFreezes: Freeze[] = [];
  readonly #unfreezes: Pick<Freeze, "scope" | "value">[] = [];
  #highWater: number;
  #wroteDurably = false;

  constructor(cached: Cached, highWater: number, needs: Needs, fetched: Fetched) {
    this.#cached = cached;
    this.#freezes = cached.freezes;
    this.#highWater = highWater;
    this.add(needs, fetched);
  }

  /** Whether something was written that must be on the disk before anybody hears of it. */
  get wroteDurably(): boolean {
    return this.#wroteDurably;
  }

  add(needs: Needs, { entries, tallies, sums }: Fetched): void {
    for (const text of entries) {
      const entry = entryOfText(text);
      this.#entries.set(entry.attemptId, entry);
    }
    for (const tally of tallies) this.#addTally(tally);
    for (const attemptId of needs.attempts) this.#attempts.add(attemptId);
    for (const key of needs.intents) this.#intents.add(key);
    for (const [kind, key] of needs.tallies) this.#askedTallies.add(`${kind} ${key}`);
    for (const kind of needs.kinds) this.#askedKinds.add(kind);
    for (const [since, limit] of needs.unproven) this.#unproven.add(`${since} ${limit}`);
    needs.sums.forEach(([kind, key, from, before], place) => {
      this.#sums.set(`${kind} ${key} ${from} ${before}`, exactAmount(sums[place]));
    });
  }

  entry(attemptId: string): Entry | undefined {
    const known = this.#entries.get(attemptId);
    if (known === undefined && !this.#attempts.has(attemptId)) throw new Missing({ attempts: [attemptId] });
    return known;
  }

  entriesOfIntent(key: string): Entry[] {
    if (!this.#intents.has(key)) throw new Missing({ intents: [key] });
    return [...this.#entries.values()].filter(({ intent }) => intent?.key === key);
  }

  /** What is overdue always comes with what is fetched. */
  overdue(now: number): Entry[] {
    return [...this.#entries.values()].filter((entry) => (agesAt(entry) ?? now) < now);
  }

  unproven(since: number, limit: number): Entry[] {
    if (!this.#unproven.has(`${since} ${limit}`)) throw new Missing({ unproven: [[since, limit]] });
    const found = [...this.#entries.values()].filter((entry) => canBeProven(entry) && entry.until >= since);
    return found.sort((one, other) => one.until - other.until).slice(0, limit);
  }

  eachEntry(): void {
    throw new Error("a kind of tally is made by whoever holds the connection");
  }

  put(entry: Entry, durable: boolean): void {
    this.#wroteDurably ||= durable;
    this.#entries.set(entry.attemptId, entry);
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
    const name = `${kindId} ${keyText}`;
    const known = this.#tallies.get(name);
    if (known !== undefined) return known;
    if (!this.#askedTallies.has(name) && !this.#askedKinds.has(kindId)) throw new Missing({ tallies: [[kindId, keyText]] });
    const sums = { kind, key, open: 0n, dated: 0n, windows: new Map() };
    const made: FetchedTallyState = {
      ...sums,
      kindId,
      keyText,
      dates: [{ from: 0, before: Number.POSITIVE_INFINITY, sums: [] }],
      added: new Map(),
      saved: false,
    };
    this.#tallies.set(name, made);
    return made;
  }

  saveTally(tally: Tally): void {
    (tally as FetchedTallyState).saved = true;
  }

  eachTally(kind: TallyKind, visit: (tally: Tally) => void): void {
    const { id } = kind as StoredKind;
    if (!this.#askedKinds.has(id)) throw new Missing({ kinds: [id] });
    for (const tally of this.#tallies.values()) if (tally.kindId === id) visit(tally);
  }

  addDated(tally: Tally, date: number, amount: bigint): void {
    const { added } = tally as FetchedTallyState;
    added.set(date, (added.get(date) ?? 0n) + amount);
  }

  datedSum(tally: Tally, from: number, before: number): bigint {
    if (from >= before) return 0n;
    const { kindId, keyText, dates, added } = tally as FetchedTallyState;
    let sum = this.#sums.get(`${kindId} ${keyText} ${from} ${before}`);
    const covering = dates.find((range) => range.from <= from && before <= range.before);
    if (sum === undefined && covering === undefined) throw new Missing({ sums: [[kindId, keyText, from, before]] });
    sum ??= (covering?.sums ?? []).reduce(
      (total, [date, amount]) => (date >= from && date < before ? total + amount : total),
      0n,
    );
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
  changes(): Changes {
    const tallies = [...this.#tallies.values()];
    return {
      highWater: this.#highWater,
      kinds: [],
      entries: [...this.#put].flatMap((id) => {
        const entry = this.#entries.get(id);
        return entry === undefined ? [] : [this.#entryChange(entry)];
      }),
      tallies: tallies.filter(({ saved }) => saved).map(tallyChange),
      dates: tallies.flatMap(({ kindId, keyText, added }) =>
        [...added].map(([date, amount]) => ({ kind: kindId, key: keyText, date, amount: amount.toString() })),
      ),
      assets: [...this.#newAssets],
      freezes: this.#newFreezes.filter((freeze) => this.#freezes.includes(freeze)),
      unfreezes: this.#unfreezes,
    };
  }

  #entryChange(entry: Entry): Changes["entries"][number] {
    const tallies = this.#cached.kinds.flatMap((kind) => {
      const shares: Share[] = [];
      addShares(shares, kind, entry, 1n);
      return shares.map(({ key }) => [kind.id, tallyKeyText(key)] as const);
    });
    return {
      id: entry.attemptId,
      agesAt: agesAt(entry) ?? null,
      unprovenUntil: canBeProven(entry) ? entry.until : null,
      intent: entry.intent?.key ?? null,
      tallies,
      entry: entryText(entry),
    };
  }

  #addTally({ kind: kindId, key: keyText, open, dated, windows }: FetchedTally): void {
    const name = `${kindId} ${keyText}`;
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
      dates: windows.map(({ since, dates, before }) => ({
        from: since,
        before: before ?? Number.POSITIVE_INFINITY,
        sums: dates.map(([date, amount]) => [date, exactAmount(amount)] as const),
      })),
      added: new Map(),
      saved: false,
    });
  }
}

function tallyChange({ kindId, keyText, open, dated, windows }: FetchedTallyState): Changes["tallies"][number] {
  const sums = [...windows].map(([name, { since, sum }]) => ({ name, since, sum: sum.toString() }));
  return { kind: kindId, key: keyText, open: open.toString(), dated: dated.toString(), windows: sums };
}

const noChanges = { kinds: [], entries: [], tallies: [], dates: [], assets: [], freezes: [], unfreezes: [] };

/** What it takes to have a kind of tally that nobody asked for before. */
export function changesOfNewKind(kind: TallyKind, id: number, highWater: number): Changes {
  return { ...noChanges, highWater, kinds: [{ id, kind }] };
}

/** What the tallies of a kind have come to, while they are made from one page of entries after the other. */
export class KindTotals {
  readonly #totals = new Map<string, { open: bigint; dated: bigint }>();

  /** @returns the totals with a share more */
  add({ text, open, dates }: Share): { readonly open: bigint; readonly dated: bigint } {
    const total = this.#totals.get(text) ?? { open: 0n, dated: 0n };
    total.open += open;
    for (const { amount } of dates) total.dated += amount;
    this.#totals.set(text, total);
    return total;
  }
}

/** What a page of entries adds to the tallies of a kind. */
export function changesOfShares(id: number, highWater: number, shares: Iterable<Share>, totals: KindTotals): Changes {
  const tallies: Changes["tallies"][number][] = [];
  const dates: Changes["dates"][number][] = [];
  for (const share of shares) {
    const place = { kind: id, key: tallyKeyText(share.key) };
    const { open, dated } = totals.add(share);
    tallies.push({ ...place, open: open.toString(), dated: dated.toString(), windows: [] });
    const byDate = new Map<number, bigint>();
    for (const { date, amount } of share.dates) byDate.set(date, (byDate.get(date) ?? 0n) + amount);
    for (const [date, amount] of byDate) dates.push({ ...place, date, amount: amount.toString() });
  }
  return { ...noChanges, highWater, tallies, dates };
}

function isSame(one: Pick<Freeze, "scope" | "value">, other: Pick<Freeze, "scope" | "value">): boolean {
  return one.scope === other.scope && one.value === other.value;
}
