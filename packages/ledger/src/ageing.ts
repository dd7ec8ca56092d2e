import { agesAt, type Entry, entryWith } from "./entry.js";
import type { Store } from "./store.js";
import { writeEntry } from "./tallies.js";

/**
 * So many entries age in one transaction at most. All that an outage left open comes to its date at once, and nobody may hold the ledger's
 * lock, or a process's event loop, for as long as all of that takes.
 */
export const agedAtOnce = 256;

/** Thrown by a verb where as many entries are overdue. Whoever runs it has `age` run first, each time in a transaction of its own. */
export class Overdue extends Error {
  override readonly name = "Overdue";
  /** Ages the oldest. @returns whether there may be more */
  readonly age: (store: Store) => boolean;

  constructor(age: (store: Store) => boolean) {
    super("more has come to its date than one transaction ages");
    this.age = age;
  }
}

/** Open entries whose date has passed are counted where they belong from now on. */
export function ageEntries(store: Store, entries: readonly Entry[]): void {
  for (const entry of entries) writeEntry(store, entry, entryWith(entry, { aged: true }), false);
}

/**
 * Ages the oldest entries that are overdue, so many at most, and raises the ledger's time no further than that is true of: for whoever
 * reads it, what has aged is past its date, and nearly nothing else is. What a crash leaves behind is safe: what has not aged counts
 * everywhere, which is never less than where it belongs.
 * @returns whether there may be more
 */
export function ageOldest(store: Store, now: number, limit: number): boolean {
  const oldest = store.overdue(now, limit);
  const isMore = oldest.length >= limit;
  const last = oldest.reduce((latest, entry) => Math.max(latest, agesAt(entry) ?? 0), 0);
  const reached = isMore ? last + 1 : now;
  if (reached > store.highWater()) store.raiseHighWater(reached);
  ageEntries(store, oldest);
  return isMore;
}
