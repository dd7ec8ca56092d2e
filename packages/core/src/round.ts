import { type AmbiguousAnswer, type Answer, ask } from "./ask.js";
import type { Attempt } from "./attempt.js";
import type { Part } from "./composition.js";
import { Deadline } from "./deadline.js";
import { type Denial, errorText } from "./errors.js";
import type { PolicyProvider, Settlement } from "./provider.js";
import type { Runtime } from "./runtime.js";
import { Validity } from "./validity.js";

/** A question to one provider. */
export interface Question {
  readonly part: Part;
  readonly ask: (deadline: Deadline) => unknown;
}

/** The same question to several providers, about one attempt, within one deadline. */
export interface Round {
  readonly runtime: Runtime;
  readonly attempt: Attempt;
  readonly hook: "beforeAction" | "beforeWalletCall";
  readonly questions: readonly Question[];
  readonly deadline: Deadline;
  /** Hears of an answer for which nobody waited, when it is there: of a shadow, or of a provider that failed open. */
  readonly aside: (provider: PolicyProvider, answer: Answer | Promise<Answer>) => void;
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
    for (const question of questions) {
      const { part } = question;
      const { provider, mode } = part;
      const takesPart = part.conditions.length === 0 || (await holds(round, part));
      if (takesPart === false) continue;
      if (takesPart !== true) return { kind: "refused", denial: takesPart.denial, provider, answer: takesPart };
      if (mode === "shadow") {
        // Once an attempt, and on time of its own: nobody waits for it.
        if (renewal === 0) round.aside(provider, answerTo(round, question, new Deadline(runtime.clock, deadline.remainingMs)));
        continue;
      }
      const asked = validity.reading();
      const time = mode === "open" ? new Deadline(runtime.clock, deadline.remainingMs / 2) : deadline;
      const given = answerTo(round, question, time);
      const answer = given instanceof Promise ? await given : given;
      if (answer.kind === "ambiguous") time.abort();
      if (answer.kind === "ambiguous" && mode === "open") {
        passOpen(round, provider, answer);
        continue;
      }
      if (answer.kind !== "allow") return { kind: "refused", denial: answer.denial, provider, answer };
      const { settlement, validForMs } = answer.allow;
      attempt.allowedBy(provider, settlement);
      if (settlement !== undefined) settlements.push(settlement);
      validity.limit(asked, validForMs);
    }
    if (validity.stillValid()) return { kind: "allowed", validity, settlements };
  }
  return { kind: "expired", denial: { code: "allow_expired", reason: "the permission ran out before it could be used" } };
}

/** Whether a provider takes part in the attempt; a denial where a predicate cannot tell. */
async function holds({ runtime, attempt, deadline }: Round, part: Part): Promise<boolean | Extract<Answer, { kind: "deny" }>> {
  for (const condition of part.conditions) {
    const known = attempt.conditions.get(condition);
    const answer =
      known ??
      (await deadline.run<unknown, unknown>(
        () => runtime.runHook(attempt.facts.actionId, () => condition.predicate(attempt.context)),
        {
          answered: (value) => value,
          late: () => "no answer in time",
          failed: (error) => errorText(error),
        },
      ));
    if (typeof answer !== "boolean") {
      runtime.logger.warn(`the condition of ${runtime.nameOf(part.provider)} could not be read: ${String(answer)}`);
      // A shadow decides nothing, so that nothing is lost with it. Any other may have been there to deny: deny.
      if (part.mode === "shadow") return false;
      return { kind: "deny", denial: { code: "policy_error", reason: "the condition of a policy failed" }, extraKeys: [] };
    }
    attempt.conditions.set(condition, answer);
    if (!answer) return false;
  }
  return true;
}

function answerTo(round: Round, { part, ask: question }: Question, deadline: Deadline): Answer | Promise<Answer> {
  const { runtime, attempt } = round;
  const name = runtime.nameOf(part.provider);
  tell(round, "provider.started", name);
  const answer = ask(name, () => runtime.runHook(attempt.facts.actionId, () => question(deadline)), deadline);
  const told = (given: Answer): Answer => {
    tellAnswer(round, part, name, given);
    return given;
  };
  return answer instanceof Promise ? answer.then(told) : told(answer);
}

/** The one place where a failure allows: whoever wrote `failOpen` around the provider asked for it (`fail:open-is-a-leaf`). */
function passOpen(round: Round, provider: PolicyProvider, answer: AmbiguousAnswer): void {
  const { code } = answer.denial;
  const name = round.runtime.nameOf(provider);
  round.runtime.logger.warn(`${name}.${round.hook} failed open (${code}): the attempt goes on without it`);
  tell(round, "provider.failed_open", name, { code });
  round.aside(provider, answer);
}

function tellAnswer(round: Round, { mode }: Part, provider: string, answer: Answer): void {
  tell(round, "provider.ended", provider, answer.kind === "allow" ? {} : { code: answer.denial.code });
  if (mode === "shadow" && answer.kind !== "allow") {
    tell(round, "provider.shadowed", provider, { code: answer.denial.code });
  }
  if (answer.kind === "ambiguous") {
    if (answer.detail !== undefined) round.runtime.logger.warn(`${provider}.${round.hook} failed: ${answer.detail}`);
  } else if (answer.extraKeys.length > 0) {
    tell(round, "decision.extra_keys", provider, { detail: answer.extraKeys.join(", ") });
  }
}

function tell(
  { runtime, attempt, hook }: Round,
  type: "provider.started" | "provider.ended" | "provider.shadowed" | "provider.failed_open" | "decision.extra_keys",
  provider: string,
  more?: { readonly code?: string; readonly detail?: string },
): void {
  const { actionId, actionName } = attempt.facts;
  runtime.emit({ type, actionId, actionName, provider, hook, ...more });
}
