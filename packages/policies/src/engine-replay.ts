import { type Logger, type SettledOutcome, UnsettledError } from "@agentkit-policy/core";
import { BackgroundPasses, type Ledger, type UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext } from "@agentkit-policy/schema";
import type { EngineJournal } from "./engine-journal.js";
import { type EngineNote, noteOf, noteText } from "./engine-note.js";
import type { Engines } from "./engines.js";
import { messageOf } from "./message-of.js";
import { type EvidenceParts, evidenceOn } from "./unclosed-evidence.js";

/** So many notes are told in one pass. */
const notesPerPass = 100;

export interface EngineReplayParts {
  readonly ledger: Ledger;
  readonly engines: Engines;
  readonly journal: EngineJournal;
  /** Looks for what attempts have moved whose process died before it could say so; undefined where no chain can be asked. */
  readonly evidence: EvidenceParts | undefined;
  readonly logger: Logger;
}

/**
 * Tells the engines of a policy what became of attempts whose own process did not: at the start, and later when it is due. A pass returns
 * the attempts that all engines know of now.
 */
export type EngineReplay = BackgroundPasses<string>;

export function createEngineReplay(parts: EngineReplayParts): EngineReplay {
  return new BackgroundPasses(
    () => toldIn(parts),
    (problem) => parts.logger.warn(`telling engines what became of attempts failed, and is tried again: ${problem}`),
  );
}

async function toldIn(parts: EngineReplayParts): Promise<string[]> {
  const told: string[] = [];
  // What is left to other processes is due all the time, and does not keep from its turn what can be told here.
  const most = notesPerPass + parts.journal.leftCount;
  for (const untold of await parts.ledger.untold(most)) if (await tell(untold, parts)) told.push(untold.attemptId);
  return told;
}

/** @returns whether all engines know now */
async function tell(untold: UntoldNote, { ledger, engines, journal, evidence, logger }: EngineReplayParts): Promise<boolean> {
  const { attemptId } = untold;
  let note: EngineNote;
  try {
    note = noteOf(untold.note);
  } catch (error) {
    const reason = messageOf(error);
    logger.warn(`what engines hold for ${attemptId} cannot be read, and is set aside for an operator: ${reason}`);
    await ledger.note({ attemptId, mark: { kind: "set_aside", reason } });
    return false;
  }
  const { context, settlements } = note;
  const strangers = engines.strangersIn(settlements);
  if (strangers.length > 0 && journal.isLeft(attemptId)) return false;
  try {
    const known = untold.state === "closed" ? untold : await provenOf(untold, context, ledger, evidence);
    if (known === undefined) return false;
    const isOurs = settlements.some((given) => engines.heardOf(given) !== undefined);
    if (known.state !== "closed" && isOurs)
      logger.warn(`nobody can say what ${attemptId} has moved: all that it holds counts as spent`);
    journal.found(context, settlements);
    const remember = journal.remember.bind(journal, context);
    await engines.settle(context, outcomeOf(known, context), settlements, { recovered: true }, remember);
  } catch (error) {
    logger.warn(`${attemptId} could not be settled with all engines yet: ${messageOf(error)}`);
    // It is not given up as long as others have not heard.
    if (strangers.length > 0 && UnsettledError.isInstance(error) && error.isHopeless) journal.leave(attemptId, strangers);
    else journal.untold(attemptId, error);
    return false;
  }
  if (strangers.length > 0) {
    journal.leave(attemptId, strangers, restOf(note, strangers));
    return false;
  }
  journal.told(attemptId);
  return true;
}

/**
 * The note without what the engines of this policy held, who have been told: of two processes that each know some of them, neither would
 * ever know all. Undefined where none of it was theirs.
 */
function restOf({ context, settlements }: EngineNote, strangers: readonly string[]): string | undefined {
  const rest = settlements.flatMap((given) => {
    const left = Object.entries(given).filter(([id]) => strangers.includes(id));
    return left.length === 0 ? [] : [Object.fromEntries(left)];
  });
  const isSame = settlements.every((given) => Object.keys(given).every((id) => strangers.includes(id)));
  return isSame ? undefined : noteText({ context, settlements: rest });
}

/** What an attempt that nobody has closed has moved, closed by what its chain shows; undefined where that is to be seen later. */
async function provenOf(
  untold: UntoldNote,
  context: ActionContext,
  ledger: Ledger,
  parts: EvidenceParts | undefined,
): Promise<Known | undefined> {
  // Where nobody looks at a chain, all that is held counts as spent: the safe side.
  const found = parts === undefined ? ({ kind: "none" } as const) : await evidenceOn(untold, context, parts);
  if (found.kind === "none") return untold;
  const { attemptId } = untold;
  if (found.kind === "not_yet") {
    await ledger.note({ attemptId, mark: { kind: "later", afterMs: found.afterMs } });
    return undefined;
  }
  await ledger.close(found.close);
  return { state: "closed", spent: found.close.spent };
}

/** What is known of an attempt by now. */
type Known = Pick<UntoldNote, "state" | "spent">;

/** Where nobody has closed an attempt, all that it holds counts as spent: the safe side. */
function outcomeOf({ state, spent }: Known, { effects }: ActionContext): SettledOutcome {
  const nothingLeft = state === "closed" && spent.length === 0;
  return {
    status: nothingLeft ? "failed" : "unknown",
    entered: true,
    // The ledger keeps amounts and nothing of their kind, which is that of what the attempt said it would do.
    spent: spent.map((line) => ({ kind: effects.find(({ asset }) => asset === line.asset)?.kind ?? "transfer", ...line })),
    transactions: [],
    journalComplete: state === "closed",
    durationMs: 0,
    calls: [],
  };
}
