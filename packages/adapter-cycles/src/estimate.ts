import type { Deny, MoneyLine } from "@agentkit-policy/schema";
import { type Prices, worthOf } from "./price.js";
import { maxAmount } from "./wire/values.js";

/** What has to be held for money, in the budget's unit; or why nothing could be. */
export function estimateOf(money: readonly MoneyLine[], prices: Prices): bigint | Deny {
  const worth = worthOf(money, prices);
  if (typeof worth === "object")
    return { decision: "deny", code: "unpriced", reason: "there is no price for what it would move" };
  if (worth === "unlimited" || worth > maxAmount)
    return { decision: "deny", code: "over_limit", reason: "no budget has room for an amount without a bound" };
  return worth;
}
