import { counts, earliestDate, isOpen } from "./counting.js";
import { type Entry, isAlive, type Line } from "./entry.js";
import type { Balance, BalanceQuery, Limit, Refusal, Scope, ScopeValues } from "./ledger.js";
import { refuse } from "./request.js";
import type { HeldLine, Store } from "./store.js";

/** The moment and the attempt for which a limit is asked. */
export interface Moment {
  readonly now: number;
  readonly marginMs: number;
  readonly attemptId?: string;
}

type ScopeKey = Readonly<Partial<Record<Scope, string>>>;

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
    const sums = new Map<string, { readonly key: ScopeKey; sum: bigint }>();
    for (const line of [...newlyCounted(limit, scopes, entry), ...lines.filter((asked) => concerns(limit, asked))]) {
      const key = scopeKey(limit, scopes, line);
      if (typeof key === "string") {
        return refuse("missing_scope", `the limit "${limit.id}" counts per ${key}, and this attempt names none`, limit.id);
      }
      const text = JSON.stringify(key);
      const known = sums.get(text) ?? { key, sum: 0n };
      known.sum += line.amount;
      sums.set(text, known);
    }
    for (const { key, sum } of sums.values()) {
      const counted = total(countedLines(store, limit, key, moment));
      const max = BigInt(limit.max);
      if (counted + sum <= max) continue;
      const left = counted < max ? max - counted : 0n;
      return refuse("over_limit", `the limit "${limit.id}" has ${left} left of ${max}, and ${sum} was asked`, limit.id);
    }
  }
  return undefined;
}

/** Lines of earlier steps that a limit counts only now, because this step is the first to name a scope of it. */
function newlyCounted(limit: Limit, scopes: ScopeValues, entry: Entry | undefined): Line[] {
  if (entry === undefined || !limit.per.some((scope) => scope !== "counterparty" && entry.scopes[scope] === undefined)) return [];
  return entry.lines.filter((line) => concerns(limit, line) && typeof scopeKey(limit, scopes, line) !== "string");
}

function concerns(limit: Limit, { unit, asset, amount }: Line): boolean {
  return unit === limit.unit && asset === limit.asset && amount > 0n;
}

/** What limits count at a moment. */
export function balancesOf(store: Store, { limits, scopes }: BalanceQuery, moment: Moment): Balance[] {
  return limits.flatMap((limit) => {
    if (limit.window.kind === "attempt") return [];
    if (scopes !== undefined) {
      const key = scopeKey(limit, scopes, scopes.counterparty === undefined ? {} : { counterparty: scopes.counterparty });
      return typeof key === "string" ? [] : [balanceOf(limit, key, countedLines(store, limit, key, moment), moment.now)];
    }
    const groups = new Map<string, { readonly key: ScopeKey; readonly lines: HeldLine[] }>();
    if (limit.per.length === 0) groups.set("{}", { key: {}, lines: [] });
    for (const held of countedLines(store, limit, {}, moment)) {
      const key = scopeKey(limit, held.entry.scopes, held.line);
      // An entry that never named the scope was never granted under this limit; it has no balance to show.
      if (typeof key === "string") continue;
      const text = JSON.stringify(key);
      const group = groups.get(text) ?? { key, lines: [] };
      group.lines.push(held);
      groups.set(text, group);
    }
    return [...groups.values()].map(({ key, lines }) => balanceOf(limit, key, lines, moment.now));
  });
}

function balanceOf(limit: Limit, key: ScopeKey, lines: readonly HeldLine[], now: number): Balance {
  const counted = total(lines);
  const max = BigInt(limit.max);
  return {
    limitId: limit.id,
    scope: key as Readonly<Record<string, string>>,
    ...(limit.asset === undefined ? {} : { asset: limit.asset }),
    unit: limit.unit,
    counted: counted.toString(),
    open: total(lines.filter(({ entry }) => isOpen(entry, now) || isAlive(entry, now))).toString(),
    max: limit.max,
    left: (counted < max ? max - counted : 0n).toString(),
  };
}

function countedLines(store: Store, limit: Limit, scope: ScopeKey, moment: Moment): HeldLine[] {
  const frame = { ...moment, window: limit.window };
  // What is open is not told by its date: a count line is dated by its reserve, and its entry may be open still.
  const since = limit.window.kind === "open" && limit.unit === "actions" ? undefined : earliestDate(frame);
  const query = {
    unit: limit.unit,
    scope,
    ...(limit.asset === undefined ? {} : { asset: limit.asset }),
    ...(limit.window.kind === "attempt" && moment.attemptId !== undefined ? { attemptId: moment.attemptId } : {}),
    ...(since === undefined ? {} : { since }),
  };
  const byCounterparty = limit.per.includes("counterparty");
  return [...store.lines(query)].filter(({ entry, line }) => {
    return line.amount > 0n && (byCounterparty || line.perCounterpartyOnly !== true) && counts(entry, line, frame);
  });
}

/** The scope values under which a line counts for a limit, or the name of the one that is absent. */
function scopeKey(limit: Limit, scopes: ScopeValues, line: Pick<Line, "counterparty">): ScopeKey | Scope {
  const key: Partial<Record<Scope, string>> = {};
  for (const scope of limit.per) {
    const value = scope === "counterparty" ? line.counterparty : scopes[scope];
    if (value === undefined) return scope;
    key[scope] = value;
  }
  return key;
}

function total(lines: readonly HeldLine[]): bigint {
  return lines.reduce((sum, { line }) => sum + line.amount, 0n);
}
