import { hourMs, indexDateOf } from "./counting.js";
import type { Entry } from "./entry.js";
import type { LineQuery, Store } from "./store.js";

/** Lines are found by the hour of their date, so that what has left every window costs a reserve nothing. */
type Hours = Map<number, Map<string, Entry>>;

/** The store of a ledger that lives in its process. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  const byAsset = new Map<string, Hours>();
  let highWater = 0;

  /** Forgets where an entry's lines were found. */
  function remove(entry: Entry): void {
    for (const line of entry.lines) {
      const hours = byAsset.get(keyOf(line));
      const hour = hourOf(indexDateOf(entry, line));
      const held = hours?.get(hour);
      held?.delete(entry.attemptId);
      if (held?.size === 0) hours?.delete(hour);
    }
  }

  /** Makes an entry's lines findable: one place for each asset and each hour. */
  function insert(entry: Entry): void {
    for (const line of entry.lines) {
      const hours = placeIn(byAsset, keyOf(line), () => new Map<number, Map<string, Entry>>());
      placeIn(hours, hourOf(indexDateOf(entry, line)), () => new Map<string, Entry>()).set(entry.attemptId, entry);
    }
  }

  return {
    entry: (attemptId) => entries.get(attemptId),
    put(entry) {
      const before = entries.get(entry.attemptId);
      if (before !== undefined) remove(before);
      entries.set(entry.attemptId, entry);
      insert(entry);
    },
    digest: (text) => text,
    eachLine(query, visit) {
      const { attemptId, since = 0 } = query;
      const { counterparty, ...scope } = query.scope;
      const names = Object.keys(scope) as (keyof typeof scope)[];
      const visitEntry = (entry: Entry): void => {
        for (const name of names) if (entry.scopes[name] !== scope[name]) return;
        for (const line of entry.lines) {
          if (line.unit !== query.unit || line.asset !== query.asset || line.amount === 0n) continue;
          if (counterparty === undefined || counterparty === line.counterparty) visit(entry, line);
        }
      };
      if (attemptId !== undefined) {
        const own = entries.get(attemptId);
        if (own !== undefined) visitEntry(own);
        return;
      }
      const earliest = hourOf(since);
      byAsset.get(keyOf(query))?.forEach((held, hour) => {
        if (hour >= earliest) held.forEach(visitEntry);
      });
    },
    assets: () => [...new Set([...entries.values()].flatMap((entry) => entry.lines.flatMap((line) => line.asset ?? [])))].sort(),
    highWater: () => highWater,
    raiseHighWater: (now) => {
      highWater = now;
    },
  };
}

function placeIn<Key, Value>(places: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = places.get(key);
  if (known !== undefined) return known;
  const made = make();
  places.set(key, made);
  return made;
}

function hourOf(date: number): number {
  return Math.floor(date / hourMs);
}

function keyOf({ unit, asset }: Pick<LineQuery, "unit" | "asset">): string {
  return asset === undefined ? unit : `${unit} ${asset}`;
}
