import { counts, earliestDate, isOpen } from "./counting.js";
import { type Entry, isAlive, type Line } from "./entry.js";
import type { Balance, BalanceQuery, Limit, Refusal, Scope, ScopeValues } from "./ledger.js";
import { refuse } from "./request.js";
import { type ScopeKey, scopeKey, scopeKeyText } from "./scope-key.js";
import type { LineFilter, LineQuery, LineVisitor, Store } from "./store.js";

/** The moment and the attempt for which a limit is asked. */
export interface Moment {
  readonly now: number;
  readonly marginMs: number;
  readonly attemptId?: string;
}

/** What a step asks for. */
export interface Asked {
  readonly limits: readonly Limit[];
  /** The scope values of the entry that will hold the lines. */
  readonly scopes: ScopeValues;
  readonly lines: readonly Line[];
  /** The entry, where earlier steps have made one. */
  readonly entry: Entry | undefined;
}

/** The first limit that has no room for what is asked, or none. The invariant at every grant: counted + asked <= maximum. */
export function checkLimits(store: Store, { limits, scopes, lines, entry }: Asked, moment: Moment): Refusal | undefined {
  for (const limit of limits) {
    const sums = askedSums(limit, scopes, entry === undefined ? lines : [...newlyCounted(limit, scopes, entry), ...lines]);
    if (typeof sums === "string") {
      return refuse("missing_scope", `the limit "${limit.id}" counts per ${sums}, and this attempt names none`, limit.id);
    }
    const max = BigInt(limit.max);
    for (const { key, sum } of sums.values()) {
      const counted = countedTotal(store, limit, key, moment);
      if (counted + sum <= max) continue;
      const left = counted < max ? max - counted : 0n;
      return refuse("over_limit", `the limit "${limit.id}" has ${left} left of ${max}, and ${sum} was asked`, limit.id);
    }
  }
  return undefined;
}

/** What is asked of each balance of a limit, or the name of a scope by which it counts and which is absent. */
function askedSums(
  limit: Limit,
  scopes: ScopeValues,
  lines: readonly Line[],
): ReadonlyMap<string, { readonly key: ScopeKey; sum: bigint }> | Scope {
  const sums = new Map<string, { readonly key: ScopeKey; sum: bigint }>();
  for (const line of lines) {
    if (!concerns(limit, line)) continue;
    const key = scopeKey(limit.per, scopes, line);
    if (typeof key === "string") return key;
    const text = scopeKeyText(key);
    const known = sums.get(text);
    if (known === undefined) sums.set(text, { key, sum: line.amount });
    else known.sum += line.amount;
  }
  return sums;
}

/** Lines of earlier steps that a limit counts only now, because this step is the first to name a scope of it. */
function newlyCounted(limit: Limit, scopes: ScopeValues, entry: Entry): Line[] {
  if (!limit.per.some((scope) => scope !== "counterparty" && entry.scopes[scope] === undefined)) return [];
  return entry.lines.filter((line) => typeof scopeKey(limit.per, scopes, line) !== "string");
}

function concerns(limit: Limit, { unit, asset, amount }: Line): boolean {
  return unit === limit.unit && asset === limit.asset && amount > 0n;
}

/** What limits count at a moment. */
export function balancesOf(store: Store, { limits, scopes }: BalanceQuery, moment: Moment): Balance[] {
  return limits.flatMap((limit) => {
    if (limit.window.kind === "attempt") return [];
    const wanted = scopes === undefined ? {} : scopeKey(limit.per, scopes, scopes);
    if (typeof wanted === "string") return [];
    const groups = new Map<string, Group>();
    const groupOf = (key: ScopeKey): Group => {
      const text = scopeKeyText(key);
      const group = groups.get(text) ?? { key, counted: 0n, open: 0n };
      groups.set(text, group);
      return group;
    };
    // A balance that was asked for is told even where it is nothing, and so is that of all.
    if (scopes !== undefined || limit.per.length === 0) groupOf(wanted);
    eachCounted(store, limit, wanted, moment, (entry, line) => {
      const key = scopeKey(limit.per, entry.scopes, line);
      // An entry that never named the scope was never granted under this limit; it has no balance to show.
      if (typeof key === "string") return;
      const group = groupOf(key);
      group.counted += line.amount;
      if (isOpen(entry, moment.now) || isAlive(entry, moment.now)) group.open += line.amount;
    });
    return [...groups.values()].map((group) => balanceOf(limit, group));
  });
}

/** The lines of one balance, added up. */
interface Group {
  readonly key: ScopeKey;
  counted: bigint;
  open: bigint;
}

function balanceOf(limit: Limit, { key, counted, open }: Group): Balance {
  const max = BigInt(limit.max);
  return {
    limitId: limit.id,
    scope: key as Readonly<Record<string, string>>,
    ...(limit.asset === undefined ? {} : { asset: limit.asset }),
    unit: limit.unit,
    counted: counted.toString(),
    open: open.toString(),
    max: limit.max,
    left: (counted < max ? max - counted : 0n).toString(),
  };
}

function countedTotal(store: Store, limit: Limit, scope: ScopeKey, moment: Moment): bigint {
  const { kind } = limit.window;
  if (kind !== "attempt" && kind !== "open") {
    // A window of time: what is closed counts by its date alone.
    const { query, counted } = countedBy(limit, scope, moment);
    return store.sum(query, counted);
  }
  let sum = 0n;
  eachCounted(store, limit, scope, moment, (_entry, line) => {
    sum += line.amount;
  });
  return sum;
}

/** Visits the lines that a limit counts at a moment, of entries with these scope values. */
function eachCounted(store: Store, limit: Limit, scope: ScopeKey, moment: Moment, visit: LineVisitor): void {
  const { query, counted } = countedBy(limit, scope, moment);
  store.eachLine(query, (entry, line) => {
    if (line.amount !== 0n && counted(entry, line)) visit(entry, line);
  });
}

/** Which lines a limit counts at a moment, of entries with these scope values. */
function countedBy(
  { unit, asset, per, window }: Limit,
  scope: ScopeKey,
  { now, marginMs, attemptId }: Moment,
): { readonly query: LineQuery; readonly counted: LineFilter } {
  const frame = { window, now, marginMs, attemptId };
  // What is open is not told by its date: a count line is dated by its reserve, and its entry may be open still.
  const since = window.kind === "open" && unit === "actions" ? undefined : earliestDate(frame);
  const own = window.kind === "attempt" ? attemptId : undefined;
  const query = { unit, asset, attemptId: own, scope, since, perCounterparty: per.includes("counterparty") };
  return { query, counted: (entry, line) => counts(entry, line, frame) };
}
