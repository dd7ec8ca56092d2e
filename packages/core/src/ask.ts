import { type Allow, type Deny, isPolicyDecision, type PolicyDecision } from "@agentkit-policy/schema";
import type { Deadline } from "./deadline.js";
import { type Denial, errorText } from "./errors.js";
import { restore, takeSnapshot } from "./snapshot.js";

/** What came of asking one provider. */
export type Answer =
  | { readonly kind: "allow"; readonly allow: Allow; readonly extraKeys: readonly string[] }
  | { readonly kind: "deny"; readonly denial: Denial; readonly extraKeys: readonly string[] }
  /**
   * It threw, was late, or answered rubbish: that denies, and it may hold something all the same (`order:release`).
   * `late` resolves to its late answer, or to undefined when there is none that counts.
   */
  | {
      readonly kind: "ambiguous";
      readonly denial: Denial;
      readonly late: Promise<PolicyDecision | undefined>;
      /** What went wrong, for the log: it may hold anything, and the model must not read it. */
      readonly detail?: string;
    };

/** An answer that denies and may hold something all the same. */
export type AmbiguousAnswer = Extract<Answer, { kind: "ambiguous" }>;

/** Asks one hook, and makes a denial of everything that is not an allow (`fail:closed`): at once, where the hook answers so. */
export function ask(providerName: string, question: () => unknown, deadline: Deadline): Answer | Promise<Answer> {
  return deadline.run(question, {
    answered: (returned) => judged(providerName, returned, deadline),
    late: (pending) => ambiguous("policy_timeout", `the policy "${providerName}" did not answer in time`, lateAnswer(pending)),
    failed: (error): Answer => ({
      ...ambiguous("policy_error", `the policy "${providerName}" failed`),
      detail: errorText(error),
    }),
  });
}

function judged(providerName: string, returned: unknown, deadline: Deadline): Answer {
  const decision = plainDecision(returned);
  if (decision === undefined) {
    return ambiguous("invalid_decision", `the policy "${providerName}" gave an answer that is neither allow nor deny`);
  }
  const extraKeys = extraKeysOf(decision);
  if (decision.decision === "deny") return { kind: "deny", denial: denialOf(decision), extraKeys };
  if (deadline.remainingMs <= 0) {
    // It blocked the thread past the deadline: the answer is late although nobody could stop waiting for it.
    return ambiguous("policy_timeout", `the policy "${providerName}" did not answer in time`, Promise.resolve(decision));
  }
  return { kind: "allow", allow: decision, extraKeys };
}

const knownKeys: Readonly<Record<PolicyDecision["decision"], readonly string[]>> = {
  allow: ["decision", "metadata", "settlement", "validForMs"],
  deny: ["decision", "reason", "code", "metadata", "retryAfterMs", "approval"],
};

/** Keys that the contract does not know. They are ignored, and somebody may want to hear of it. */
function extraKeysOf(decision: PolicyDecision): string[] {
  const known = knownKeys[decision.decision];
  return Object.keys(decision).filter((key) => !known.includes(key));
}

function ambiguous(
  code: string,
  reason: string,
  late: Promise<PolicyDecision | undefined> = Promise.resolve(undefined),
): AmbiguousAnswer {
  return { kind: "ambiguous", denial: { code, reason }, late };
}

async function lateAnswer(pending: Promise<unknown>): Promise<PolicyDecision | undefined> {
  try {
    return plainDecision(await pending);
  } catch {
    return undefined;
  }
}

/**
 * Copies an answer to plain data once and validates the copy, so that neither a getter nor a prototype can show one
 * decision to the check and another to its user.
 */
export function plainDecision(value: unknown): PolicyDecision | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  let copy: unknown;
  try {
    copy = restore(takeSnapshot(ownMembers(value)).plain);
  } catch {
    return undefined;
  }
  return isPolicyDecision(copy) ? copy : undefined;
}

/** A provider may answer with an instance of a class of its own: only what the instance itself holds counts. */
function ownMembers(value: object): object {
  return Array.isArray(value) ? value : { ...value };
}

export function denialOf(deny: Deny): Denial {
  return {
    code: deny.code ?? "denied",
    reason: deny.reason === "" ? "no reason was given" : deny.reason,
    ...(deny.retryAfterMs === undefined ? {} : { retryAfterMs: deny.retryAfterMs }),
    ...(deny.approval === undefined ? {} : { approval: deny.approval }),
  };
}
