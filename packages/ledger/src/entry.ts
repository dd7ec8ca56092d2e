import type { AskedLine, EntryState, ScopeValues } from "./ledger.js";
import type { Note } from "./note.js";

/** The ledger's record of an attempt. Replaced as a whole, never changed in place. */
export interface Entry {
  readonly attemptId: string;
  readonly scopes: ScopeValues;
  readonly state: EntryState;
  /** When the entry was first written; count lines are dated by it. Milliseconds since 1970, as all times here. */
  readonly reservedAt: number;
  /** The last moment at which it may be armed or acted on. */
  readonly sendBy: number;
  /** The latest moment at which its money can still move; for a reserved entry, nothing can after `sendBy`. */
  readonly until: number;
  /** The latest deadline of a signature that it covers; 0 where there is none. */
  readonly signatureDeadline: number;
  readonly steps: readonly Step[];
  readonly lines: readonly Line[];
  /** Every wallet call that a close has listed. */
  readonly calls: readonly ToldCall[];
  /** What was spent beyond those calls, so far as anybody knows: no evidence lowers it. */
  readonly unlisted: readonly Line[];
  /** Whether its date has passed while it was open: a reserved one counts nothing then, an armed one at that date. */
  readonly aged: boolean;
  readonly intent?: HeldIntent;
  /** What an operator has made of it, outside the promise. */
  readonly adjustments?: readonly Adjustment[];
  /** What is still to be told to those who hold something outside for the attempt. */
  readonly note?: Note;
}

/** Members to be replaced; a note that is undefined is taken away. */
export type EntryChanges = Omit<Partial<Entry>, "note"> & { readonly note?: Note | undefined };

/** A wallet call as a close has told it, with the verdict of final evidence. */
export interface ToldCall {
  readonly callId: string;
  readonly lines: readonly Line[];
  readonly chainId?: string;
  readonly transactionId?: string;
  readonly nonce?: string;
  readonly from?: string;
  /** It only signed a message. */
  readonly message?: true;
  /** moved: a block has it, for good. never: it was reverted for good, or can never be in a block. */
  readonly verdict: "live" | "moved" | "never";
  /** When the block that moved it was made, by its own timestamp, in milliseconds since 1970. */
  readonly blockTime?: number;
}

/** One change that an operator made. */
export interface Adjustment {
  readonly at: number;
  readonly reason: string;
}

/** The intent of an entry. */
export interface HeldIntent {
  readonly key: string;
  /** What the store keeps of its content, as of a step's request. */
  readonly digest: string;
  /** Whether it is known that nothing came of it. */
  readonly free: boolean;
}

/** One reserve of an entry, by which its repetition is known. */
export interface Step {
  readonly stepId: string;
  /** What the store keeps of the request: its SHA-256. */
  readonly digest: string;
}

/** An amount or a count in an entry. */
export interface Line {
  readonly unit: AskedLine["unit"];
  readonly asset?: string;
  /** Zero where a close found that nothing was spent: the line still says what was held, so that a later close can raise it. */
  readonly amount: bigint;
  readonly counterparty?: string;
  /**
   * What this counterparty may have had of money whose receiver nobody knows. Only limits per counterparty count it: the
   * money itself is another line.
   */
  readonly perCounterpartyOnly?: true;
}

/** Whether the entry may still be added to, armed or acted on. */
export function isAlive(entry: Entry, now: number): boolean {
  return (entry.state === "reserved" || entry.state === "armed") && now <= entry.sendBy;
}

/** Whether an entry keeps others from its intent: as long as what it intended may have happened, or may still happen. */
export function holdsIntent(entry: Entry, now: number): boolean {
  if (entry.intent === undefined || entry.intent.free || entry.state === "void") return false;
  // What was never armed cannot have left, and after `sendBy` it never will.
  return entry.state !== "reserved" || now <= entry.sendBy;
}

/** The entry with some of its members replaced. By name: what is spread has a shape of its own for V8, which looks at it slowly. */
export function entryWith(entry: Entry, changes: EntryChanges): Entry {
  const { attemptId, reservedAt } = entry;
  const { scopes, state, sendBy, until, signatureDeadline, steps, lines, calls, unlisted, aged } = changes;
  const { intent = entry.intent, adjustments = entry.adjustments } = changes;
  const made: { -readonly [Name in keyof Entry]: Entry[Name] } = {
    attemptId,
    scopes: scopes ?? entry.scopes,
    state: state ?? entry.state,
    reservedAt,
    sendBy: sendBy ?? entry.sendBy,
    until: until ?? entry.until,
    signatureDeadline: signatureDeadline ?? entry.signatureDeadline,
    steps: steps ?? entry.steps,
    lines: lines ?? entry.lines,
    calls: calls ?? entry.calls,
    unlisted: unlisted ?? entry.unlisted,
    aged: aged ?? entry.aged,
  };
  if (intent !== undefined) made.intent = intent;
  if (adjustments !== undefined) made.adjustments = adjustments;
  const note = Object.hasOwn(changes, "note") ? changes.note : entry.note;
  if (note !== undefined) made.note = note;
  return made;
}

/** An entry that holds nothing yet, and for which there is no time to act. */
export function emptyEntry(attemptId: string, scopes: ScopeValues, now: number): Entry {
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
    calls: [],
    unlisted: [],
    aged: false,
  };
}

/** When an open entry ages; undefined where it does not, or has. */
export function agesAt({ state, aged, sendBy, until }: Entry): number | undefined {
  if (aged || (state !== "reserved" && state !== "armed")) return undefined;
  return state === "reserved" ? sendBy : until;
}

/** So many of these open entries: those that age first. */
export function oldestOf(entries: Entry[], limit: number): Entry[] {
  if (entries.length <= limit) return entries;
  return entries.sort((one, other) => (agesAt(one) ?? 0) - (agesAt(other) ?? 0)).slice(0, limit);
}

/** The line with another amount. */
export function lineWith({ unit, asset, counterparty, perCounterpartyOnly }: Line, amount: bigint): Line {
  const line: { -readonly [Name in keyof Line]: Line[Name] } = { unit, amount };
  if (asset !== undefined) line.asset = asset;
  if (counterparty !== undefined) line.counterparty = counterparty;
  if (perCounterpartyOnly !== undefined) line.perCounterpartyOnly = perCounterpartyOnly;
  return line;
}

/** The scope values of an entry: those that it holds already, and those that a request adds. */
export function joinedScopes(added: ScopeValues, held: ScopeValues | undefined): ScopeValues {
  return Object.assign({ ...added }, held);
}

/** An asked line as it is stored. */
export function lineOf(asked: AskedLine): Line {
  if (asked.unit === "actions") return { unit: "actions", amount: 1n };
  const { asset, amount, counterparty } = asked;
  if (counterparty === undefined) return { unit: "amount", asset, amount: BigInt(amount) };
  return { unit: "amount", asset, amount: BigInt(amount), counterparty };
}

/** What lines of the same kind come to, by a key of their kind, in the order in which the kinds first appear. */
export function sumsOf(lines: readonly Line[]): Map<string, { readonly line: Line; readonly sum: bigint }> {
  const sums = new Map<string, { readonly line: Line; readonly sum: bigint }>();
  for (const line of lines) {
    const { unit, asset, counterparty, perCounterpartyOnly, amount } = line;
    // None of them holds a NUL, or is empty.
    const key = `${unit}\0${asset ?? ""}\0${counterparty ?? ""}\0${perCounterpartyOnly ?? ""}`;
    sums.set(key, { line, sum: amount + (sums.get(key)?.sum ?? 0n) });
  }
  return sums;
}
