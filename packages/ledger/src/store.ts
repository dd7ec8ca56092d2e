import type { Entry, Line } from "./entry.js";
import type { AskedLine } from "./ledger.js";
import type { ScopeKey } from "./scope-key.js";

/** Which lines may count for one balance: a superset, of which the counting rules choose. */
export interface LineQuery {
  readonly unit: AskedLine["unit"];
  readonly asset?: string | undefined;
  /** Lines of this attempt only. */
  readonly attemptId?: string | undefined;
  /** Lines of entries with these values; empty for all. */
  readonly scope: ScopeKey;
  /** Lines whose date is earlier count no more; undefined where no date is too early. */
  readonly since?: number | undefined;
  /** Whether lines that only limits per counterparty count are among them. */
  readonly perCounterparty: boolean;
}

/** Looks at a line and the entry that holds it. The entry's own lines and steps are not filled in. */
export type LineVisitor = (entry: Entry, line: Line) => void;

/** Says of a line whether it counts. */
export type LineFilter = (entry: Entry, line: Line) => boolean;

/**
 * What a driver keeps. Synchronous, because every verb runs inside one transaction of its driver: nothing may come
 * between reading a balance and writing the line that draws on it.
 */
export interface Store {
  entry(attemptId: string): Entry | undefined;
  /** Every entry of an intent. Steps and lines are not filled in. */
  entriesOfIntent(key: string): Entry[];
  /**
   * Writes an entry with all its lines, in place of what was there.
   * @param durable whether it must be on the disk itself before anybody hears of it (`ledger:durable`)
   */
  put(entry: Entry, durable: boolean): void;
  /** What is kept of a reserve's whole text: two are the same only where this is. */
  digest(text: string): string;
  /** Visits every line of a query, in no order. */
  eachLine(query: LineQuery, visit: LineVisitor): void;
  /**
   * The sum of the lines of a query that count, in a window of time: there a closed entry's lines count by their date alone,
   * from `since` on, so that a store may keep their sums instead of asking of each.
   */
  sum(query: Omit<LineQuery, "attemptId">, counted: LineFilter): bigint;
  assets(): string[];
  /** The latest time that any process has read, unless its clock had jumped. */
  highWater(): number;
  raiseHighWater(now: number): void;
}
