import type { ReserveRequest } from "./ledger.js";
import { scopeKey } from "./scope-key.js";
import { kindName, type StoredKind, type TallyKind, tallyKeyText } from "./tally.js";

/** What a verb looks at, named before it is fetched. */
export interface Needs {
  /** Entries, by attempt. */
  readonly attempts: readonly string[];
  /** The entries of intents, by key. */
  readonly intents: readonly string[];
  /** Tallies by the number of their kind and the text of their key. */
  readonly tallies: readonly (readonly [kind: number, key: string])[];
  /** All tallies of these kinds. */
  readonly kinds: readonly number[];
  /** Sums of what tallies have from one date on, and before another. */
  readonly sums: readonly (readonly [kind: number, key: string, from: number, before: number])[];
  /** Closed entries with calls that can still be proven and a date (`unprovenUntil`) from one on: so many, by date and then by attempt. */
  readonly unproven: readonly (readonly [since: number, limit: number])[];
  /** Entries with a note that is due (`noteDue`) at a moment: so many, by that date and then by attempt. */
  readonly untold: readonly (readonly [now: number, limit: number])[];
}

export const nothing: Needs = { attempts: [], intents: [], tallies: [], kinds: [], sums: [], unproven: [], untold: [] };

/** Everything that either names. */
export function bothNeeds(one: Needs, other: Needs): Needs {
  return {
    attempts: [...new Set([...one.attempts, ...other.attempts])],
    intents: [...new Set([...one.intents, ...other.intents])],
    tallies: [...one.tallies, ...other.tallies],
    kinds: [...new Set([...one.kinds, ...other.kinds])],
    sums: [...one.sums, ...other.sums],
    unproven: [...one.unproven, ...other.unproven],
    untold: [...one.untold, ...other.untold],
  };
}

/** Thrown by a store that was asked for what it has not fetched. Whoever runs the verb fetches it and runs the verb anew. */
export class Missing extends Error {
  override readonly name = "Missing";
  readonly needs: Needs;
  /** A kind of tally that nobody asked for before: its tallies have to be made from all entries. */
  readonly newKind: TallyKind | undefined;

  constructor(needs: Partial<Needs>, newKind?: TallyKind) {
    super("a verb looked at what was not fetched");
    this.needs = { ...nothing, ...needs };
    this.newKind = newKind;
  }
}

/** What a reserve is going to look at, as far as that can be told before the ledger is asked. */
export function needsOfReserve(
  { attemptId, intent, limits, lines, scopes }: ReserveRequest,
  kinds: readonly StoredKind[],
): Needs {
  const tallies: [number, string][] = [];
  for (const limit of limits) {
    const { unit, per, window } = limit;
    const kind = window.kind === "attempt" ? undefined : kinds.find(({ name }) => name === kindName(limit));
    if (kind === undefined) continue;
    for (const line of lines) {
      const key = line.unit === unit ? scopeKey(per, scopes, line.unit === "amount" ? line : {}) : unit;
      if (typeof key !== "string") tallies.push([kind.id, tallyKeyText(key)]);
    }
  }
  return { ...nothing, attempts: [attemptId], intents: intent === undefined ? [] : [intent.key], tallies };
}
