import type { Entry, Line } from "./entry.js";
import type { Balance, BalanceQuery, Limit, Refusal, Scope, ScopeValues } from "./ledger.js";
import { refuse } from "./request.js";
import { type ScopeKey, scopeKey, scopeKeyText } from "./scope-key.js";
import type { Store } from "./store.js";
import { countedIn, countedOf, kindOfLimit } from "./tallies.js";
import type { Tally } from "./tally.js";

/** The moment at which a limit is asked. */
export interface Moment {
  readonly now: number;
  readonly marginMs: number;
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
    if (sums.size === 0) continue;
    const max = BigInt(limit.max);
    for (const { key, sum } of sums.values()) {
      const counted = countedBy(store, limit, key, entry, moment);
      if (counted + sum <= max) continue;
      const left = counted < max ? max - counted : 0n;
      return refuse("over_limit", `the limit "${limit.id}" has ${left} left of ${max}, and ${sum} was asked`, limit.id);
    }
  }
  return undefined;
}

/** What a limit counts already. In a window of one attempt, that is what this one holds. */
function countedBy(store: Store, limit: Limit, key: ScopeKey, entry: Entry | undefined, { now, marginMs }: Moment): bigint {
  if (limit.window.kind !== "attempt") return countedOf(store, kindOfLimit(store, limit), key, limit, now, marginMs);
  const text = scopeKeyText(key);
  let sum = 0n;
  for (const line of entry?.lines ?? []) {
    if (!concerns(limit, line) || (line.perCounterpartyOnly === true && !limit.per.includes("counterparty"))) continue;
    const own = scopeKey(limit.per, entry?.scopes ?? {}, line);
    if (typeof own !== "string" && scopeKeyText(own) === text) sum += line.amount;
  }
  return sum;
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
    const kind = kindOfLimit(store, limit);
    // A balance that was asked for is told even where it is nothing, and so is that of all.
    if (scopes !== undefined || limit.per.length === 0) return [balanceOf(store, limit, store.tally(kind, wanted), moment)];
    const balances: Balance[] = [];
    store.eachTally(kind, (tally) => {
      const balance = balanceOf(store, limit, tally, moment);
      if (balance.counted !== "0") balances.push(balance);
    });
    return balances;
  });
}

function balanceOf(store: Store, limit: Limit, tally: Tally, { now, marginMs }: Moment): Balance {
  const max = BigInt(limit.max);
  const counted = countedIn(store, tally, limit.window, now, marginMs);
  // An action of yesterday that is still open counts in yesterday only.
  const open = tally.open < counted ? tally.open : counted;
  return {
    limitId: limit.id,
    scope: tally.key as Readonly<Record<string, string>>,
    ...(limit.asset === undefined ? {} : { asset: limit.asset }),
    unit: limit.unit,
    counted: counted.toString(),
    open: open.toString(),
    max: limit.max,
    left: (counted < max ? max - counted : 0n).toString(),
  };
}
