import type { Entry, Line } from "./entry.js";
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
  const spent = mergedLines(
    request.spent.map(({ amount, ...rest }): Line => ({ unit: "amount", ...rest, amount: BigInt(amount) })),
  );
  const latest = now + times.settleWithinMs;
  if (entry === undefined || entry.state === "void") {
    const base = entry ?? newEntry(request, now);
    // Money of an attempt that the ledger never admitted, or had given up, moved all the same: the safe side books it.
    return spent.length > 0 ? { ...base, state: "closed", until: latest, lines: spent } : { ...base, state: "void" };
  }
  const countLines = request.entered ? entry.lines.filter((line) => line.unit === "actions") : [];
  const held = entry.lines.filter((line) => line.unit === "amount");
  if (entry.state === "armed" && request.inFlight) {
    // A call that has not answered may still leave: the entry keeps all that it holds, and its date.
    return { ...entry, lines: [...entry.lines.filter((line) => line.unit === "actions"), ...largerLines(held, spent)] };
  }
  if (entry.state === "closed") {
    const raised = largerLines(held, spent);
    const more = raised.length > held.length || raised.some((line, index) => line.amount > (held[index]?.amount ?? 0n));
    if (!more) return entry;
    return {
      ...entry,
      until: Math.max(entry.until, latest),
      lines: [...entry.lines.filter((line) => line.unit === "actions"), ...raised],
    };
  }
  const open = Math.max(latest, entry.signatureDeadline);
  const until =
    entry.state === "armed"
      ? // While the clock is jumped nobody knows what `now` is, so the later date stands.
        jumped
        ? entry.until
        : Math.min(entry.until, open)
      : spent.length > 0
        ? open
        : now;
  return { ...entry, state: "closed", until, lines: [...countLines, ...spent] };
}

function newEntry({ attemptId, scopes }: CloseRequest, now: number): Entry {
  return {
    attemptId,
    scopes,
    state: "void",
    reservedAt: now,
    sendBy: now,
    until: now,
    signatureDeadline: 0,
    steps: [],
    lines: [],
  };
}

/** Per asset and counterparty the larger of two amounts; lines of the first keep their order, new ones follow. */
function largerLines(held: readonly Line[], spent: readonly Line[]): Line[] {
  const result = new Map(mergedLines(held).map((line) => [keyOf(line), line]));
  for (const line of spent) {
    const known = result.get(keyOf(line));
    if (known === undefined || known.amount < line.amount) result.set(keyOf(line), line);
  }
  return [...result.values()];
}

/** One line for each asset and counterparty, and none for nothing. */
function mergedLines(lines: readonly Line[]): Line[] {
  const sums = new Map<string, Line>();
  for (const line of lines) {
    const known = sums.get(keyOf(line));
    sums.set(keyOf(line), { ...line, amount: line.amount + (known?.amount ?? 0n) });
  }
  return [...sums.values()].filter((line) => line.amount > 0n);
}

function keyOf({ asset, counterparty }: Line): string {
  return JSON.stringify([asset, counterparty]);
}
