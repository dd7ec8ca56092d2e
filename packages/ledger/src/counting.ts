import type { Entry, Line } from "./entry.js";
import type { Window } from "./ledger.js";

/** What decides whether a line counts now. */
export interface CountingFrame {
  readonly window: Window;
  readonly now: number;
  readonly marginMs: number;
  /** The attempt that asks; the `attempt` window counts its lines only. */
  readonly attemptId?: string | undefined;
}

/**
 * Whether a line counts now (the state table of the design's section 8).
 * Reserved: everywhere until `sendBy`, then not at all. Armed: everywhere until `until`, then at that date. Closed: at
 * `until`. A count line is dated by its reserve in every state, because that is when its action began.
 */
export function counts(entry: Entry, line: Line, frame: CountingFrame): boolean {
  const { window, now, attemptId } = frame;
  if (entry.state === "void") return false;
  if (window.kind === "attempt" && entry.attemptId !== attemptId) return false;
  const open = isOpen(entry, now);
  if (window.kind === "open") {
    return open || (line.unit === "amount" && entry.state !== "reserved" && entry.until >= now - frame.marginMs);
  }
  if (line.unit === "amount") {
    if (open) return true;
    if (entry.state === "reserved") return false;
  }
  const since = earliestDate(frame);
  return since === undefined || dateOf(entry, line) >= since;
}

/** Whether an entry's money may still move at a time that nobody knows yet. */
export function isOpen(entry: Entry, now: number): boolean {
  if (entry.state === "reserved") return now <= entry.sendBy;
  return entry.state === "armed" && now <= entry.until;
}

/** The date by which a line counts once it no longer counts everywhere. */
export function dateOf(entry: Entry, line: Line): number {
  if (line.unit === "actions") return entry.reservedAt;
  return entry.state === "reserved" ? entry.sendBy : entry.until;
}

/** The date by which a driver finds a line. A line of nothing is before all windows: no sum needs to look at it. */
export function indexDateOf(entry: Entry, line: Line): number {
  return line.amount === 0n ? -1 : dateOf(entry, line);
}

/**
 * The earliest date that counts in a window: a line counts if `until >= start(window containing now - margin) - margin`.
 * Undefined where no date is too early.
 */
export function earliestDate({ window, now, marginMs }: Pick<CountingFrame, "window" | "now" | "marginMs">): number | undefined {
  const start = windowStart(window, now - marginMs);
  return start === undefined ? undefined : start - marginMs;
}

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The start of the window that contains a moment. Calendar windows are UTC; a week begins on Monday. */
function windowStart(window: Window, moment: number): number | undefined {
  if (window.kind === "rolling") return moment - window.ms;
  if (window.kind === "open") return moment;
  if (window.kind !== "calendar") return undefined;
  if (window.unit === "month") {
    const date = new Date(moment);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  if (window.unit === "hour") return Math.floor(moment / hourMs) * hourMs;
  const day = Math.floor(moment / dayMs);
  // 1 January 1970 was a Thursday.
  return (window.unit === "week" ? day - ((day + 3) % 7) : day) * dayMs;
}
