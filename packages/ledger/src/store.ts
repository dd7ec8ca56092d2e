import type { Entry } from "./entry.js";
import type { Freeze } from "./ledger.js";
import type { ScopeKey } from "./scope-key.js";
import type { Tally, TallyKind } from "./tally.js";

/**
 * What a driver keeps. Synchronous, because every verb runs inside one transaction of its driver: nothing may come
 * between reading a balance and writing the line that draws on it.
 */
export interface Store {
  entry(attemptId: string): Entry | undefined;
  /** Every entry of an intent, in no order. */
  entriesOfIntent(key: string): Entry[];
  /** Open entries that have not aged, and whose date (`agesAt`) lies before a moment: the oldest, so many, in no order. */
  overdue(now: number, limit: number): Entry[];
  /** Closed entries with calls that evidence can still prove and a date from a moment on, in the order of `byDate`. */
  unproven(since: number, limit: number): Entry[];
  /** Entries whose note is due at a moment, in the order of `byDueDate`. */
  untold(now: number, limit: number): Entry[];
  /** Visits every entry there is, in no order. */
  eachEntry(visit: (entry: Entry) => void): void;
  /**
   * Writes an entry in place of what was there. Whoever calls it keeps the tallies.
   * @param durable whether it must be on the disk itself before anybody hears of it (`ledger:durable`)
   */
  put(entry: Entry, durable: boolean): void;
  /** What is kept of a reserve's whole text: two are the same only where this is. */
  digest(text: string): string;
  /** The kinds of tally that have been asked for. */
  kinds(): readonly TallyKind[];
  addKind(kind: TallyKind): void;
  /** The tally of these scope values; one of nothing where there is none yet. It may be changed, and then has to be saved. */
  tally(kind: TallyKind, key: ScopeKey): Tally;
  saveTally(tally: Tally): void;
  eachTally(kind: TallyKind, visit: (tally: Tally) => void): void;
  /** Adds to what a tally has at a date. */
  addDated(tally: Tally, date: number, amount: bigint): void;
  /** What a tally has from one date on, and before another. */
  datedSum(tally: Tally, from: number, before: number): bigint;
  /** Every asset of which an entry holds a line. */
  assets(): string[];
  /** All that is frozen, in no order. */
  freezes(): readonly Freeze[];
  freeze(freeze: Freeze): void;
  unfreeze(freeze: Pick<Freeze, "scope" | "value">): boolean;
  /** The latest time that any process has read, unless its clock had jumped. */
  highWater(): number;
  raiseHighWater(now: number): void;
}
