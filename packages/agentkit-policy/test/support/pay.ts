import type { ActionContext, LoadedPolicy, PolicyDecision } from "../../src/index.js";

/** The chain's coin of Base Sepolia. */
export const coin = "eip155:84532/slip44:60";

let count = 0;

/** The id of an attempt that begins now: a UUIDv7 that no other has. */
export function newAttemptId(): string {
  count += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(count).padStart(12, "0")}`;
}

/** Asks a policy for a payment of one atomic unit, by whom and by what the facts say. */
export async function pay(
  policy: LoadedPolicy,
  facts: Partial<Pick<ActionContext, "walletAddress" | "chainId" | "actionName" | "canonicalAction">>,
): Promise<PolicyDecision> {
  const context: ActionContext = {
    layer: "action",
    actionId: newAttemptId(),
    actionName: "pay",
    chainId: "eip155:84532",
    walletAddress: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    args: null,
    effects: [{ kind: "transfer", asset: coin, amount: "1", basis: "declared" }],
    moneyVisible: false,
    actionHash: "0".repeat(64),
    requestedAt: new Date().toISOString(),
    ...facts,
  };
  return await policy.beforeAction(context, { signal: new AbortController().signal, remainingMs: 5_000 });
}
