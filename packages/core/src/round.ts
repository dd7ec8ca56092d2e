import { type Answer, ask } from "./ask.js";
import type { Attempt } from "./attempt.js";
import { inProviderHook } from "./attempt-scope.js";
import type { Deadline } from "./deadline.js";
import type { Denial } from "./errors.js";
import type { PolicyProvider, Settlement } from "./provider.js";
import type { Runtime } from "./runtime.js";
import { Validity } from "./validity.js";

/** A question to one provider. */
export interface Question {
  readonly provider: PolicyProvider;
  readonly ask: () => unknown;
}

/** The same question to several providers, about one attempt, within one deadline. */
export interface Round {
  readonly runtime: Runtime;
  readonly attempt: Attempt;
  readonly hook: "beforeAction" | "beforeWalletCall";
  readonly questions: readonly Question[];
  readonly deadline: Deadline;
}

/** What a round came to: everybody allowed, or the first who did not. */
export type RoundResult =
  | { readonly kind: "allowed"; readonly validity: Validity; readonly settlements: readonly Settlement[] }
  | {
      readonly kind: "refused";
      readonly denial: Denial;
      readonly provider: PolicyProvider;
      readonly answer: Exclude<Answer, { kind: "allow" }>;
    }
  | { readonly kind: "expired"; readonly denial: Denial };

/** How often allows that ran out before they could be used are asked for again. */
const maxRenewals = 2;

/** Asks in order until everybody has allowed for long enough, or somebody has not (`fail:closed`). */
export async function askRound(round: Round): Promise<RoundResult> {
  for (let renewal = 0; renewal <= maxRenewals; renewal += 1) {
    const result = await askOnce(round);
    if (result.kind !== "allowed" || result.validity.stillValid()) return result;
  }
  return { kind: "expired", denial: { code: "allow_expired", reason: "the permission ran out before it could be used" } };
}

async function askOnce({ runtime, attempt, hook, questions, deadline }: Round): Promise<RoundResult> {
  const { actionId, actionName } = attempt.facts;
  const validity = new Validity(runtime.clock);
  const settlements: Settlement[] = [];
  for (const { provider, ask: question } of questions) {
    const name = runtime.nameOf(provider);
    const asked = validity.reading();
    runtime.emit({ type: "provider.started", actionId, actionName, provider: name, hook });
    const answer = await ask(name, () => inProviderHook(actionId, question), deadline);
    const code = answer.kind === "allow" ? {} : { code: answer.denial.code };
    runtime.emit({ type: "provider.ended", actionId, actionName, provider: name, hook, ...code });
    if (answer.kind !== "ambiguous" && answer.extraKeys.length > 0) {
      runtime.emit({
        type: "decision.extra_keys",
        actionId,
        actionName,
        provider: name,
        hook,
        detail: answer.extraKeys.join(", "),
      });
    }
    if (answer.kind !== "allow") {
      if (answer.kind === "ambiguous") {
        deadline.abort();
        if (answer.detail !== undefined) runtime.logger.warn(`${name}.${hook} failed: ${answer.detail}`);
      }
      return { kind: "refused", denial: answer.denial, provider, answer };
    }
    attempt.allowedBy(provider, answer.allow.settlement);
    if (answer.allow.settlement !== undefined) settlements.push(answer.allow.settlement);
    validity.limit(asked, answer.allow.validForMs);
  }
  return { kind: "allowed", validity, settlements };
}
