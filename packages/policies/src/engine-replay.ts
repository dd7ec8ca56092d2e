import type { Logger, SettledOutcome } from "@agentkit-policy/core";
import { BackgroundPasses, type Ledger, type UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext } from "@agentkit-policy/schema";
import type { EngineJournal } from "./engine-journal.js";
import { type EngineNote, noteOf } from "./engine-note.js";
import type { Engines } from "./engines.js";

/** So many notes are told in one pass. */
const notesPerPass = 100;

export interface EngineReplayParts {
  readonly ledger: Ledger;
  readonly engines: Engines;
  readonly journal: EngineJournal;
  readonly logger: Logger;
}

/** Tells the engines of a policy what became of attempts whose own process did not: at the start, and later when it is due. */
export interface EngineReplay {
  /** Tells what is due, once. @returns the attempts that all engines know of now */
  pass(): Promise<readonly string[]>;
  start(): void;
  /** Stops telling by itself; what is under way is waited for. */
  stop(): Promise<void>;
}

export function createEngineReplay(parts: EngineReplayParts): EngineReplay {
  const passes = new BackgroundPasses(
    () => toldIn(parts),
    (problem) => parts.logger.warn(`telling engines what became of attempts failed, and is tried again: ${problem}`),
  );
  return { pass: () => passes.now(), start: () => passes.start(), stop: () => passes.stop() };
}

async function toldIn({ ledger, engines, journal, logger }: EngineReplayParts): Promise<string[]> {
  const told: string[] = [];
  for (const untold of await ledger.untold(notesPerPass)) {
    const { attemptId } = untold;
    let note: EngineNote;
    try {
      note = noteOf(untold.note);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`what engines hold for ${attemptId} cannot be read, and is set aside for an operator: ${reason}`);
      await ledger.note({ attemptId, mark: { kind: "set_aside", reason } });
      continue;
    }
    const { context, settlements } = note;
    journal.found(context, settlements);
    try {
      const remember = journal.remember.bind(journal, context);
      await engines.settle(context, outcomeOf(untold, context), settlements, { recovered: true }, remember);
    } catch (error) {
      logger.warn(`${attemptId} could not be settled with all engines yet: ${error instanceof Error ? error.message : error}`);
      journal.untold(attemptId, error);
      continue;
    }
    journal.told(attemptId);
    told.push(attemptId);
  }
  return told;
}

/** What the ledger knows of an attempt. Where nobody has closed it, all that it holds counts as spent: the safe side. */
function outcomeOf({ state, spent }: UntoldNote, { effects }: ActionContext): SettledOutcome {
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
