import { bookedLines, raisedLines } from "./booking.js";
import { type Entry, entryWith, joinedScopes, type Line, lineWith, sumsOf } from "./entry.js";
import type { CloseRequest, LedgerTimes } from "./ledger.js";
import type { Reading } from "./ledger-clock.js";

/**
 * What becomes of an entry when its attempt is sealed, or when more became known. Amounts fall at the first close only,
 * and never again without final evidence; truth above what was reserved is booked, never capped (`ledger:close`).
 */
export function closedEntry(
  entry: Entry | undefined,
  request: CloseRequest,
  { now, jumped }: Reading,
  times: LedgerTimes,
): Entry {
  const latest = now + times.settleWithinMs;
  const spent = request.spent.map(({ amount, ...rest }): Line => ({ unit: "amount", ...rest, amount: BigInt(amount) }));
  const anySpent = spent.some((line) => line.amount > 0n);
  // A scope that only the close knows is stored too: a limit may ask for it tomorrow.
  const base: Entry =
    entry === undefined
      ? newEntry(request, now)
      : entryWith(entry, { ...freed(entry, request), scopes: joinedScopes(request.scopes, entry.scopes) });
  if (base.state === "void") {
    // Money of an attempt that the ledger never admitted, or had given up, moved all the same: the safe side books it.
    return anySpent ? entryWith(base, { state: "closed", until: latest, lines: bookedLines([], spent) }) : base;
  }
  const held = base.lines.filter((line) => line.unit === "amount");
  const counts = base.lines.filter((line) => line.unit === "actions");
  if (base.state === "armed" && request.inFlight) {
    // A call that has not answered may still leave: the entry keeps all that it holds, and its date.
    return entryWith(base, { lines: [...counts, ...raisedLines(held, spent, { anyone: true })] });
  }
  if (base.state === "closed") {
    const after = entryWith(base, {
      lines: [...(request.entered ? counts.map(counted) : counts), ...raisedLines(held, spent, { anyone: false })],
    });
    return raises(base, after) && anySpent ? entryWith(after, { until: Math.max(base.until, latest) }) : after;
  }
  const lines = [...(request.entered ? counts : counts.map(uncounted)), ...bookedLines(held, spent)];
  return entryWith(base, { state: "closed", until: closingDate(base, { now, jumped }, latest, anySpent), lines });
}

/** An intent is free while it is known that nothing came of it, and not a moment after the opposite is known. */
function freed({ intent }: Entry, { nothingDone = false, inFlight }: CloseRequest): Pick<Entry, "intent"> {
  return intent === undefined ? {} : { intent: { ...intent, free: nothingDone && !inFlight } };
}

/** Whether an entry counts more after a write than it did before, so that losing the write would lose money. */
export function raises(before: Entry | undefined, after: Entry): boolean {
  // The amounts of a reserved entry go by themselves; they are no record of money that left.
  const known = before?.state === "reserved" ? before.lines.filter((line) => line.unit === "actions") : (before?.lines ?? []);
  const sums = sumsOf(known);
  return [...sumsOf(after.lines)].some(([key, { sum }]) => sum > (sums.get(key)?.sum ?? 0n));
}

/** The latest moment at which the money of an entry that is closed now can still move. */
function closingDate(entry: Entry, { now, jumped }: Reading, latest: number, anySpent: boolean): number {
  const open = Math.max(latest, entry.signatureDeadline);
  // Nothing left before an arm; where money is said to have moved all the same, it has the whole horizon.
  if (entry.state === "reserved") return anySpent ? open : now;
  // While the clock is jumped nobody knows what `now` is, so the later date stands.
  return jumped ? entry.until : Math.min(entry.until, open);
}

function newEntry({ attemptId, scopes }: CloseRequest, now: number): Entry {
  return {
    attemptId,
    scopes: { ...scopes },
    state: "void",
    reservedAt: now,
    sendBy: now,
    until: now,
    signatureDeadline: 0,
    steps: [],
    lines: [],
  };
}

function counted(line: Line): Line {
  return lineWith(line, 1n);
}

function uncounted(line: Line): Line {
  return lineWith(line, 0n);
}
