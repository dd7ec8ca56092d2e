import { type AttemptFacts, AttemptMachine, createRuntime, type Description } from "@agentkit-policy/core";
import { createActionReader } from "@agentkit-policy/effects";
import { type Ledger, type LedgerOptions, openMemoryLedger } from "@agentkit-policy/ledger";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../src/policy.js";
import type { PolicyDefinition } from "../src/policy-file.js";
import { alice, bob, chainId, idAt, native, self, transferOf } from "./support/contexts.js";

const silent = { info: () => undefined, warn: () => undefined };
const ethADay = { id: "daily-eth", limit: native, max: "100", window: "day" } as const;
const descriptions: Record<string, Description> = {
  workflow: { effects: [], spends: false, throughWallet: true },
  invoice: { effects: [transferOf(alice, "5")], spends: true, throughWallet: true },
  blind: { effects: [], spends: true, throughWallet: true },
  vendor: { effects: [], spends: true, throughWallet: false },
  read: { effects: [], spends: false, throughWallet: true },
  pay: { effects: [transferOf(alice, "1")], spends: true, throughWallet: true },
  payBob: { effects: [transferOf(bob, "1")], spends: true, throughWallet: true },
};

interface Asked {
  readonly intentId?: string;
  /** The attempt around it. */
  readonly within?: string;
  /** So long ago it began. */
  readonly ageMs?: number;
}

/** A machine over a policy of its own, on a ledger that others may share. */
async function machineOf(more: PolicyDefinition["rules"] = [], ledger?: Ledger) {
  const openLedger = async (options: LedgerOptions) => ledger ?? openMemoryLedger(options);
  const definition = { version: 1, ledger: "memory", rules: [ethADay, ...more] } as const;
  const policy = await definePolicy(definition, { logger: silent, openLedger });
  const describe = Object.fromEntries(Object.entries(descriptions).map(([name, description]) => [name, () => description]));
  const machine = new AttemptMachine(createRuntime(policy, { logger: silent, reader: createActionReader({ describe }) }));
  const begin = async (actionName: string, { intentId = "order-7", within, ageMs = 0 }: Asked = {}) => {
    const actionId = idAt(Date.now() - ageMs);
    const about = { actionName, args: {}, walletAddress: self, chainId, network: "base-sepolia", identity: { intentId } };
    const facts = { actionId, layer: "action", ...about, guarded: true, requestedAt: Date.now() } as const;
    const opened = await machine.openAttempt(
      { ...facts, ...(within === undefined ? {} : { parentActionId: within }) },
      async () => 18,
    );
    const code = opened.decision === "deny" ? opened.denial.code : undefined;
    const send = async (to: string, value: string) => {
      const callId = idAt(Date.now());
      const call = { callId, method: "send", walletMethod: "sendTransaction", chainId, from: self, to, value } as const;
      const judged = await machine.judgeCall(actionId, call);
      return judged.decision === "deny" ? judged.denial.code : call;
    };
    const sign = async () => {
      const callId = idAt(Date.now());
      const call = { callId, method: "sign_message", walletMethod: "signMessage", chainId, from: self } as const;
      return (await machine.judgeCall(actionId, { ...call, payload: ["hello"] })).decision;
    };
    const end = async (calls: readonly Exclude<Awaited<ReturnType<typeof send>>, string>[], fails = false) => {
      const journal = calls.map((facts) => ({ facts, state: "returned" as const, transactionId: "0x1" }));
      const result = fails ? "Error: no" : "done";
      await machine.settle({ actionId, stage: "returned", result, durationMs: 1, walletTouched: true, journal });
    };
    return { actionId, code, send, sign, end, facts };
  };
  /** An attempt of a machine that is gone, settled by this one. */
  const recover = async (facts: AttemptFacts, stage: "before" | "returned") => {
    const { actionId } = facts;
    const settled = { actionId, stage, result: "Error: no", durationMs: 1, walletTouched: false, journal: [] };
    await machine.settleRecovered(facts, settled, [{ step: "root" }], async () => 18);
  };
  /** One attempt from its beginning to its end, that pays where it is let. */
  const run = async (actionName: string, to?: string, asked?: Asked): Promise<string> => {
    const attempt = await begin(actionName, asked);
    if (attempt.code !== undefined) return attempt.code;
    const sent = to === undefined ? [] : [await attempt.send(to, "1")];
    await attempt.end(sent.filter((call) => typeof call !== "string"));
    return sent.find((call) => typeof call === "string") ?? "paid";
  };
  return { policy, begin, run, recover };
}

describe("an intent", () => {
  it.each(["blind", "vendor"])("executes once where nothing can be told before it runs: %s", async (name) => {
    const { run } = await machineOf();
    expect(await run(name, alice)).toBe("paid");
    expect(await run(name, alice)).toBe("intent_executed");
    expect(await run(name, alice, { intentId: "order-8" })).toBe("paid");
  });

  it("is not taken by a read, and is by an action that was to move nothing and paid", async () => {
    const { run } = await machineOf();
    expect(await run("read")).toBe("paid");
    expect(await run("read", alice)).toBe("paid");
    expect(await run("read", alice)).toBe("intent_executed");
    expect(await run("payBob", bob)).toBe("intent_conflict");
  });

  it("of an action around, which moves nothing itself, executes once with all that it pays", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow");
    for (const [name, to] of [
      ["pay", alice],
      ["payBob", bob],
      ["pay", alice],
    ] as const)
      expect(await run(name, to, { within: outer.actionId })).toBe("paid");
    await outer.end([]);
    const again = await begin("workflow");
    expect(again.code).toBeUndefined();
    expect(await run("pay", alice, { within: again.actionId })).toBe("intent_executed");
    expect(await run("pay", alice)).toBe("intent_conflict");
  });

  it("is shared by payments inside that begin together, and by those further inside", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow");
    const inner = await begin("workflow", { within: outer.actionId });
    const within = { within: inner.actionId };
    expect(await Promise.all([run("pay", alice, within), run("payBob", bob, within)])).toEqual(["paid", "paid"]);
    await inner.end([]);
    await outer.end([]);
    expect(await run("payBob", bob)).toBe("intent_conflict");
  });

  it("that is set inside an action is its payment's own", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow", { intentId: "run-1" });
    expect(await run("pay", alice, { within: outer.actionId })).toBe("paid");
    expect(await run("pay", alice, { within: outer.actionId })).toBe("intent_executed");
  });

  it("is its payment's own within an action of which this policy knows nothing", async () => {
    const { run } = await machineOf();
    expect(await run("pay", alice, { within: idAt(Date.now()) })).toBe("paid");
    expect(await run("pay", alice, { within: idAt(Date.now()) })).toBe("intent_executed");
  });

  it.each(["workflow", "invoice"])("is not free again where the action around it failed, and paid inside: %s", async (name) => {
    const { begin, run } = await machineOf();
    const outer = await begin(name);
    expect(await run("pay", alice, { within: outer.actionId })).toBe("paid");
    await outer.end([], true);
    expect(await run("pay", alice)).toBe("intent_conflict");
  });

  it("is free again where it failed, and so did what was inside", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow");
    const inner = await begin("pay", { within: outer.actionId });
    await inner.end([], true);
    const denied = await begin("payBob", { within: outer.actionId });
    expect(await denied.send(bob, `1000${"0".repeat(18)}`)).toBe("over_limit");
    await denied.end([], true);
    await outer.end([], true);
    expect(await run("pay", alice)).toBe("paid");
  });

  it("is not free where a chain proves that the action around sent nothing: what is inside has paid", async () => {
    const { policy, begin, run } = await machineOf();
    const outer = await begin("invoice");
    const inner = await begin("pay", { within: outer.actionId });
    const calls = [await inner.send(alice, "1"), await outer.send(alice, "5")];
    const [paid, lost] = calls.filter((call) => typeof call !== "string");
    if (paid === undefined || lost === undefined) throw new Error(calls.join());
    await inner.end([paid]);
    await outer.end([lost]);
    await policy.ledger.correct({
      attemptId: outer.actionId,
      evidence: [{ callId: lost.callId, verdict: { kind: "never" } }],
    });
    expect(await run("invoice", alice)).toBe("intent_executed");
  });

  it.each(["workflow", "invoice", "blind"])(
    "is not free after a restart: what was inside the %s may have paid, and only what is gone knew of it",
    async (name) => {
      const { policy, begin, run } = await machineOf();
      const outer = await begin(name);
      expect(await run("pay", alice, { within: outer.actionId })).toBe("paid");
      const next = await machineOf([], policy.ledger);
      // The host may tell it to each process that begins anew.
      for (let times = 0; times < 2; times += 1) await next.recover(outer.facts, "returned");
      const again = await next.begin(name);
      expect(again.code ?? (await next.run("pay", alice, { within: again.actionId }))).toBe("intent_executed");
    },
  );

  it("is free after a restart where the action around never began", async () => {
    const { policy, begin } = await machineOf();
    const outer = await begin("invoice");
    const next = await machineOf([], policy.ledger);
    await next.recover(outer.facts, "before");
    expect(await next.run("invoice", alice)).toBe("paid");
  });

  it("holds for what is inside also where a limit counts actions", async () => {
    const { begin, run } = await machineOf([{ id: "loop", limit: "actions", max: 50, window: "day" }]);
    const outer = await begin("workflow");
    for (const [name, to] of [
      ["pay", alice],
      ["payBob", bob],
    ] as const)
      expect(await run(name, to, { within: outer.actionId })).toBe("paid");
    await outer.end([]);
    expect((await begin("workflow")).code).toBe("intent_executed");
  });

  it("is the payment's own where the action around has run for longer than an entry lives", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow", { ageMs: 16 * 60_000 });
    expect(await run("pay", alice, { within: outer.actionId })).toBe("paid");
    expect(await run("pay", alice, { within: outer.actionId })).toBe("intent_executed");
  });

  it("is not taken by a message that an action signs which moves nothing, nor then held for what is inside", async () => {
    const { begin, run } = await machineOf();
    const outer = await begin("workflow");
    expect(await outer.sign()).toBe("allow");
    expect(await run("pay", alice, { within: outer.actionId })).toBe("paid");
    expect(await run("pay", alice)).toBe("intent_executed");
    const { begin: beginAlone, run: runAlone } = await machineOf();
    const login = await beginAlone("read");
    expect(await login.sign()).toBe("allow");
    await login.end([]);
    expect(await runAlone("pay", alice)).toBe("paid");
  });

  it("stops what is inside where the action around is frozen", async () => {
    const { policy, begin, run } = await machineOf();
    const outer = await begin("workflow");
    await policy.ledger.freeze({ scope: "action", value: "workflow", reason: "stop it" });
    expect(await run("pay", alice, { within: outer.actionId })).toBe("frozen");
  });
});
