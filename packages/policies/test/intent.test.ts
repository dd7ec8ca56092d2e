import { AttemptMachine, createRuntime } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { intentOf } from "../src/ledger-request.js";
import { definePolicy } from "../src/policy.js";
import { alice, bob, chainId, contextOf, idAt, native, self, transferOf } from "./support/contexts.js";

const rules = [{ id: "daily-eth", limit: "native", max: "100", per: ["wallet"], window: "day" }] as const;
const silent = { info: () => undefined, warn: () => undefined };
const noRead = async (): Promise<number> => Promise.reject(new Error("nothing to read"));

/** A machine over a policy in memory, and one attempt at a payment under an intent, run to its end. */
async function attempts() {
  const policy = await definePolicy({ version: 1, ledger: "memory", rules });
  const machine = new AttemptMachine(createRuntime(policy, { logger: silent }));
  return async (
    value: string,
    ending: "paid" | "failed" | "open",
    more: { intentId?: string; agentId?: string; to?: string } = {},
  ) => {
    const actionId = idAt(Date.now());
    const { to = alice, ...identity } = { intentId: "order-7", ...more };
    const verdict = await machine.openAttempt(
      {
        actionId,
        layer: "action",
        actionName: "WalletActionProvider_native_transfer",
        args: { to, value },
        walletAddress: self,
        chainId,
        network: "base-sepolia",
        identity,
        guarded: true,
        requestedAt: Date.now(),
      },
      noRead,
    );
    if (verdict.decision === "deny") return verdict.denial.code;
    const call = { callId: idAt(Date.now()), method: "send", walletMethod: "sendTransaction", chainId, from: self, to } as const;
    const facts = { ...call, value: `${value}000000000000000000` };
    if (ending === "open") return "open";
    if (ending === "paid") await machine.judgeCall(actionId, facts);
    await machine.settle({
      actionId,
      stage: "returned",
      result: ending === "paid" ? "Transferred" : "Error: no",
      durationMs: 1,
      walletTouched: true,
      journal: ending === "paid" ? [{ facts, state: "returned", transactionId: "0x1" }] : [],
    });
    return ending;
  };
}

describe("an intent", () => {
  it("executes once", async () => {
    const attempt = await attempts();
    expect(await attempt("1", "paid")).toBe("paid");
    expect(await attempt("1", "paid")).toBe("intent_executed");
  });

  it("with other effects is a conflict: another amount, another payee", async () => {
    const attempt = await attempts();
    await attempt("1", "paid");
    expect(await attempt("2", "paid")).toBe("intent_conflict");
    expect(await attempt("1", "paid", { to: bob })).toBe("intent_conflict");
  });

  it("may be tried again when nothing came of it, also with other effects", async () => {
    const attempt = await attempts();
    expect(await attempt("1", "failed")).toBe("failed");
    expect(await attempt("2", "paid")).toBe("paid");
    expect(await attempt("1", "paid")).toBe("intent_conflict");
  });

  it("cannot be tried again while it is under way", async () => {
    const attempt = await attempts();
    expect(await attempt("1", "open")).toBe("open");
    expect(await attempt("1", "paid")).toBe("intent_executed");
  });

  it("of another agent, or of another name, is another payment", async () => {
    const attempt = await attempts();
    for (const more of [{}, { agentId: "g2" }, { intentId: "order-8" }]) expect(await attempt("1", "paid", more)).toBe("paid");
    expect(await attempt("1", "paid", { agentId: "g2" })).toBe("intent_executed");
  });

  it("of a denied attempt is unharmed", async () => {
    const attempt = await attempts();
    expect(await attempt("101", "paid")).toBe("over_limit");
    expect(await attempt("1", "paid")).toBe("paid");
  });
});

describe("what an intent is told by", () => {
  const contentOf = (more: Partial<ActionContext>): string | undefined =>
    intentOf({ ...contextOf({ intentId: "i" }), ...more })?.content;

  it("is the effects, whether they were declared or decoded", () => {
    const effect = transferOf(alice, "5");
    expect(contentOf({ effects: [effect] })).toBe(contentOf({ effects: [{ ...effect, basis: "decoded" }] }));
    expect(contentOf({ effects: [effect] })).not.toBe(contentOf({ effects: [transferOf(alice, "5", `${native}1`)] }));
  });

  it("is the very call where they cannot be told in amounts", () => {
    const unknown: ActionContext["effects"] = [{ kind: "unknown", basis: "declared" }];
    const other = { actionHash: "1".repeat(64) };
    expect(contentOf({ effects: unknown })).not.toBe(contentOf({ effects: unknown, ...other }));
    expect(contentOf({})).toBe(contentOf(other));
  });

  it("is told of an action within another too, and of nothing that names no intent", () => {
    expect(contentOf({ parentActionId: idAt(Date.now()) })).toBe(contentOf({}));
    expect(intentOf(contextOf({}))).toBeUndefined();
  });

  it("is the very call where nothing can be told of it at all", () => {
    expect(contentOf({ effects: [] })).not.toBe(contentOf({ effects: [], actionHash: "1".repeat(64) }));
  });
});
