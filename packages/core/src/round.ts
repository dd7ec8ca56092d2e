import { type Answer, ask } from "./ask.js";
import type { Attempt } from "./attempt.js";
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
  const { runtime, attempt, questions, deadline } = round;
  for (let renewal = 0; renewal <= maxRenewals; renewal += 1) {
    const validity = new Validity(runtime.clock);
    const settlements: Settlement[] = [];
    for (const { provider, ask: question } of questions) {
      const name = runtime.nameOf(provider);
      const asked = validity.reading();
      tell(round, "provider.started", name);
      const answer = await ask(name, () => runtime.runHook(attempt.facts.actionId, question), deadline);
      tellAnswer(round, name, answer);
      if (answer.kind !== "allow") {
        if (answer.kind === "ambiguous") deadline.abort();
        return { kind: "refused", denial: answer.denial, provider, answer };
      }
      const { settlement, validForMs } = answer.allow;
      attempt.allowedBy(provider, settlement);
      if (settlement !== undefined) settlements.push(settlement);
      validity.limit(asked, validForMs);
    }
    if (validity.stillValid()) return { kind: "allowed", validity, settlements };
  }
  return { kind: "expired", denial: { code: "allow_expired", reason: "the permission ran out before it could be used" } };
}

function tellAnswer(round: Round, provider: string, answer: Answer): void {
  tell(round, "provider.ended", provider, answer.kind === "allow" ? {} : { code: answer.denial.code });
  if (answer.kind === "ambiguous") {
    if (answer.detail !== undefined) round.runtime.logger.warn(`${provider}.${round.hook} failed: ${answer.detail}`);
  } else if (answer.extraKeys.length > 0) {
    tell(round, "decision.extra_keys", provider, { detail: answer.extraKeys.join(", ") });
  }
}

function tell(
  { runtime, attempt, hook }: Round,
  type: "provider.started" | "provider.ended" | "decision.extra_keys",
  provider: string,
  more?: { readonly code?: string; readonly detail?: string },
): void {
  const { actionId, actionName } = attempt.facts;
  runtime.emit({ type, actionId, actionName, provider, hook, ...more });
}
