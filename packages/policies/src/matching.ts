import { nativeAsset } from "@agentkit-policy/effects";
import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { isOnNetwork } from "./networks.js";
import type { Match, When } from "./policy-file.js";

/** What a rule says of a context. untouched: nothing in it has a field that the rule looks at. */
export type MatchResult = "matched" | "not_matched" | "untouched";

type EffectTest = (effect: Effect, context: ActionContext) => boolean | undefined;

/** A rule's conditions, compiled once. */
export interface Matcher {
  readonly match: Match;
  /** Every effect that has a field has to match in it. */
  every(context: ActionContext): MatchResult;
  /** One effect that matches in all fields suffices. */
  some(context: ActionContext): boolean;
  /** Whether this rule names, in so many words, an effect that is denied unless it is named. */
  names(effect: Effect, context: ActionContext): boolean;
}

export function compileMatch(match: Match): Matcher {
  const actionMatches = match.actions === undefined ? undefined : namesMatcher(match.actions);
  const tests = effectTests(match);
  const concerns = (context: ActionContext): boolean =>
    (actionMatches === undefined || actionMatches(context)) &&
    (match.networks === undefined || isOnNetwork(context, match.networks));
  return {
    match,
    every(context) {
      if (!concerns(context)) return "not_matched";
      const answers = context.effects
        .flatMap((effect) => tests.map((test) => test(effect, context)))
        .filter((answer) => answer !== undefined);
      if (answers.includes(false)) return "not_matched";
      if (answers.length === 0 && tests.length > 0 && actionMatches === undefined) return "untouched";
      return "matched";
    },
    some(context) {
      if (!concerns(context)) return false;
      if (tests.length === 0) return true;
      return context.effects.some((effect) => tests.every((test) => test(effect, context) === true));
    },
    names(effect, context) {
      if (!concerns(context)) return false;
      if (match.effects?.includes(effect.kind as never) === true) {
        // What cannot be read has only the fields that could: one that is missing is none of those that the rule admits. Where the wallet will
        // still be asked, its call is judged so.
        const isStrict = effect.kind === "unknown" && (context.layer === "wallet" || !context.moneyVisible);
        return tests
          .map((test) => test(effect, context))
          .every((answer) => answer === true || (answer === undefined && !isStrict));
      }
      if (effect.kind === "contract_call" && match.contracts !== undefined)
        return tests.every((test) => test(effect, context) !== false);
      // An action named in full is trusted to be called; what it then asks of the wallet is judged by itself.
      return (
        context.layer === "action" && context.moneyVisible && effect.kind === "unknown" && namesExactly(match.actions, context)
      );
    },
  };
}

/** Whether a rule applies here at all. */
export function applies(when: When | undefined, context: ActionContext): boolean {
  if (when === undefined) return true;
  return (
    (when.networks === undefined || isOnNetwork(context, when.networks)) &&
    (when.actions === undefined || namesMatcher(when.actions)(context))
  );
}

function effectTests(match: Match): EffectTest[] {
  const tests: EffectTest[] = [];
  const { effects, assets, recipients, contracts } = match;
  if (effects !== undefined) tests.push((effect) => effects.includes(effect.kind as never));
  if (assets !== undefined) {
    tests.push((effect, { chainId }) =>
      effect.asset === undefined
        ? undefined
        : assets.some((asset) => effect.asset === (asset === "native" && chainId !== undefined ? nativeAsset(chainId) : asset)),
    );
  }
  // Money that a wallet call sends to nobody in particular, such as the value of a deployment, goes to no recipient of a list.
  const paysNobody = ({ kind, basis, counterparty }: Effect): boolean =>
    kind === "transfer" && basis === "decoded" && counterparty === undefined;
  if (recipients !== undefined) {
    const isRecipient = accountsTest(recipients);
    tests.push((effect) => (paysNobody(effect) ? false : isRecipient(effect.counterparty)));
  }
  if (contracts !== undefined) {
    const isContract = accountsTest(contracts);
    tests.push((effect) => isContract(calledBy(effect)));
  }
  return tests;
}

/** The contract that an effect calls. Sending a chain's coin calls whoever receives it. */
function calledBy({ kind, asset, contract, counterparty }: Effect): string | undefined {
  return contract ?? (kind === "transfer" && asset?.endsWith("/slip44:60") === true ? counterparty : undefined);
}

/** An address in a rule is a bare one, which means it on every chain, or a CAIP-10 account. */
function accountsTest(list: readonly string[]): (account: string | undefined) => boolean | undefined {
  const named = list.map((entry) => ({ entry, ending: `:${entry}` }));
  return (account) =>
    account === undefined ? undefined : named.some(({ entry, ending }) => account === entry || account.endsWith(ending));
}

function namesMatcher(patterns: readonly string[]): (context: ActionContext) => boolean {
  const tests = patterns.map(patternTest);
  return ({ actionName, canonicalAction }) =>
    tests.some((test) => test(actionName) || (canonicalAction !== undefined && test(canonicalAction)));
}

function namesExactly(actions: readonly string[] | undefined, { actionName, canonicalAction }: ActionContext): boolean {
  return actions?.some((name) => name === actionName || name === canonicalAction) === true;
}

/** A name, or a pattern in which `*` stands for any letters. */
export function patternTest(pattern: string): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join("[\\s\\S]*")}$`);
  return (name) => expression.test(name);
}
