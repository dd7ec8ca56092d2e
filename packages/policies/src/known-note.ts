import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { type EngineNote, noteText } from "./engine-note.js";
import type { EngineSettlements } from "./grants.js";

/** What this process knows of the note of an attempt that engines have a say in. */
export interface KnownNote extends EngineNote {
  /** Its effects are all that the attempt was ever allowed: what it said that it would do, and what its calls did beyond that. */
  context: ActionContext;
  /** All that was ever granted, also to engines that have been told. */
  settlements: readonly EngineSettlements[];
  /** Whether the ledger has a note of the attempt. */
  isStored: boolean;
  /** Whether it is the note of a whole attempt, and not of a call whose attempt is over or was none of the engines'. */
  isBegun: boolean;
  /** The rules whose engines the note is for, where others have been told already. */
  rules?: readonly string[] | undefined;
  /** The last telling that not all have heard. */
  telling?: symbol;
  /** When whoever looks may tell it, in milliseconds since 1970. */
  dueAt?: number;
}

/** What no note has must not be kept either, for as long as an engine takes. */
export function withoutArgs(context: ActionContext): ActionContext {
  return { ...context, args: null };
}

/** The rules whose engines the note is for. */
export function rulesOf({ rules, settlements }: KnownNote): readonly string[] {
  return rules ?? [...new Set(settlements.flatMap((given) => Object.keys(given)))];
}

/** The note as the ledger is to have it. */
export function textOf(known: KnownNote): string {
  const rules = rulesOf(known);
  const settlements = known.settlements.flatMap((given) => {
    const kept = Object.entries(given).filter(([id]) => rules.includes(id));
    return kept.length === 0 ? [] : [Object.fromEntries(kept)];
  });
  return noteText({ ...known, settlements });
}

/** Whether two lists name the same rules. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((rule) => other.includes(rule));
}

/** An attempt that was allowed more. */
export function withEffects(context: ActionContext, more: readonly Effect[]): ActionContext {
  return more.length === 0 ? context : { ...context, effects: [...context.effects, ...more] };
}
