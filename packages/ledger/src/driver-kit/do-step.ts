import type { Balance, Ledger, LedgerTimes, NoteRequest, Verdict } from "../ledger.js";
import type { AttemptIds } from "./attempt-ids.js";
import { type Action, limits } from "./walk.js";

/** The times of the walks: short enough that what is open ages on the way. */
export const walkTimes: Partial<LedgerTimes> = { lifeMs: 60_000, settleWithinMs: 120_000, marginMs: 1_000 };

/**
 * Does what a step says, and asks for every balance.
 * @returns everything that the ledger said, in an order of its own
 */
export async function doStep(ledger: Ledger, action: Action, ids: AttemptIds, now: number): Promise<unknown> {
  const answer = await answerTo(ledger, action, ids, now);
  return { answer, balances: inOrder(await ledger.balances({ limits })) };
}

/** Everything that a ledger holds and tells. */
export async function everythingOf(ledger: Ledger): Promise<unknown> {
  return {
    balances: inOrder(await ledger.balances({ limits })),
    unproven: await ledger.unproven(1_000),
    untold: await ledger.untold(1_000),
    freezes: await ledger.freezes(),
    assets: await ledger.assets(),
  };
}

/** Does what a step says. @returns the ledger's answer, or what it says is wrong with the request */
export async function answerTo(ledger: Ledger, action: Action, ids: AttemptIds, now: number): Promise<unknown> {
  try {
    return await tell(ledger, action, ids, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

async function tell(ledger: Ledger, action: Action, ids: AttemptIds, now: number): Promise<unknown> {
  switch (action.verb) {
    case "reserve": {
      const { attempt, stepId, lines, scopes, arm, intent, deadlineMs } = action;
      return await ledger.reserve({
        attemptId: ids.of(attempt),
        stepId,
        lines,
        scopes,
        limits: action.limits,
        arm,
        ...(intent === undefined ? {} : { intent }),
        ...(deadlineMs === undefined ? {} : { signatureDeadline: now + deadlineMs }),
      });
    }
    case "arm":
      return await ledger.arm({
        attemptId: ids.of(action.attempt),
        steps: action.steps,
        ...(action.note === undefined ? {} : { note: action.note }),
      });
    case "close": {
      const { attempt, spent, calls, inFlight, entered, nothingDone } = action;
      const attemptId = ids.of(attempt);
      return await ledger.close({ attemptId, scopes: { wallet: "w1" }, spent, calls, inFlight, entered, nothingDone });
    }
    case "correct": {
      const verdict: Verdict = action.moved ? { kind: "moved", blockTime: now - 1_000 } : { kind: "never" };
      return await ledger.correct({ attemptId: ids.of(action.attempt), evidence: [{ callId: action.callId, verdict }] });
    }
    case "adjust":
      return await ledger.adjust({ attemptId: ids.of(action.attempt), spent: action.spent, reason: "counted by hand" });
    case "freeze":
      return await ledger.freeze({ ...action.freeze, reason: "looked at" });
    case "unfreeze":
      return await ledger.unfreeze(action.freeze);
    case "balances": {
      const { scopes } = action;
      return inOrder(await ledger.balances({ limits: action.limits, ...(scopes === undefined ? {} : { scopes }) }));
    }
    case "note":
      return await ledger.note({ attemptId: ids.of(action.attempt), mark: marks[action.mark] });
    case "unproven":
      return await ledger.unproven(action.limit);
    case "untold":
      return await ledger.untold(action.limit);
  }
}

const marks: Readonly<Record<NoteRequest["mark"]["kind"], NoteRequest["mark"]>> = {
  told: { kind: "told" },
  later: { kind: "later", afterMs: 20_000 },
  replaced: { kind: "replaced", note: "something else" },
  set_aside: { kind: "set_aside", reason: "nobody can read it" },
};

/** Balances have no order of their own; a balance of nothing is as good as none. */
function inOrder(list: readonly Balance[]): readonly Balance[] {
  const text = (one: Balance): string => JSON.stringify(Object.entries(one).sort());
  return [...list].filter((one) => one.counted !== "0").sort((one, other) => (text(one) < text(other) ? -1 : 1));
}
