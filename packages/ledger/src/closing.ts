import { bookedLines, raisedLines } from "./booking.js";
import { type Entry, emptyEntry, entryWith, joinedScopes, type Line, lineWith, sumsOf, type ToldCall } from "./entry.js";
import { beyondCalls, mergedCalls, settledEntry, spentLine, withIntent } from "./evidence.js";
import { heldUntilEvidence, settleWithinOf } from "./horizon.js";
import type { CloseRequest, LedgerTimes } from "./ledger.js";
import type { Reading } from "./ledger-clock.js";

/**
 * What becomes of an entry when its attempt is sealed, or when more became known. Amounts fall at the first close only,
 * and never again without final evidence; truth above what was reserved is booked, never capped (`ledger:close`).
 */
export function closedEntry(entry: Entry | undefined, request: CloseRequest, reading: Reading, times: LedgerTimes): Entry {
  const { attemptId, calls: reports = [], inFlight, entered } = request;
  const spent = request.spent.map(spentLine);
  const anySpent = spent.some((line) => line.amount > 0n);
  const latest = latestDate([...spent, ...(entry?.lines ?? [])], reading.now, times);
  // A scope that only the close knows is stored too: a limit may ask for it tomorrow.
  const base: Entry =
    entry === undefined
      ? emptyEntry(attemptId, { ...request.scopes }, reading.now)
      : entryWith(entry, { ...freed(entry, request), scopes: joinedScopes(request.scopes, entry.scopes) });
  const unlisted = beyondCalls(spent, reports, base.calls);
  const calls = mergedCalls(base.calls, reports);
  if (base.state === "void") {
    // Money of an attempt that the ledger never admitted, or had given up, moved all the same: the safe side books it.
    if (!anySpent) return base;
    return settledEntry(entryWith(base, { state: "closed", until: latest, calls, unlisted: bookedLines([], unlisted) }), []);
  }
  const held = base.lines.filter((line) => line.unit === "amount");
  const counts = base.lines.filter((line) => line.unit === "actions");
  if (base.state === "armed" && inFlight) {
    // A call that has not answered may still leave: the entry keeps all that it holds, and its date.
    return entryWith(base, { calls, lines: [...counts, ...raisedLines(held, spent, { anyone: true })] });
  }
  if (base.state === "closed") {
    const lines = [...(entered ? counts.map(counted) : counts), ...held];
    const changes =
      base.adjustments === undefined
        ? { calls, unlisted: raisedLines(base.unlisted, unlisted, { anyone: false }), lines }
        : // What an operator has set is the same money, whoever received it: only more than that is news.
          { unlisted: raisedLines(base.unlisted, spent, { anyone: true }), lines };
    const closed = settledEntry(entryWith(base, changes), held);
    const staysFree = entry?.intent?.free === true && isDisproved(request, calls) && !raises(entry, closed);
    const after = staysFree ? entryWith(closed, withIntent(closed, true)) : closed;
    if (!raises(base, after) || !anySpent) return after;
    return settledEntry(entryWith(after, { until: Math.max(base.until, latest) }), held);
  }
  const lines = [...(entered ? counts : counts.map(uncounted)), ...held];
  const until = closingDate(base, reading, latest, anySpent, times);
  const changes = { state: "closed", aged: false, until, lines, calls, unlisted: bookedLines(held, unlisted) } as const;
  return settledEntry(entryWith(base, changes), held);
}

/** An intent is free while it is known that nothing came of it, and not a moment after the opposite is known. */
function freed(entry: Entry, { nothingDone = false, inFlight }: CloseRequest): Pick<Entry, "intent"> {
  return withIntent(entry, nothingDone && !inFlight && !(entry.state === "closed" && hasSpent(entry)));
}

/** Whether a closed entry tells of money that has moved, or may have: closes come late and twice, and a later one takes back nothing. */
function hasSpent({ calls, unlisted }: Entry): boolean {
  return calls.some(({ verdict }) => verdict !== "never") || unlisted.some(({ amount }) => amount > 0n);
}

/** Whether a settlement brings nothing but calls that evidence has disproved since: it may come again, and is no news of the intent. */
function isDisproved({ calls: reports = [], inFlight }: CloseRequest, calls: readonly ToldCall[]): boolean {
  return !inFlight && reports.length > 0 && calls.every(({ verdict }) => verdict === "never");
}

/** Whether an entry counts more after a write than it did before, so that losing the write would lose money. */
export function raises(before: Entry | undefined, after: Entry): boolean {
  // The amounts of a reserved entry go by themselves; they are no record of money that left.
  const known = before?.state === "reserved" ? before.lines.filter((line) => line.unit === "actions") : (before?.lines ?? []);
  const sums = sumsOf(known);
  return [...sumsOf(after.lines)].some(([key, { sum }]) => sum > (sums.get(key)?.sum ?? 0n));
}

/** The latest moment at which money that left by now can still move. */
function latestDate(lines: readonly Line[], now: number, times: LedgerTimes): number {
  return times.unresolved === "hold" ? heldUntilEvidence : now + settleWithinOf(lines, times);
}

/** The latest moment at which the money of an entry that is closed now can still move. */
function closingDate(
  entry: Entry,
  { now, jumped }: Reading,
  latest: number,
  anySpent: boolean,
  { unresolved }: LedgerTimes,
): number {
  const open = Math.max(latest, entry.signatureDeadline);
  // Nothing left before an arm; where money is said to have moved all the same, it has the whole horizon.
  if (entry.state === "reserved") return anySpent ? open : now;
  if (unresolved === "hold") return anySpent ? heldUntilEvidence : now;
  // While the clock is jumped nobody knows what `now` is, so the later date stands.
  return jumped ? entry.until : Math.min(entry.until, open);
}

function counted(line: Line): Line {
  return lineWith(line, 1n);
}

function uncounted(line: Line): Line {
  return lineWith(line, 0n);
}
