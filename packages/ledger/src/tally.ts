import type { Entry, Line } from "./entry.js";
import type { AskedLine, Limit, Scope } from "./ledger.js";
import { type ScopeKey, scopeKey, scopeKeyText } from "./scope-key.js";

/** What limits share that differ in their window, their maximum and their name only. */
export interface TallyKind {
  /** One text for kinds that are the same. */
  readonly name: string;
  readonly unit: AskedLine["unit"];
  readonly asset?: string;
  readonly per: readonly Scope[];
}

/** A kind that a database knows by a number. */
export interface StoredKind extends TallyKind {
  readonly id: number;
}

/**
 * The sums of all lines of a kind under the same scope values, kept with every write, so that a decision costs the same however
 * much was spent before it (`ledger:limit-is-a-query`).
 */
export interface Tally {
  readonly kind: TallyKind;
  readonly key: ScopeKey;
  /** What entries that are reserved or armed hold. */
  open: bigint;
  /** Everything that has a date, whichever. */
  dated: bigint;
  /** By window: what has a date from `since` on. */
  readonly windows: Map<string, WindowSum>;
}

export interface WindowSum {
  since: number;
  sum: bigint;
}

/** What one entry adds to one tally. */
export interface Share {
  readonly key: ScopeKey;
  readonly text: string;
  open: bigint;
  readonly dates: { readonly date: number; amount: bigint }[];
}

export function tallyKind({ unit, asset, per }: Pick<Limit, "unit" | "asset" | "per">): TallyKind {
  const name = kindName(unit, asset, per);
  return asset === undefined ? { name, unit, per } : { name, unit, asset, per };
}

/** None of the parts holds a space. */
export function kindName(unit: TallyKind["unit"], asset: string | undefined, per: readonly Scope[]): string {
  return `${unit} ${asset ?? ""} ${per.join(" ")}`;
}

/** A key as databases store it: the values, in the order of the kind's scopes. */
export function tallyKeyText(key: ScopeKey): string {
  return JSON.stringify(Object.values(key));
}

/** @throws SyntaxError for a text that is no key */
export function tallyKeyOf(kind: TallyKind, text: string): ScopeKey {
  const values = JSON.parse(text) as readonly string[];
  const key: Partial<Record<Scope, string>> = {};
  for (const [place, scope] of kind.per.entries()) key[scope] = values[place] ?? "";
  return key;
}

/** Adds what an entry adds to the tallies of a kind, or with `sign` -1 takes it away. */
export function addShares(shares: Share[], kind: TallyKind, entry: Entry | undefined, sign: 1n | -1n): void {
  if (entry === undefined || entry.state === "void") return;
  for (const line of entry.lines) {
    if (line.unit !== kind.unit || line.asset !== kind.asset || line.amount === 0n) continue;
    if (line.perCounterpartyOnly === true && !kind.per.includes("counterparty")) continue;
    const key = scopeKey(kind.per, entry.scopes, line);
    // A line without one of the scopes was never granted under a limit that counts per it, and is in no balance of theirs.
    if (typeof key === "string") continue;
    place(shareOf(shares, key), entry, line, sign);
  }
}

/**
 * Where a line counts (the state table of the design's section 8). While its entry is open, everywhere; then at the entry's date,
 * or nowhere if it was only reserved. A count line is dated by its reserve in every state: that is when its action began.
 */
function place(share: Share, { state, aged, until, reservedAt }: Entry, { unit, amount }: Line, sign: 1n | -1n): void {
  const isOpen = !aged && (state === "reserved" || state === "armed");
  if (isOpen) share.open += sign * amount;
  if (unit === "actions") addDate(share, reservedAt, sign * amount);
  else if (!isOpen && state !== "reserved") addDate(share, until, sign * amount);
}

function addDate({ dates }: Share, date: number, amount: bigint): void {
  const known = dates.find((other) => other.date === date);
  if (known === undefined) dates.push({ date, amount });
  else known.amount += amount;
}

function shareOf(shares: Share[], key: ScopeKey): Share {
  const text = scopeKeyText(key);
  const known = shares.find((share) => share.text === text);
  if (known !== undefined) return known;
  const made: Share = { key, text, open: 0n, dates: [] };
  shares.push(made);
  return made;
}
