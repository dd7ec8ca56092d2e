import type { Entry } from "./entry.js";
import type { Limit } from "./ledger.js";
import type { ScopeKey } from "./scope-key.js";
import type { Store } from "./store.js";
import { addShares, kindName, type Share, type Tally, type TallyKind, tallyKind } from "./tally.js";
import { earliestDate, windowName } from "./window.js";

/** Later than every date. */
const endOfTime = Number.MAX_SAFE_INTEGER;

/** Writes an entry, and what it changes in every tally. The only way in which entries are written. */
export function writeEntry(store: Store, before: Entry | undefined, after: Entry, durable: boolean): void {
  for (const kind of store.kinds()) {
    const shares: Share[] = [];
    addShares(shares, kind, before, -1n);
    addShares(shares, kind, after, 1n);
    for (const share of shares) applyShare(store, kind, share);
  }
  store.put(after, durable);
}

/** The kind of a limit's tallies. One that nobody asked for before is made from the stored entries. */
export function kindOfLimit(store: Store, limit: Limit): TallyKind {
  const name = kindName(limit);
  const known = store.kinds().find((kind) => kind.name === name);
  if (known !== undefined) return known;
  const wanted = tallyKind(limit);
  store.addKind(wanted);
  const shares = new KindShares(wanted);
  store.eachEntry((entry) => shares.add(entry));
  for (const share of shares.all()) applyShare(store, wanted, share);
  return wanted;
}

/** What all entries together add to the tallies of a kind. */
export class KindShares {
  readonly #kind: TallyKind;
  readonly #shares = new Map<string, Share>();

  constructor(kind: TallyKind) {
    this.#kind = kind;
  }

  add(entry: Entry): void {
    const own: Share[] = [];
    addShares(own, this.#kind, entry, 1n);
    for (const share of own) addUp(this.#shares, share);
  }

  all(): Iterable<Share> {
    return this.#shares.values();
  }
}

/** What a limit counts under some scope values at a moment; for `attempt` windows, nothing: those look at one entry only. */
export function countedOf(
  store: Store,
  kind: TallyKind,
  key: ScopeKey,
  { window }: Limit,
  now: number,
  marginMs: number,
): bigint {
  return countedIn(store, store.tally(kind, key), window, now, marginMs);
}

/** What a tally comes to in a window at a moment. */
export function countedIn(store: Store, tally: Tally, window: Limit["window"], now: number, marginMs: number): bigint {
  // A count line that is dated by its reserve has its date from the start: it would count twice if it counted as open too.
  const open = tally.kind.unit === "amount" || tally.kind.untilFinal === true ? tally.open : 0n;
  const since = earliestDate(window, now, marginMs);
  return open + (since === undefined ? tally.dated : datedSince(store, tally, windowName(window), since));
}

function datedSince(store: Store, tally: Tally, name: string, since: number): bigint {
  const known = tally.windows.get(name);
  if (known === undefined) {
    const sum = store.datedSum(tally, since, endOfTime);
    tally.windows.set(name, { since, sum });
    store.saveTally(tally);
    return sum;
  }
  // Each date leaves a window once; where none did, there is nothing to write.
  const gone = since >= known.since ? store.datedSum(tally, known.since, since) : -store.datedSum(tally, since, known.since);
  if (gone === 0n) return known.sum;
  known.sum -= gone;
  known.since = since;
  store.saveTally(tally);
  return known.sum;
}

function applyShare(store: Store, kind: TallyKind, { key, open, dates }: Share): void {
  const moved = dates.filter(({ amount }) => amount !== 0n);
  if (open === 0n && moved.length === 0) return;
  const tally = store.tally(kind, key);
  tally.open += open;
  for (const { date, amount } of moved) {
    tally.dated += amount;
    store.addDated(tally, date, amount);
    for (const window of tally.windows.values()) if (date >= window.since) window.sum += amount;
  }
  store.saveTally(tally);
}

function addUp(shares: Map<string, Share>, { key, text, open, dates }: Share): void {
  const known = shares.get(text);
  if (known === undefined) {
    shares.set(text, { key, text, open, dates: [...dates] });
    return;
  }
  known.open += open;
  known.dates.push(...dates);
}
