import type { Entry, Line, ToldCall } from "./entry.js";
import type { EntryState } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";

const states: ReadonlySet<unknown> = new Set(["reserved", "armed", "closed", "void"] satisfies EntryState[]);
const verdicts: ReadonlySet<unknown> = new Set(["live", "moved", "never"] satisfies ToldCall["verdict"][]);

/** An entry as drivers store it: JSON, amounts as decimal text, because no number of a database is large enough. */
export function entryText(entry: Entry): string {
  return JSON.stringify(entry, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** @throws LedgerFault `ledger_corrupt` for anything that could count less than was written */
export function entryOfText(text: string): Entry {
  const entry = parsed(text) as Entry;
  const { attemptId, state, reservedAt, sendBy, until, signatureDeadline, steps, lines, calls, unlisted, scopes, intent, note } =
    entry;
  const isWhole =
    typeof attemptId === "string" &&
    states.has(state) &&
    [reservedAt, sendBy, until, signatureDeadline].every(Number.isSafeInteger) &&
    [steps, lines, calls, unlisted].every(Array.isArray) &&
    typeof scopes === "object" &&
    (intent === undefined || typeof intent.digest === "string") &&
    (note === undefined || typeof note.text === "string");
  if (!isWhole) throw corrupt(`the entry ${String(attemptId)} has lost its state, a date or its lines`);
  return { ...entry, lines: lines.map(exactLine), unlisted: unlisted.map(exactLine), calls: calls.map(exactCall) };
}

function exactCall(call: ToldCall): ToldCall {
  if (!verdicts.has(call.verdict) || !Array.isArray(call.lines))
    throw corrupt(`the call ${call.callId} has no verdict or no lines`);
  return { ...call, lines: call.lines.map(exactLine) };
}

function exactLine(line: Line): Line {
  return { ...line, amount: exactAmount(line.amount) };
}

/** A sum or an amount as it was stored. @throws LedgerFault `ledger_corrupt` */
export function exactAmount(text: unknown): bigint {
  // BigInt reads an empty text as zero: a damaged row must not become free money.
  if (typeof text !== "string" || !/^[0-9]+$/.test(text)) throw corrupt(`it holds the amount ${JSON.stringify(text)}`);
  return BigInt(text);
}

/** @throws LedgerFault `ledger_corrupt` */
export function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // What is no JSON is told as what is no object.
  }
  throw corrupt("a row is no record of ours");
}

export function corrupt(what: string): LedgerFault {
  return new LedgerFault("ledger_corrupt", `the ledger is damaged: ${what}`);
}
