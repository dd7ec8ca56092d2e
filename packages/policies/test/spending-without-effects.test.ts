import { AttemptMachine, createRuntime, type Description } from "@agentkit-policy/core";
import { createActionReader } from "@agentkit-policy/effects";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../src/policy.js";
import { alice, chainId, contextOf, idAt, native, self } from "./support/contexts.js";

const silent = { info: () => undefined, warn: () => undefined };
const scope = { signal: new AbortController().signal, remainingMs: 1_000, settlements: [] };

/** A machine under one budget, with an action of which nothing can be told before it runs. */
async function actionOf(described: Partial<Description>) {
  const rules = [{ id: "day", limit: native, max: "100", window: "day" }] as const;
  const policy = await definePolicy({ version: 1, ledger: "memory", rules }, { logger: silent });
  const asked: string[] = [];
  const { reserve } = policy.ledger;
  policy.ledger.reserve = (request) => {
    asked.push(request.arm === true ? "armed" : "reserved");
    return reserve.call(policy.ledger, request);
  };
  const reader = createActionReader({
    describe: { pay: () => ({ effects: [], spends: true, throughWallet: true, ...described }) },
  });
  const machine = new AttemptMachine(createRuntime(policy, { logger: silent, reader }));
  const open = async (): Promise<string> => {
    const actionId = idAt(Date.now());
    const about = { actionName: "pay", args: {}, walletAddress: self, chainId, network: "base-sepolia", identity: {} };
    const facts = { actionId, layer: "action", ...about, guarded: true, requestedAt: Date.now() } as const;
    const verdict = await machine.openAttempt(facts, async () => 18);
    if (verdict.decision === "deny") return verdict.denial.code;
    const callId = idAt(Date.now());
    const call = { callId, method: "send", walletMethod: "sendTransaction", chainId, from: self, to: alice, value: "7" } as const;
    const judged = described.spends === false ? undefined : await machine.judgeCall(actionId, call);
    const journal = judged?.decision === "allow" ? [{ facts: call, state: "returned" as const, transactionId: "0x1" }] : [];
    await machine.settle({ actionId, stage: "returned", result: "done", durationMs: 1, walletTouched: true, journal });
    return "done";
  };
  return { policy, asked, open };
}

describe("an action that may spend, and of which nothing can be told before it runs,", () => {
  it("is armed before it begins where its money goes around the guard, and stopped by a freeze", async () => {
    const { policy, asked, open } = await actionOf({ throughWallet: false });
    expect(await open()).toBe("done");
    expect(asked[0]).toBe("armed");
    await policy.ledger.freeze({ scope: "all", value: "", reason: "stolen" });
    expect(await open()).toBe("frozen");
  });

  it("has an entry before its first wallet call, which arms it, and counts what that call moved", async () => {
    const { policy, asked, open } = await actionOf({});
    expect(await open()).toBe("done");
    expect(asked).toEqual(["reserved", "armed"]);
    expect((await policy.balances()).map(({ counted }) => counted)).toEqual(["7"]);
    await policy.ledger.freeze({ scope: "all", value: "", reason: "stolen" });
    expect(await open()).toBe("frozen");
  });

  it("is told from a read, which asks nothing of the ledger", async () => {
    for (const throughWallet of [true, false]) {
      const { asked, open } = await actionOf({ spends: false, throughWallet });
      expect(await open()).toBe("done");
      expect(asked).toEqual([]);
    }
  });

  it("is told by whoever asks the policy; where nobody does, no effects mean that nothing moves", async () => {
    const { policy, asked } = await actionOf({});
    const context = contextOf({ effects: [], moneyVisible: false });
    await policy.beforeAction(context, scope);
    expect(asked).toEqual([]);
    await policy.beforeAction(context, { ...scope, maySpend: true });
    expect(asked).toEqual(["armed"]);
  });
});
