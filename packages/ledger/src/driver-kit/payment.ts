import type { Ledger, Limit, ReserveRequest } from "../ledger.js";

const asset = "eip155:84532/slip44:60";

function budgetOf(max: string): Limit {
  return { id: "budget", unit: "amount", asset, per: [], window: { kind: "calendar", unit: "month" }, max };
}

/** A payment that is reserved and armed at once, under one budget of everybody's. */
export function paymentOf(amount: string, attemptId: string, max: string): ReserveRequest {
  const lines = [{ unit: "amount", asset, amount } as const];
  return { attemptId, stepId: "root", scopes: {}, lines, limits: [budgetOf(max)], arm: true };
}

/** What the budget of `paymentOf` counts. */
export async function countedBy(ledger: Ledger): Promise<string> {
  return (await ledger.balances({ limits: [budgetOf("0")], scopes: {} }))[0]?.counted ?? "";
}
