import type { Entry, Line } from "./entry.js";
import type { AskedLine, Limit, Scope } from "./ledger.js";
import { type ScopeKey, scopeKey, scopeKeyText } from "./scope-key.js";

/**
 * What limits share that differ in their window, their maximum and their name only. A limit on actions that counts what is open shares
 * nothing with those of other windows: they date an action by its reserve, and it goes by when the action's entry is final.
 */
export interface TallyKind {
  /** One text for kinds that are the same. */
  readonly name: string;
  readonly unit: AskedLine["unit"];
  readonly asset?: string;
  readonly per: readonly Scope[];
  /** Whether count lines are dated by when their entry is final, and not by its reserve. */
  readonly untilFinal?: true;
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

type Query = Pick<Limit, "unit" | "asset" | "per" | "window">;

export function tallyKind(limit: Query): TallyKind {
  const { unit, asset, per } = limit;
  const name = kindName(limit);
  if (asset !== undefined) return { name, unit, asset, per };
  return isUntilFinal(limit) ? { name, unit, per, untilFinal: true } : { name, unit, per };
}

/** None of the parts holds a space, and no count has an asset. */
export function kindName(limit: Query): string {
  const { unit, asset, per } = limit;
  return `${unit} ${isUntilFinal(limit) ? "open" : (asset ?? "")} ${per.join(" ")}`;
}

function isUntilFinal({ unit, window }: Query): boolean {
  return unit === "actions" && window.kind === "open";
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
    place(shareOf(shares, key), kind, entry, line, sign);
  }
}

/**
 * Where a line counts (the state table of the design's section 8). While its entry is open, everywhere; then at the entry's date,
 * or nowhere if it was only reserved. A count line is dated by its reserve in every state: that is when its action began. For a limit on what is
 * open it counts as the entry's money does, until that is final.
 */
function place(share: Share, { untilFinal }: TallyKind, entry: Entry, { unit, amount }: Line, sign: 1n | -1n): void {
  const { state, aged, until, reservedAt } = entry;
  const isOpen = !aged && (state === "reserved" || state === "armed");
  if (isOpen) share.open += sign * amount;
  if (unit === "actions" && untilFinal !== true) addDate(share, reservedAt, sign * amount);
  else if (!isOpen && state !== "reserved" && (unit === "amount" || mayMove(entry))) addDate(share, until, sign * amount);
}

/** Whether an entry that is not open may have sent something: what was armed and never closed may, whatever is known of it. */
function mayMove({ state, calls, unlisted }: Entry): boolean {
  return state === "armed" || calls.some(({ verdict }) => verdict !== "never") || unlisted.some(({ amount }) => amount > 0n);
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
