import { type DecisionScope, moneyLines, type PolicyProvider } from "@agentkit-policy/core";
import type { ActionContext, MoneyLine, PolicyDecision } from "@agentkit-policy/schema";
import { type CyclesAdapterSettings, fixedPrices } from "./cycles-adapter-options.js";
import type { CyclesClient } from "./cycles-client.js";
import { estimateOf } from "./estimate.js";
import { wouldBe } from "./from-cycles.js";
import { decideRequestOf, type Step } from "./to-cycles.js";

/** Cycles asked what it would say, without a hold: its answers are for whoever tries a budget out, and count for nothing. */
export function shadowOf(settings: CyclesAdapterSettings, client: CyclesClient): PolicyProvider {
  const prices = fixedPrices(settings);
  const ask = async (step: Step, money: readonly MoneyLine[], { signal }: DecisionScope): Promise<PolicyDecision> => {
    const estimate = estimateOf(money, prices);
    if (typeof estimate === "object") return estimate;
    return wouldBe(await client.decide(decideRequestOf(step, estimate, settings), { signal }));
  };
  return {
    name: "cycles",
    beforeAction(context: ActionContext, scope: DecisionScope) {
      const money = moneyLines(context.effects);
      return money.length === 0 ? { decision: "allow" } : ask({ context, step: "root" }, money, scope);
    },
    beforeWalletCall(context: ActionContext, scope: DecisionScope) {
      const money = moneyLines(context.excess ?? context.effects);
      return money.length === 0 ? { decision: "allow" } : ask({ context, step: context.callId ?? "call" }, money, scope);
    },
  };
}
