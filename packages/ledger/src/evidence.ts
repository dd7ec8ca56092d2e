import { bookedLines } from "./booking.js";
import { type Entry, entryWith, type Line, lineWith, sumsOf, type ToldCall } from "./entry.js";
import type { CallReport, SpentLine, Verdict } from "./ledger.js";

/** What is known of the calls of an entry, with what a close has just told. A verdict is final, and no amount falls without one. */
export function mergedCalls(known: readonly ToldCall[], told: readonly CallReport[]): readonly ToldCall[] {
  if (told.length === 0) return known;
  const calls = new Map(known.map((call) => [call.callId, call]));
  for (const report of underKnownIds(told, known)) {
    const before = calls.get(report.callId);
    if (before === undefined || before.verdict === "live") calls.set(report.callId, toldCall(report, before));
  }
  return [...calls.values()];
}

/**
 * Reports under the ids by which their transactions are known already: whoever reads a chain knows no call of the attempt's, and names one
 * after its transaction. Several calls that one transaction carried are one there.
 */
function underKnownIds(told: readonly CallReport[], known: readonly ToldCall[]): readonly CallReport[] {
  const others = known.filter((call) => isFindable(call) && !told.some(({ callId }) => callId === call.callId));
  if (others.length === 0) return told;
  const joined = new Map<string, CallReport>();
  const rest: CallReport[] = [];
  for (const report of told) {
    const same = others.find((call) => call.chainId === report.chainId && call.transactionId === report.transactionId);
    if (same === undefined) {
      rest.push(report);
      continue;
    }
    const before = joined.get(same.callId) ?? { ...report, callId: same.callId, lines: [] };
    joined.set(same.callId, { ...before, lines: [...before.lines, ...report.lines] });
  }
  const unclaimed = others.filter(({ callId }) => !joined.has(callId));
  return [...joined.values(), ...rest.map((report) => underMovedId(report, unclaimed))];
}

/**
 * A report whose send raised has no transaction's id. Where a chain has shown one of the attempt's that moved exactly its money, and no other
 * report claims it, that is the call. Only what a chain has named: of two calls that the attempt itself told, each counts.
 * @param unclaimed whoever finds its call in here takes it out: two reports of equal money are two calls
 */
function underMovedId(report: CallReport, unclaimed: ToldCall[]): CallReport {
  if (report.transactionId !== undefined || report.verdict !== undefined) return report;
  const place = unclaimed.findIndex((call) => call.callId === call.transactionId && isMovedAs(call, report));
  const [same] = place < 0 ? [] : unclaimed.splice(place, 1);
  return same === undefined ? report : { ...report, callId: same.callId };
}

/** Whether a call has moved just what a report says, as far as either is known. Anything that differs makes two calls of them: the safe side. */
function isMovedAs({ verdict, lines, ...call }: ToldCall, report: CallReport): boolean {
  if (verdict !== "moved") return false;
  const names = ["chainId", "nonce", "from"] as const;
  if (names.some((name) => report[name] !== undefined && report[name] !== call[name])) return false;
  const [moved, told] = [sumsOf(lines), sumsOf(report.lines.map(spentLine))];
  return (
    moved.size > 0 && moved.size === told.size && [...moved].every(([key, { sum }]) => sum > 0n && told.get(key)?.sum === sum)
  );
}

/** The calls with one verdict more. Evidence of a call that no close has listed says nothing of what else was sent. */
export function withVerdict(calls: readonly ToldCall[], callId: string, verdict: Verdict): readonly ToldCall[] {
  return calls.map((call) => (call.callId === callId && call.verdict === "live" ? { ...call, ...verdictOf(verdict) } : call));
}

/**
 * What was spent beyond what calls explain, line by line. A call that evidence has disproved since explains its money all the same:
 * whoever reports it as live does not know yet.
 */
export function beyondCalls(spent: readonly Line[], reports: readonly CallReport[], known: readonly ToldCall[]): Line[] {
  const live = reports.filter(({ verdict }) => verdict?.kind !== "never").flatMap(({ lines }) => lines.map(spentLine));
  // A close that lists nothing says nothing of the calls that an earlier one has listed.
  const explained = sumsOf(reports.length > 0 ? live : known.flatMap(({ lines }) => lines));
  return [...sumsOf(spent)].flatMap(([key, { line, sum }]) => {
    const rest = sum - (explained.get(key)?.sum ?? 0n);
    return rest > 0n ? [lineWith(line, rest)] : [];
  });
}

/**
 * A closed entry with the amounts that its calls may have moved, and with the date of the last block once each of them is final.
 * @param held the lines by which money without a receiver is attributed
 */
export function settledEntry(entry: Entry, held: readonly Line[]): Entry {
  const { calls, unlisted, until } = entry;
  const counts = entry.lines.filter((line) => line.unit === "actions");
  const moving = calls.flatMap(({ verdict, lines }) => (verdict === "never" ? [] : lines));
  const booked = [...sumsOf([...unlisted, ...bookedLines(held, moving)]).values()].map(({ line, sum }) => lineWith(line, sum));
  const blocks = calls.flatMap(({ blockTime }) => (blockTime === undefined ? [] : [blockTime]));
  // A call of which nothing is counted is waited for, too: it may be the one that uses what another has approved.
  const isFinal = calls.every(isDated) && unlisted.every(({ amount }) => amount === 0n);
  return entryWith(entry, {
    lines: [...counts, ...booked],
    until: isFinal && blocks.length > 0 ? Math.max(...blocks) : until,
  });
}

/** Whether nothing more will be known of a call. No chain ever shows a message; one that is said to move money is a permit all the same. */
function isDated({ verdict, lines, message }: ToldCall): boolean {
  return verdict !== "live" || (message === true && lines.every(({ amount }) => amount === 0n));
}

/** A closed entry of which evidence has just been stored. An intent of which nothing came, and never will, is to be had again. */
export function provenEntry(entry: Entry, held: readonly Line[]): Entry {
  const settled = settledEntry(entry, held);
  const isNothing =
    settled.calls.every(({ verdict }) => verdict === "never") && settled.unlisted.every(({ amount }) => amount === 0n);
  return isNothing ? entryWith(settled, withIntent(settled, true)) : settled;
}

/** The intent of an entry, if it has one, free or not. */
export function withIntent({ intent }: Entry, free: boolean): Pick<Entry, "intent"> {
  return intent === undefined ? {} : { intent: { ...intent, free } };
}

export function spentLine({ asset, amount, counterparty }: SpentLine): Line {
  const exact = BigInt(amount);
  return counterparty === undefined
    ? { unit: "amount", asset, amount: exact }
    : { unit: "amount", asset, amount: exact, counterparty };
}

/** The money of lines, as others are told of it. */
export function toldLines(lines: readonly Line[]): SpentLine[] {
  return lines.flatMap(({ asset, amount, counterparty, perCounterpartyOnly }) => {
    if (asset === undefined || amount === 0n || perCounterpartyOnly === true) return [];
    return counterparty === undefined
      ? [{ asset, amount: amount.toString() }]
      : [{ asset, amount: amount.toString(), counterparty }];
  });
}

function toldCall(report: CallReport, before: ToldCall | undefined): ToldCall {
  const { callId, lines, chainId = before?.chainId, transactionId = before?.transactionId } = report;
  const { nonce = before?.nonce, from = before?.from, message, verdict } = report;
  return {
    callId,
    lines: larger(before?.lines ?? [], lines.map(spentLine)),
    ...(chainId === undefined ? {} : { chainId }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(from === undefined ? {} : { from }),
    // Not from before: what is told as a send now is waited for.
    ...(message === undefined ? {} : { message }),
    ...(verdict === undefined ? { verdict: "live" } : verdictOf(verdict)),
  };
}

function larger(known: readonly Line[], told: readonly Line[]): Line[] {
  const sums = sumsOf(known);
  for (const [key, { line, sum }] of sumsOf(told)) if (sum > (sums.get(key)?.sum ?? -1n)) sums.set(key, { line, sum });
  return [...sums.values()].map(({ line, sum }) => lineWith(line, sum));
}

function verdictOf(verdict: Verdict): Pick<ToldCall, "verdict" | "blockTime"> {
  return verdict.kind === "never" ? { verdict: "never" } : { verdict: "moved", blockTime: verdict.blockTime };
}

/** Whether evidence can still change what an entry counts, or when. */
export function canBeProven({ state, calls }: Entry): boolean {
  return state === "closed" && calls.some((call) => call.verdict === "live" && isFindable(call));
}

/** What is to be proven first: what ages first. */
export function byDate(one: Entry, other: Entry): number {
  return one.until - other.until || (one.attemptId < other.attemptId ? -1 : 1);
}

/** Whether a chain can be asked for a call. A nonce alone cannot tell ours from another transaction that took it. */
function isFindable({ chainId, transactionId }: ToldCall): boolean {
  return chainId !== undefined && transactionId !== undefined;
}
