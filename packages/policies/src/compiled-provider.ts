import type { PolicyProvider, Settlement } from "@agentkit-policy/core";
import type { Granted, Ledger, LedgerAnswer } from "@agentkit-policy/ledger";
import type { ActionContext, Allow, Deny, PolicyDecision } from "@agentkit-policy/schema";
import type { CompiledPolicy } from "./compile-policy.js";
import { type DecimalsOf, denialOfFault, denialOfRefusal } from "./ledger-denial.js";
import { askedLines, limitsFor, scopesOf, spentLines } from "./ledger-request.js";
import { judgeStateless } from "./stateless-rules.js";

/** What this process knows of an entry of its own: enough to spare the ledger a question, never to answer in its place. */
interface HeldEntry {
  readonly steps: string[];
  armed: boolean;
  sendBy: number;
}

/** What the provider runs with. */
export interface ProviderParts {
  readonly policy: CompiledPolicy;
  readonly ledger: Ledger;
  readonly name: string;
  readonly decimalsOf: DecimalsOf;
  readonly now: () => number;
}

/**
 * A compiled policy as one provider (section 9 of the design): stateless denials first, then the one reserve, then the
 * arm where it is due. All that it holds outside this process is the ledger's entry of the attempt.
 */
export function compiledProvider({ policy, ledger, name, decimalsOf, now }: ProviderParts): PolicyProvider {
  const entries = new Map<string, HeldEntry>();

  return {
    name,
    reader: policy.reader,
    confirmations: policy.confirmations,

    async beforeAction(context) {
      const denial = statelessDenial(context);
      if (denial !== undefined) return denial;
      const lines = [...askedLines(context.effects), { unit: "actions" } as const];
      const limits = limitsFor(policy.limits, context);
      // What moves nothing needs an entry only where actions themselves are counted.
      if (context.effects.length === 0 && limits.every((limit) => limit.unit !== "actions")) return { decision: "allow" };
      // guard:invisible-money: where no wallet call will come by, this is the last moment to arm.
      const arm = !context.moneyVisible && context.effects.length > 0;
      const reserve = () =>
        ledger.reserve({
          attemptId: context.actionId,
          stepId: "root",
          scopes: scopesOf(context),
          lines,
          limits,
          ...(arm ? { arm } : {}),
        });
      return await granted(context, "root", arm, lines, reserve);
    },

    async beforeWalletCall(context) {
      const denial = statelessDenial(context);
      if (denial !== undefined) return denial;
      const stepId = context.callId;
      if (stepId === undefined) return { decision: "deny", code: "context_error", reason: "the wallet call has no id" };
      const { actionId } = context;
      const lines = askedLines(context.excess ?? context.effects);
      const entry = entries.get(actionId);
      if (lines.length > 0 || entry === undefined) {
        const limits = limitsFor(policy.limits, context);
        const reserve = () =>
          ledger.reserve({ attemptId: actionId, stepId, scopes: scopesOf(context), lines, limits, arm: true });
        return await granted(context, stepId, true, lines, reserve);
      }
      // guard:judged-in-full: only the first call arms, as long as the entry leaves the wallet time enough.
      if (entry.armed && now() + policy.leaveWithinMs <= entry.sendBy) return allow(entry, undefined);
      return await granted(context, undefined, true, lines, () => ledger.arm({ attemptId: actionId, steps: entry.steps }));
    },

    async settle(context, outcome, { settlements }) {
      const { actionId } = context;
      const held = entries.get(actionId);
      // Nothing was held and nothing was spent: a read, or a denial of our own. An attempt that may have reached the
      // ledger without our hearing of it is closed all the same.
      if (held === undefined && settlements.length === 0 && outcome.spent.length === 0 && context.effects.length === 0) return;
      const inFlight = outcome.calls.some((call) => call.state === "in_flight");
      await ledger.close({
        attemptId: actionId,
        scopes: scopesOf(context),
        entered: outcome.entered,
        inFlight,
        spent: spentLines(outcome.spent),
      });
      if (!inFlight) entries.delete(actionId);
    },
  };

  function statelessDenial(context: ActionContext): Deny | undefined {
    const denial = judgeStateless(policy.statelessRules, context);
    if (denial === undefined) return undefined;
    const { code, reason, rule } = denial;
    return { decision: "deny", code, reason, ...(rule === undefined ? {} : { metadata: { rule } }) };
  }

  async function granted(
    context: ActionContext,
    stepId: string | undefined,
    armed: boolean,
    lines: ReturnType<typeof askedLines>,
    verb: () => Promise<LedgerAnswer>,
  ): Promise<PolicyDecision> {
    let answer: LedgerAnswer;
    try {
      answer = await verb();
    } catch (error) {
      // ledger:faults: a budget that cannot be asked has no room.
      return denialOfFault(error);
    }
    if (!answer.ok) return denialOfRefusal(answer, lines, decimalsOf);
    const entry = entries.get(context.actionId) ?? { steps: [], armed: false, sendBy: answer.sendBy };
    if (stepId !== undefined) entry.steps.push(stepId);
    entry.armed ||= armed;
    entry.sendBy = answer.sendBy;
    entries.set(context.actionId, entry);
    return allow(entry, stepId, answer);
  }

  /** An allow that may be acted on only while the wallet still has `leaveWithin` before the entry's end. */
  function allow(entry: HeldEntry, stepId: string | undefined, answer?: Granted): Allow {
    const validForMs = Math.max(0, (answer?.sendBy ?? entry.sendBy) - policy.leaveWithinMs - now());
    return {
      decision: "allow",
      validForMs,
      ...(stepId === undefined ? {} : { settlement: { step: stepId } satisfies Settlement }),
    };
  }
}
