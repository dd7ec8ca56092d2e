import { sha256Hex } from "@agentkit-policy/schema";
import { DatedSums } from "./dated-sums.js";
import { agesAt, type Entry, oldestOf } from "./entry.js";
import { byDate, canBeProven } from "./evidence.js";
import type { Freeze } from "./ledger.js";
import { byDueDate, noteDueAt } from "./note.js";
import { scopeKeyText } from "./scope-key.js";
import type { Store } from "./store.js";
import type { Tally, TallyKind } from "./tally.js";

interface MemoryTally extends Tally {
  readonly dates: DatedSums;
}

const minuteMs = 60_000;

/** The store of a ledger that lives in its process. */
export function memoryStore(): Store {
  const entries = new Map<string, Entry>();
  const byIntent = new Map<string, Set<string>>();
  /** Open entries by the minute in which they age. */
  const aging = new Map<number, Set<string>>();
  const unproven = new Set<string>();
  const noted = new Set<string>();
  const assets = new Set<string>();
  const kinds: TallyKind[] = [];
  const tallies = new Map<string, Map<string, MemoryTally>>();
  const freezes = new Map<string, Freeze>();
  let highWater = 0;

  function forget(entry: Entry): void {
    const at = agesAt(entry);
    if (at === undefined) return;
    const minute = Math.floor(at / minuteMs);
    const ids = aging.get(minute);
    ids?.delete(entry.attemptId);
    if (ids?.size === 0) aging.delete(minute);
  }

  return {
    entry: (attemptId) => entries.get(attemptId),
    entriesOfIntent: (key) => [...(byIntent.get(key) ?? [])].flatMap((attemptId) => entries.get(attemptId) ?? []),
    overdue(now, limit) {
      const found: Entry[] = [];
      for (const [minute, ids] of aging) {
        if (minute * minuteMs >= now) continue;
        for (const id of ids) {
          const entry = entries.get(id);
          if (entry !== undefined && (agesAt(entry) ?? now) < now) found.push(entry);
        }
      }
      return oldestOf(found, limit);
    },
    unproven(since, limit) {
      const found: Entry[] = [];
      for (const id of unproven) {
        const entry = entries.get(id);
        if (entry === undefined || entry.until < since) unproven.delete(id);
        else found.push(entry);
      }
      return found.sort(byDate).slice(0, limit);
    },
    untold: (now, limit) =>
      [...noted]
        .flatMap((id) => entries.get(id) ?? [])
        .filter((entry) => (noteDueAt(entry) ?? Number.POSITIVE_INFINITY) <= now)
        .sort(byDueDate)
        .slice(0, limit),
    eachEntry: (visit) => entries.forEach(visit),
    put(entry) {
      const { attemptId, intent, lines } = entry;
      const before = entries.get(attemptId);
      if (before !== undefined) forget(before);
      entries.set(attemptId, entry);
      if (intent !== undefined) placeIn(byIntent, intent.key, () => new Set<string>()).add(attemptId);
      const at = agesAt(entry);
      if (at !== undefined) placeIn(aging, Math.floor(at / minuteMs), () => new Set<string>()).add(attemptId);
      if (canBeProven(entry)) unproven.add(attemptId);
      else if (unproven.size > 0) unproven.delete(attemptId);
      if (noteDueAt(entry) !== null) noted.add(attemptId);
      else if (noted.size > 0) noted.delete(attemptId);
      for (const { asset } of lines) if (asset !== undefined) assets.add(asset);
    },
    // The texts would be most of what an entry holds, and the collector would carry them about.
    digest: sha256Hex,
    kinds: () => kinds,
    addKind(kind) {
      kinds.push(kind);
      tallies.set(kind.name, new Map());
    },
    tally: (kind, key) => {
      const ofKind = placeIn(tallies, kind.name, () => new Map<string, MemoryTally>());
      return placeIn(ofKind, scopeKeyText(key), () => ({
        kind,
        key,
        open: 0n,
        dated: 0n,
        windows: new Map(),
        dates: new DatedSums(),
      }));
    },
    saveTally: () => undefined,
    eachTally: (kind, visit) => tallies.get(kind.name)?.forEach(visit),
    addDated: (tally, date, amount) => (tally as MemoryTally).dates.add(date, amount),
    datedSum: (tally, from, before) => (tally as MemoryTally).dates.sum(from, before),
    assets: () => [...assets].sort(),
    freezes: () => [...freezes.values()],
    freeze: (freeze) => void freezes.set(freezeName(freeze), freeze),
    unfreeze: (freeze) => freezes.delete(freezeName(freeze)),
    highWater: () => highWater,
    raiseHighWater: (now) => {
      highWater = now;
    },
  };
}

function freezeName({ scope, value }: Pick<Freeze, "scope" | "value">): string {
  return `${scope} ${value}`;
}

function placeIn<Key, Value>(places: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = places.get(key);
  if (known !== undefined) return known;
  const made = make();
  places.set(key, made);
  return made;
}
