import { AttemptMachine, createRuntime, type Description } from "@agentkit-policy/core";
import { createActionReader } from "@agentkit-policy/effects";
import type { JournalCall } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../src/policy.js";
import { alice, bob, chainId, idAt, self, transferOf, usdc } from "./support/contexts.js";

const silent = { info: () => undefined, warn: () => undefined };
const router = "0x1111111111111111111111111111111111111111";
const hundred = transferOf(alice, "100000000", usdc);
const budgets = [
  { id: "total", limit: usdc, max: "250", window: "lifetime" },
  { id: "each", limit: usdc, max: "250", per: ["counterparty"], window: "lifetime" },
] as const;

/** A machine under budgets of USDC, with an action of the operator's own that declares 100 USDC to Alice. */
async function payments(described: Partial<Description> = {}) {
  const rules = [...budgets, { id: "router", allow: { contracts: [router, usdc.split(":").at(-1) ?? ""] } }];
  const policy = await definePolicy({ version: 1, ledger: "memory", rules }, { logger: silent });
  const description = { effects: [hundred], spends: true, throughWallet: true, ...described };
  const reader = createActionReader({ describe: { pay: () => description } });
  const machine = new AttemptMachine(createRuntime(policy, { logger: silent, reader }));
  const counted = async (): Promise<string[]> =>
    (await policy.balances()).map(
      ({ limitId, counted: amount, scope }) =>
        `${[limitId, scope["counterparty"]?.slice(-42)].filter(Boolean).join(" ")} ${amount}`,
    );
  const pay = async (to: string, data: string, state: JournalCall["state"] = "returned") => {
    const actionId = idAt(Date.now());
    const identity = {};
    const about = { actionName: "pay", args: {}, walletAddress: self, chainId, network: "base-sepolia", identity, guarded: true };
    const verdict = await machine.openAttempt({ actionId, layer: "action", ...about, requestedAt: Date.now() }, async () => 6);
    if (verdict.decision === "deny") return verdict.denial.code;
    const call = { callId: idAt(Date.now()), method: "send", walletMethod: "sendTransaction", chainId, from: self } as const;
    const facts = { ...call, to, value: "0", data };
    const judged = await machine.judgeCall(actionId, facts);
    if (judged.decision === "deny") return judged.denial.code;
    const journal = [{ facts, state, transactionId: "0x1" }];
    await machine.settle({ actionId, stage: "returned", result: "sent", durationMs: 1, walletTouched: true, journal });
    const proven = async () => {
      const evidence = [{ callId: call.callId, verdict: { kind: "moved", blockTime: Date.now() } }] as const;
      await policy.ledger.correct({ attemptId: actionId, evidence });
    };
    return { proven };
  };
  return { pay, counted };
}

const usdcContract = usdc.split(":").at(-1) ?? "";
const transferTo = (to: string, amount: number): string =>
  `0xa9059cbb${to.slice(2).padStart(64, "0")}${amount.toString(16).padStart(64, "0")}`;

describe("a budget", () => {
  it("counts what an action declared where its call to a contract tells no amount, and goes on counting it once that call is final", async () => {
    const { pay, counted } = await payments();
    const first = await pay(router, "0xdeadbeef");
    expect(await counted()).toEqual(["total 100000000", `each ${alice} 100000000`]);
    if (typeof first !== "string") await first.proven();
    expect(await counted()).toEqual(["total 100000000", `each ${alice} 100000000`]);
    expect(typeof (await pay(router, "0xdeadbeef"))).toBe("object");
    expect(await pay(router, "0xdeadbeef")).toBe("over_limit");
  });

  it("counts what left, and no more, where every call tells its amount", async () => {
    const { pay, counted } = await payments();
    for (let times = 0; times < 4; times += 1)
      expect(typeof (await pay(usdcContract, transferTo(alice, 30_000_000)))).toBe("object");
    expect(await counted()).toEqual(["total 120000000", `each ${alice} 120000000`]);
  });

  it("counts nothing of what was declared where the call never left", async () => {
    const { pay, counted } = await payments();
    await pay(router, "0xdeadbeef", "never_left");
    expect(await counted()).toEqual(["total 0"]);
  });

  it("counts an unseen payment and a call beyond it together, each for its payee", async () => {
    const { pay, counted } = await payments({ throughWallet: false });
    expect(typeof (await pay(usdcContract, transferTo(bob, 100_000_000)))).toBe("object");
    expect(await counted()).toEqual(["total 200000000", `each ${alice} 100000000`, `each ${bob} 100000000`]);
    expect(await pay(usdcContract, transferTo(bob, 100_000_000))).toBe("over_limit");
  });
});
