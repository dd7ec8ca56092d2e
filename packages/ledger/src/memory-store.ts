import { sha256Hex } from "@agentkit-policy/schema";
import { dateOf, hourMs } from "./counting.js";
import type { Entry, Line } from "./entry.js";
import { eachLineOf, HourOfLines } from "./hour-of-lines.js";
import type { Store } from "./store.js";

/** Lines are found by the hour of their date, so that what has left every window costs a reserve nothing. */
type Hours = Map<number, HourOfLines>;

/** The store of a ledger that lives in its process. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  /** By asset; what is counted in actions has none. */
  const byAsset = new Map<string | undefined, Hours>();
  const byIntent = new Map<string, Set<string>>();
  let highWater = 0;

  /** Forgets where an entry's lines were found. */
  function remove(entry: Entry): void {
    for (const line of entry.lines) {
      byAsset
        .get(line.asset)
        ?.get(hourOf(dateOf(entry, line)))
        ?.remove(entry);
    }
  }

  /** Makes an entry's lines findable. A line of nothing is in no sum. */
  function insert(entry: Entry): void {
    for (const line of entry.lines) {
      if (line.amount === 0n) continue;
      const hours = placeIn(byAsset, line.asset, () => new Map<number, HourOfLines>());
      placeIn(hours, hourOf(dateOf(entry, line)), () => newHour(hours, line)).add(entry, line);
    }
  }

  return {
    entry: (attemptId) => entries.get(attemptId),
    entriesOfIntent: (key) => [...(byIntent.get(key) ?? [])].flatMap((attemptId) => entries.get(attemptId) ?? []),
    put(entry) {
      const before = entries.get(entry.attemptId);
      if (before !== undefined) remove(before);
      entries.set(entry.attemptId, entry);
      if (entry.intent !== undefined) placeIn(byIntent, entry.intent.key, () => new Set<string>()).add(entry.attemptId);
      insert(entry);
    },
    // The texts would be most of what an entry holds, and the collector would carry them about.
    digest: sha256Hex,
    eachLine(query, visit) {
      if (query.attemptId !== undefined) {
        const own = entries.get(query.attemptId);
        if (own !== undefined) eachLineOf(own, query, query, visit);
        return;
      }
      const earliest = hourOf(query.since ?? 0);
      byAsset.get(query.asset)?.forEach((lines, hour) => {
        if (hour < earliest) return;
        lines.eachOpen(query, visit);
        lines.eachClosed(query, visit);
      });
    },
    sum(query, counted) {
      const { since = 0 } = query;
      const earliest = hourOf(since);
      let sum = 0n;
      const add = (entry: Entry, line: Line): void => {
        if (counted(entry, line)) sum += line.amount;
      };
      byAsset.get(query.asset)?.forEach((lines, hour) => {
        if (hour < earliest) return;
        lines.eachOpen(query, add);
        // Only in the hour in which the window begins are there closed lines on both sides.
        if (hour * hourMs >= since) sum += lines.closedSum(query);
        else lines.eachClosed(query, add);
      });
      return sum;
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

/** A new hour, in whose favour those are forgotten that hold nothing any more. */
function newHour(hours: Hours, { unit, asset }: Line): HourOfLines {
  for (const [hour, lines] of hours) if (lines.isEmpty) hours.delete(hour);
  return new HourOfLines({ unit, asset });
}
