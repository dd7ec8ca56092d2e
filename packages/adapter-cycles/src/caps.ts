import type { Deny } from "@agentkit-policy/schema";
import type { AnswerOf } from "./wire/answers.js";
import type { Amount } from "./wire/requests.js";

export type Caps = NonNullable<AnswerOf<"reserve">["caps"]>;

/** What is known of the scopes that an action drew on, when the caps of one of their budgets are looked at. */
export interface CapFacts {
  readonly actionName: string;
  readonly held: Amount;
  /** How many other attempts hold something of one of the same scopes in this process. */
  readonly othersOpen: number;
  /** How long ago the last one was allowed, in milliseconds; undefined where none was. */
  readonly sinceLastMs: number | undefined;
}

/**
 * Whether the constraints of an ALLOW_WITH_CAPS let the action run. Names are compared exactly, and case matters. An allow-list that names
 * anything makes the deny-list void.
 * @returns undefined where it may
 */
export function denialByCaps(caps: Caps, { actionName, held, othersOpen, sinceLastMs }: CapFacts): Deny | undefined {
  const allowed = caps.tool_allowlist ?? [];
  const denied = caps.tool_denylist ?? [];
  if (allowed.length > 0 ? !allowed.includes(actionName) : denied.includes(actionName))
    return { decision: "deny", code: "denied_by_rule", reason: "the budget does not pay for this action" };
  // A step is taken by every attempt that is still open.
  if (caps.max_steps_remaining != null && caps.max_steps_remaining <= othersOpen)
    return { decision: "deny", code: "over_limit", reason: "the budget allows no further action" };
  if (caps.max_tokens != null && held.unit === "TOKENS" && held.amount > caps.max_tokens)
    return { decision: "deny", code: "over_limit", reason: "the budget has no room for so many tokens" };
  if (caps.cooldown_ms != null && sinceLastMs !== undefined && sinceLastMs < caps.cooldown_ms) {
    const retryAfterMs = Math.ceil(caps.cooldown_ms - sinceLastMs);
    return { decision: "deny", code: "over_limit", reason: "the budget asks for a pause between actions", retryAfterMs };
  }
  return undefined;
}
