import { type Entry, entryWith } from "./entry.js";
import { toldLines } from "./evidence.js";
import type { NoteRequest, UntoldNote } from "./ledger.js";

/** What an entry's owner wants to hear again once the entry is settled, until it is known to have been told. */
export interface Note {
  /** The owner's own text; the ledger does not read it. */
  readonly text: string;
  /** When it is due to be told by whoever looks, in milliseconds since 1970; null where it is set aside. */
  readonly dueAt: number | null;
  /** Why it was set aside. */
  readonly problem?: string;
}

/**
 * So long after an entry can be told of, its own process is left to tell. Afterwards anybody does: twice at worst, which whoever hears it
 * has to bear in any case.
 */
const ownTurnMs = 10_000;

/** The entry with a note, or with the date of its note, as of an arm: until `sendBy` its process may still act. */
export function notedEntry(entry: Entry, text: string | undefined): Entry {
  const { note, sendBy } = entry;
  const kept = text ?? note?.text;
  return kept === undefined ? entry : entryWith(entry, { note: { text: kept, dueAt: sendBy + ownTurnMs } });
}

/** The entry as its close leaves its note: told by its own process now, and by another one a little later. */
export function noteDueAfterClose(entry: Entry, now: number): Entry {
  const { note, state, sendBy } = entry;
  if (note === undefined || note.dueAt === null) return entry;
  // A call in flight may be closed by its own process yet.
  const since = state === "armed" ? Math.max(now, sendBy) : now;
  return entryWith(entry, { note: { ...note, dueAt: since + ownTurnMs } });
}

/** The entry with what a note request makes of its note. One that is told, or was never there, is told. */
export function markedEntry(entry: Entry, mark: NoteRequest["mark"], now: number): Entry {
  const { note } = entry;
  if (note === undefined) return entry;
  switch (mark.kind) {
    case "told":
      return entryWith(entry, { note: undefined });
    case "later":
      return note.dueAt === null ? entry : entryWith(entry, { note: { ...note, dueAt: now + mark.afterMs } });
    case "replaced":
      return entryWith(entry, { note: { ...note, text: mark.note } });
    case "set_aside":
      return entryWith(entry, { note: { text: note.text, dueAt: null, problem: mark.reason } });
  }
}

/** When a note is due; null where there is none to tell. */
export function noteDueAt({ note }: Entry): number | null {
  return note?.dueAt ?? null;
}

/** What is due first. */
export function byDueDate(one: Entry, other: Entry): number {
  return (noteDueAt(one) ?? 0) - (noteDueAt(other) ?? 0) || (one.attemptId < other.attemptId ? -1 : 1);
}

/** What whoever tells a note has to know of its entry. */
export function untoldNoteOf(entry: Entry, now: number): UntoldNote | undefined {
  const { attemptId, note, state, scopes, reservedAt, sendBy, until, signatureDeadline, lines } = entry;
  if (note === undefined) return undefined;
  const spent = toldLines(lines);
  return { attemptId, note: note.text, state, scopes, now, reservedAt, sendBy, until, signatureDeadline, spent };
}
