import type { OveragePolicy } from "../wire/values.js";
import type { Budget } from "./budget.js";
import { WireError } from "./wire-error.js";

/** What was booked: `charged` is less than the actual amount where the charge was capped. */
export interface Charge {
  readonly charged: bigint;
  readonly isCapped: boolean;
}

/**
 * Whether these budgets can hold an amount more.
 * @throws WireError with the reason why not
 */
export function checkRoom(budgets: readonly Budget[], amount: bigint): void {
  checkOpen(budgets);
  for (const budget of budgets) {
    if (budget.isOverLimit) throw new WireError("OVERDRAFT_LIMIT_EXCEEDED", `${budget.scope} is over its limit`);
    if (budget.debt > 0n && budget.overdraftLimit === 0n)
      throw new WireError("DEBT_OUTSTANDING", `${budget.scope} has a debt of ${budget.debt}`);
    if (budget.remaining < amount)
      throw new WireError("BUDGET_EXCEEDED", `Insufficient remaining budget for scope ${budget.scope}`);
  }
}

/** @throws WireError where one is frozen or closed */
export function checkOpen(budgets: readonly Budget[]): void {
  for (const budget of budgets) {
    if (budget.status === "CLOSED") throw new WireError("BUDGET_CLOSED", `${budget.scope} is closed`);
    if (budget.status === "FROZEN") throw new WireError("BUDGET_FROZEN", `${budget.scope} is frozen`);
  }
}

/**
 * Books an actual amount in place of what was held for it.
 * @throws WireError where the policy lets nothing be booked; then nothing was
 */
export function charge(budgets: readonly Budget[], held: bigint, actual: bigint, policy: OveragePolicy): Charge {
  const beyond = actual - held;
  const left = least(budgets.map(({ remaining }) => remaining));
  if (beyond <= 0n || beyond <= left) return book(budgets, held, actual);
  if (policy === "REJECT") throw new WireError("BUDGET_EXCEEDED", `${beyond} more than was reserved, and ${left} are left`);
  const limit = least(budgets.map(({ overdraftLimit }) => overdraftLimit));
  // A budget without an overdraft is capped, whatever the policy.
  if (policy === "ALLOW_WITH_OVERDRAFT" && limit > 0n) {
    const beyondLimit = budgets.find(({ debt, overdraftLimit }) => debt + beyond > overdraftLimit);
    if (beyondLimit !== undefined)
      throw new WireError("OVERDRAFT_LIMIT_EXCEEDED", `${beyondLimit.scope} may owe ${beyondLimit.overdraftLimit}`);
    book(budgets, held, held);
    for (const budget of budgets) budget.debt += beyond;
    return { charged: actual, isCapped: false };
  }
  for (const budget of budgets) if (budget.remaining < beyond) budget.isOverLimit = true;
  return { ...book(budgets, held, held + left), isCapped: true };
}

function book(budgets: readonly Budget[], held: bigint, charged: bigint): Charge {
  for (const budget of budgets) {
    budget.reserved -= held;
    budget.spent += charged;
  }
  return { charged, isCapped: false };
}

/** The smallest, and not less than nothing. */
function least(amounts: readonly bigint[]): bigint {
  const smallest = amounts.reduce((one, other) => (other < one ? other : one));
  return smallest < 0n ? 0n : smallest;
}
