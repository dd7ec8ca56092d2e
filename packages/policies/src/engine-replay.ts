import type { Logger, SettledOutcome } from "@agentkit-policy/core";
import { BackgroundPasses, type Ledger, type UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext } from "@agentkit-policy/schema";
import type { EngineJournal } from "./engine-journal.js";
import { type EngineNote, noteOf } from "./engine-note.js";
import type { Engines } from "./engines.js";
import { unsettledOf } from "./hearing.js";
import { messageOf } from "./message-of.js";
import type { OutflowReader } from "./rpc-outflow.js";
import { type Evidence, type EvidenceParts, evidenceOn } from "./unclosed-evidence.js";

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
    (signal) => toldIn(parts, signal),
    (problem) => parts.logger.warn(`telling engines what became of attempts failed, and is tried again: ${problem}`),
  );
}

async function toldIn(parts: EngineReplayParts, signal: AbortSignal): Promise<string[]> {
  const told: string[] = [];
  const { evidence } = parts;
  const pass = { ...parts, signal, evidence: evidence && { ...evidence, outflowOf: readerOfPass(evidence.outflowOf, signal) } };
  // What is left to other processes is due all the time, and does not keep from its turn what can be told here.
  const most = notesPerPass + parts.journal.leftCount;
  const due = await parts.ledger.untold(most);
  if (due.length < most) parts.journal.forgetUnless(new Set(due.map(({ attemptId }) => attemptId)));
  for (const untold of due) {
    if (signal.aborted) break;
    if (await tell(untold, pass)) told.push(untold.attemptId);
  }
  return told;
}

/** A chain that has let its time pass is not asked again in the same pass: each further attempt of its would take as long. */
function readerOfPass(outflowOf: OutflowReader, signal: AbortSignal): OutflowReader {
  const silent = new Map<string, Error>();
  return async (question) => {
    const problem = silent.get(question.chainId);
    if (problem !== undefined) throw problem;
    try {
      return await outflowOf(question, signal);
    } catch (error) {
      if (error instanceof Error && error.name === "TimeoutError") silent.set(question.chainId, error);
      throw error;
    }
  };
}

/** What a pass tells with. */
interface PassParts extends EngineReplayParts {
  /** Once it fires, nothing more is told or written. */
  readonly signal: AbortSignal;
}

/** @returns whether all engines know now */
async function tell(untold: UntoldNote, { ledger, engines, journal, evidence, logger, signal }: PassParts): Promise<boolean> {
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
  const { context, settlements, owners } = note;
  const { own, strangers } = engines.shareOf(settlements, owners);
  if (strangers.length > 0 && journal.isLeft(attemptId)) return false;
  let known: Known | undefined;
  try {
    known = untold.state === "closed" ? untold : await provenOf(untold, context, { ledger, evidence, signal });
  } catch (error) {
    // What was stopped has not failed; its note stays due.
    if (signal.aborted) return false;
    logger.warn(`${attemptId} could not be settled with all engines yet: ${messageOf(error)}`);
    journal.putOff(attemptId, error);
    return false;
  }
  if (known === undefined || signal.aborted) return false;
  if (known.state !== "closed" && own.length > 0) {
    const why = known.reason === undefined ? "" : ` (${known.reason})`;
    logger.warn(`nobody can say what ${attemptId} has moved: all that it holds counts as spent${why}`);
  }
  journal.found(note);
  const remember = journal.remember.bind(journal, attemptId);
  const unheard = await engines.settle(context, outcomeOf(known, context), own, { recovered: true, remember, signal });
  if (unheard.length > 0) {
    if (signal.aborted) return false;
    logger.warn(`${attemptId} could not be settled with all engines yet: ${unsettledOf(unheard).message}`);
    journal.untold(attemptId, unheard, strangers);
    return false;
  }
  if (strangers.length > 0) {
    journal.leave(attemptId, strangers);
    return false;
  }
  journal.told(attemptId);
  return true;
}

/** What an attempt that nobody has closed has moved, closed by what its chain shows; undefined where that is to be seen later. */
async function provenOf(
  untold: UntoldNote,
  context: ActionContext,
  { ledger, evidence, signal }: Pick<PassParts, "ledger" | "evidence" | "signal">,
): Promise<Known | undefined> {
  // Where nobody looks at a chain, all that is held counts as spent: the safe side.
  const found: Evidence = evidence === undefined ? { kind: "none" } : await evidenceOn(untold, context, evidence);
  // What a question came to that was stopped says nothing.
  if (signal.aborted) return undefined;
  if (found.kind === "none") return found.reason === undefined ? untold : { ...untold, reason: found.reason };
  const { attemptId } = untold;
  if (found.kind === "not_yet") {
    await ledger.note({ attemptId, mark: { kind: "later", afterMs: found.afterMs } });
    return undefined;
  }
  await ledger.close(found.close);
  return { state: "closed", spent: found.close.spent };
}

/** What is known of an attempt by now. */
interface Known extends Pick<UntoldNote, "state" | "spent"> {
  /** Why nothing is known of it, where a chain said that. */
  readonly reason?: string;
}

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
