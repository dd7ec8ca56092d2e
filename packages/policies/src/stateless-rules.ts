import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { latestDeadline } from "./ledger-request.js";
import { applies, type Matcher } from "./matching.js";
import type { When } from "./policy-file.js";

/** An `allow` or a `deny`, compiled. */
export interface StatelessRule {
  readonly id: string;
  readonly kind: "allow" | "deny";
  readonly matcher: Matcher;
  readonly when: When | undefined;
}

/** A rule's denial. `rule` is absent where no rule admitted what has to be admitted by name. */
export interface RuleDenial {
  readonly code: string;
  readonly reason: string;
  readonly rule?: string;
}

/** Kinds that say "nobody can tell what this does": denied unless an allow names them. */
const denyUnlessNamed: ReadonlySet<Effect["kind"]> = new Set(["unknown", "contract_call", "sign_hash"]);

/** Kinds that hand authority on. How far it reaches only an amount says, and without one they are denied unless an allow names them. */
const authority: ReadonlySet<Effect["kind"]> = new Set(["operator_approval", "delegation"]);

const kindWords: Partial<Record<Effect["kind"], string>> = {
  unknown: "what it would move cannot be told",
  contract_call: "it calls a contract in a way that cannot be read",
  sign_hash: "it signs a bare hash, which can authorise anything",
  operator_approval: "it hands on what may be everything of an asset",
  delegation: "it hands on what may be everything",
};

/**
 * The rules that need no memory: every deny, what has to be named, then the allows (deny wins, whatever the order).
 * A denial's text names no address, amount or list entry: the model reads it.
 */
export function judgeStateless(rules: readonly StatelessRule[], context: ActionContext): RuleDenial | undefined {
  for (const { kind, matcher, when, id } of rules) {
    if (kind === "deny" && matcher.some(context) && applies(when, context)) {
      return { code: "denied_by_rule", reason: `the rule "${id}" denies this`, rule: id };
    }
  }
  const allows = rules.filter((rule) => rule.kind === "allow" && applies(rule.when, context));
  return denyUnnamed(allows, context) ?? denyUnmatched(allows, context);
}

function denyUnnamed(allows: readonly StatelessRule[], context: ActionContext): RuleDenial | undefined {
  const isNamed = (effect: Effect): boolean => allows.some((rule) => rule.matcher.names(effect, context));
  // What an attempt's envelope covers was admitted with the attempt.
  for (const effect of context.excess ?? context.effects) {
    // No rule of this version admits what gets around the guard.
    if (effect.kind === "escape") return { code: "escape_denied", reason: "it would hand out what no guard can see behind" };
    const isOpaque = denyUnlessNamed.has(effect.kind) || (authority.has(effect.kind) && effect.amount === undefined);
    if (isOpaque && !isNamed(effect)) {
      return { code: "unknown_effect", reason: `${kindWords[effect.kind] ?? "it is not known"}, and no rule admits it` };
    }
    if (isMoney(effect) && effect.amount === undefined && (context.layer === "wallet" || !context.moneyVisible)) {
      return { code: "unknown_effect", reason: "how much it would move cannot be told before it leaves" };
    }
    if (effect.amount === "unlimited" && !isNamed(effect)) {
      return { code: "unlimited_amount", reason: "its amount is unlimited, and no rule admits that" };
    }
    if (isDistant(effect, context) && !isNamed(effect)) {
      return { code: "distant_deadline", reason: "what it signs could be used for more than a day, and no rule admits that" };
    }
    if (
      isMisdirected(effect) &&
      !allows.some((rule) => rule.matcher.match.recipients !== undefined && rule.matcher.every(context) === "matched")
    ) {
      return { code: "misdirected", reason: "it pays the zero address or the token's own contract, which loses the money" };
    }
  }
  return undefined;
}

function denyUnmatched(allows: readonly StatelessRule[], context: ActionContext): RuleDenial | undefined {
  const results = allows.map((rule) => rule.matcher.every(context));
  if (results.includes("matched") || !results.includes("not_matched")) return undefined;
  return { code: "not_allowed", reason: "no rule allows this" };
}

/** Kinds whose asset and amount are value or exposure. */
const money: ReadonlySet<Effect["kind"]> = new Set(["transfer", "approval", "permit", "authorization"]);

function isMoney(effect: Effect): boolean {
  return money.has(effect.kind);
}

const dayMs = 86_400_000;

/** ledger:horizon: a signature counts until its deadline. One of years would fill every window for years: denied, unless a rule says so. */
function isDistant(effect: Effect, { requestedAt }: ActionContext): boolean {
  return effect.deadline !== undefined && latestDeadline([effect]) > Date.parse(requestedAt) + dayMs;
}

function isMisdirected({ kind, counterparty, contract }: Effect): boolean {
  if (kind !== "transfer" || counterparty === undefined) return false;
  return counterparty === contract || /^eip155:[0-9]+:0x0{40}$/.test(counterparty);
}
