import type { AskedLine, EntryState, ScopeValues } from "./ledger.js";

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
  readonly intent?: HeldIntent;
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
export function entryWith(entry: Entry, changes: Partial<Entry>): Entry {
  const { attemptId, reservedAt } = entry;
  const { scopes, state, sendBy, until, signatureDeadline, steps, lines, intent = entry.intent } = changes;
  const made = {
    attemptId,
    scopes: scopes ?? entry.scopes,
    state: state ?? entry.state,
    reservedAt,
    sendBy: sendBy ?? entry.sendBy,
    until: until ?? entry.until,
    signatureDeadline: signatureDeadline ?? entry.signatureDeadline,
    steps: steps ?? entry.steps,
    lines: lines ?? entry.lines,
  };
  return intent === undefined ? made : { ...made, intent };
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
