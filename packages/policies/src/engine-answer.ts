import { isThenable, plainDecision, type Settlement } from "@agentkit-policy/core";
import type { Deny } from "@agentkit-policy/schema";

/** What an engine answered, or what is taken for its answer. */
export type EngineAnswer =
  | { readonly decision: "allow"; readonly settlement?: Settlement | undefined; readonly validForMs?: number | undefined }
  /** isAmbiguous: it may hold something all the same. */
  | (Deny & { readonly isAmbiguous: boolean });

/** fail:closed: an engine that throws, or answers what is no decision, denies. Only one that promises its answer is waited for. */
export function answerOf(id: string, ask: () => unknown): EngineAnswer | Promise<EngineAnswer> {
  try {
    const returned = ask();
    return isThenable(returned) ? promisedAnswer(id, returned) : readAnswer(id, returned);
  } catch {
    return failed(id);
  }
}

async function promisedAnswer(id: string, promised: PromiseLike<unknown>): Promise<EngineAnswer> {
  try {
    return readAnswer(id, await promised);
  } catch {
    return failed(id);
  }
}

function readAnswer(id: string, returned: unknown): EngineAnswer {
  const decision = plainDecision(returned);
  if (decision === undefined) {
    const reason = `the engine of the rule "${id}" gave an answer that is neither allow nor deny`;
    return { decision: "deny", code: "invalid_decision", reason, isAmbiguous: true };
  }
  return decision.decision === "allow" ? decision : { ...decision, isAmbiguous: false };
}

function failed(id: string): EngineAnswer {
  return { decision: "deny", code: "policy_error", reason: `the engine of the rule "${id}" failed`, isAmbiguous: true };
}

/** @param wasAsked whether it may hold something all the same */
export function tooLate(id: string, wasAsked: boolean): EngineAnswer {
  const reason = `the engine of the rule "${id}" did not answer in time`;
  return { decision: "deny", code: "policy_timeout", reason, isAmbiguous: wasAsked };
}
