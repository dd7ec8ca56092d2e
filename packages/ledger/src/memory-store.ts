import { hourMs, indexDateOf } from "./counting.js";
import type { Entry, Line } from "./entry.js";
import type { HeldLine, Store } from "./store.js";

/** Lines are found by the hour of their date, so that what has left every window costs a reserve nothing. */
type Hours = Map<number, Map<string, Entry>>;

/** The store of a ledger that lives in its process. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  const byAsset = new Map<string, Hours>();
  let highWater = 0;

  /** Where an entry's lines are kept: one place for each asset and each hour. */
  function places(entry: Entry): { readonly asset: string; readonly hour: number }[] {
    return entry.lines.map((line) => ({ asset: keyOf(line), hour: hourOf(indexDateOf(entry, line)) }));
  }

  return {
    entry: (attemptId) => entries.get(attemptId),
    put(entry) {
      const before = entries.get(entry.attemptId);
      for (const { asset, hour } of before === undefined ? [] : places(before)) {
        const hours = byAsset.get(asset);
        hours?.get(hour)?.delete(entry.attemptId);
        if (hours?.get(hour)?.size === 0) hours.delete(hour);
      }
      entries.set(entry.attemptId, entry);
      for (const { asset, hour } of places(entry)) {
        const hours: Hours = byAsset.get(asset) ?? new Map();
        byAsset.set(asset, hours);
        const held = hours.get(hour) ?? new Map<string, Entry>();
        hours.set(hour, held.set(entry.attemptId, entry));
      }
    },
    *lines(query) {
      const { attemptId, since = 0 } = query;
      const { counterparty, ...scope } = query.scope;
      const named = Object.entries(scope) as [keyof typeof scope, string][];
      function* linesOf(entry: Entry): Iterable<HeldLine> {
        if (!named.every(([name, value]) => entry.scopes[name] === value)) return;
        for (const line of entry.lines) {
          if (line.unit !== query.unit || line.asset !== query.asset || line.amount === 0n) continue;
          if (counterparty === undefined || counterparty === line.counterparty) yield { entry, line };
        }
      }
      if (attemptId !== undefined) {
        const own = entries.get(attemptId);
        if (own !== undefined) yield* linesOf(own);
        return;
      }
      for (const [hour, held] of byAsset.get(keyOf(query)) ?? []) {
        if (hour < hourOf(since)) continue;
        for (const entry of held.values()) yield* linesOf(entry);
      }
    },
    assets: () => [...new Set([...entries.values()].flatMap((entry) => entry.lines.flatMap((line) => line.asset ?? [])))].sort(),
    highWater: () => highWater,
    raiseHighWater: (now) => {
      highWater = now;
    },
  };
}

function hourOf(date: number): number {
  return Math.floor(date / hourMs);
}

function keyOf({ unit, asset }: Pick<Line, "unit" | "asset">): string {
  return asset === undefined ? unit : `${unit} ${asset}`;
}
