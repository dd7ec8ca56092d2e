import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettledOutcome } from "@agentkit-policy/core";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { definePolicy, type LoadedPolicy } from "../src/policy.js";
import type { PolicyDefinition } from "../src/policy-file.js";
import { alice, bob, contextOf, idAt, native, self, transferOf, usdc } from "./support/contexts.js";

const minute = 60_000;
let now = Date.UTC(2026, 10, 25, 12);
let uptimeFraction = 0;
const clock = { now: () => now, uptime: () => now + uptimeFraction };
const scope = { signal: new AbortController().signal, remainingMs: 1_000, settlements: [] };

beforeEach(() => {
  now = Date.UTC(2026, 10, 25, 12);
  uptimeFraction = 0;
});

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-provider-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function policyOf(rules: PolicyDefinition["rules"], ledger = "memory"): Promise<LoadedPolicy> {
  return await definePolicy({ version: 1, ledger, rules }, { clock });
}

const ethADay = { id: "daily-eth", limit: "native", max: "0.05", per: ["wallet"], window: "day" } as const;

function payment(wei: string, more: Parameters<typeof contextOf>[0] = {}): ActionContext {
  return contextOf({ effects: [transferOf(alice, wei)], ...more }, now);
}

function callOf(context: ActionContext, excess = context.effects.slice(0, 0)): ActionContext {
  return { ...context, layer: "wallet", callId: idAt(now), excess };
}

function outcome(spent: string[], more: Partial<SettledOutcome> = {}): SettledOutcome {
  const lines = spent.map((amount) => ({
    kind: "transfer" as const,
    asset: native,
    amount,
    counterparty: `eip155:84532:${alice}`,
  }));
  return {
    status: "succeeded",
    entered: true,
    spent: lines,
    transactions: [],
    journalComplete: true,
    durationMs: 1,
    calls: [],
    ...more,
  };
}

const settle = { settlements: [{ step: "root" }], recovered: false };

async function counted(policy: LoadedPolicy): Promise<string[]> {
  return (await policy.balances()).map(({ counted: amount, open, left }) => `${amount} (${open} open), ${left} left`);
}

describe("a limit", () => {
  it("admits up to its maximum and denies the next unit, in words for the model", async () => {
    const policy = await policyOf([ethADay]);
    expect(await policy.beforeAction(payment("50000000000000000"), scope)).toMatchObject({
      decision: "allow",
      settlement: { step: "root" },
    });
    expect(await policy.beforeAction(payment("7000000000000000"), scope)).toEqual({
      decision: "deny",
      code: "over_limit",
      reason: 'the limit "daily-eth" has no room for 0.007 ETH',
      metadata: { rule: "daily-eth" },
    });
  });

  it("of a token counts that token, and `native` the chain's coin", async () => {
    const policy = await policyOf([ethADay, { id: "usdc", limit: usdc, max: "100", per: ["wallet"], window: "lifetime" }]);
    const pay = (amount: string): Promise<PolicyDecision> | PolicyDecision =>
      policy.beforeAction(payment("1", { effects: [transferOf(bob, amount, usdc)] }), scope);
    expect((await pay("100000000")).decision).toBe("allow");
    expect(await pay("1")).toMatchObject({ reason: 'the limit "usdc" has no room for 0.000001 USDC' });
    const both = { effects: [transferOf(alice, "7"), transferOf(bob, "1", usdc)] };
    expect(await policy.beforeAction(payment("1", both), scope)).toMatchObject({
      reason: 'the limit "usdc" has no room for 0.000001 USDC',
    });
    expect((await policy.beforeAction(payment("1"), scope)).decision).toBe("allow");
    const elsewhere = {
      chainId: "eip155:1",
      effects: [{ ...transferOf(alice, "50000000000000001"), asset: "eip155:1/slip44:60" }],
    };
    expect(await policy.beforeAction(payment("1", elsewhere), scope)).toMatchObject({ code: "over_limit" });
  });

  it("per user denies an attempt of nobody", async () => {
    const policy = await policyOf([{ ...ethADay, per: ["user"] }]);
    expect(await policy.beforeAction(payment("1"), scope)).toMatchObject({
      decision: "deny",
      code: "missing_scope",
      reason: expect.stringContaining("user"),
    });
    expect((await policy.beforeAction(payment("1", { userId: "u1" }), scope)).decision).toBe("allow");
  });

  it("on actions counts reads too", async () => {
    const policy = await policyOf([{ id: "loop", limit: "actions", max: 1, per: ["run"], window: "10m" }]);
    const read = () => policy.beforeAction(contextOf({ effects: [], runId: "r1" }, now), scope);
    expect((await read()).decision).toBe("allow");
    expect(await read()).toMatchObject({ code: "over_limit", reason: 'the limit "loop" has no room for another action' });
    // Less money would be refused as well.
    expect(await policy.beforeAction(payment("1", { runId: "r1" }), scope)).toMatchObject({
      reason: expect.stringMatching(/another action$/),
    });
  });

  it("asks nothing of an action that moves nothing", async () => {
    const policy = await policyOf([{ ...ethADay, per: ["user"] }]);
    expect(await policy.beforeAction(contextOf({ effects: [] }, now), scope)).toEqual({ decision: "allow" });
    expect(await policy.ledger.assets()).toEqual([]);
  });
});

describe("an entry", () => {
  it("is reserved at the root, armed by the first wallet call, and closed with what was spent", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    const late = payment("1");
    now += 14 * minute;
    expect(await policy.beforeWalletCall?.(callOf(context), scope)).toMatchObject({ decision: "allow", validForMs: 10 * minute });
    now += 14 * minute;
    expect(await counted(policy)).toEqual(["10 (10 open), 49999999999999990 left"]);
    await policy.settle?.(context, outcome(["7"]), settle);
    expect(await counted(policy)).toEqual(["7 (0 open), 49999999999999993 left"]);
    expect((await policy.beforeAction(late, scope)).decision).toBe("deny");
  });

  it("may be acted on only while the wallet has its five minutes", async () => {
    const policy = await policyOf([ethADay]);
    expect(await policy.beforeAction(payment("10"), scope)).toMatchObject({ validForMs: 10 * minute });
  });

  it("is not asked again for a later call without excess, until its time runs short", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    const first = await policy.beforeWalletCall?.(callOf(context), scope);
    now += 4 * minute;
    expect([first, await policy.beforeWalletCall?.(callOf(context), scope)]).toMatchObject([
      { validForMs: 10 * minute },
      { validForMs: 6 * minute },
    ]);
    now += 7 * minute;
    expect(await policy.beforeWalletCall?.(callOf(context), scope)).toMatchObject({ decision: "allow", validForMs: 10 * minute });
  });

  it("is valid for whole milliseconds, whatever parts of one the machine's clock tells", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    await policy.beforeWalletCall?.(callOf(context), scope);
    for (const [passed, validForMs] of [
      [0, 10 * minute - 1],
      [1_500, 10 * minute - 1_501],
    ] as const) {
      now += passed;
      uptimeFraction = 0.25;
      expect(await policy.beforeWalletCall?.(callOf(context), scope)).toEqual({ decision: "allow", validForMs });
    }
  });

  it("grows by a call's excess, which is judged by the same budgets", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    expect(await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "5")]), scope)).toMatchObject({
      decision: "allow",
      settlement: {},
    });
    expect(await counted(policy)).toEqual(["15 (15 open), 49999999999999985 left"]);
    expect(await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "50000000000000000")]), scope)).toMatchObject({
      code: "over_limit",
    });
  });

  it("is armed at the root where no wallet call will come by", async () => {
    const policy = await policyOf([ethADay]);
    await policy.beforeAction(payment("10", { moneyVisible: false }), scope);
    now += 20 * minute;
    expect(await counted(policy)).toEqual(["10 (10 open), 49999999999999990 left"]);
  });

  it("sees a freeze within a second, also where a call needs no question of the ledger", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    const call = async () => await policy.beforeWalletCall?.(callOf(context), scope);
    expect(await call()).toMatchObject({ decision: "allow" });
    await policy.ledger.freeze({ scope: "action", value: "wallet.native_transfer", reason: "stolen" });
    now += 1_001;
    expect(await call()).toMatchObject({ decision: "deny", code: "frozen" });
    expect(await policy.beforeAction(payment("10"), scope)).toMatchObject({ code: "frozen" });
    await policy.ledger.unfreeze({ scope: "action", value: "wallet.native_transfer" });
    expect(await call()).toMatchObject({ decision: "allow" });
    await policy.settle?.(context, outcome(["10"]), settle);
    expect(await counted(policy)).toEqual(["10 (0 open), 49999999999999990 left"]);
  });

  it("is not armed by a later call where the ledger has lost what the first one drew on", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    // Nothing was on a disk yet: the database came back without it, and the entry is another's.
    const reserve = policy.ledger.reserve.bind(policy.ledger);
    const lost = await policyOf([ethADay]);
    Object.assign(policy.ledger, { reserve: lost.ledger.reserve });
    expect(await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "5")]), scope)).toMatchObject({
      code: "ledger_closed",
    });
    Object.assign(policy.ledger, { reserve });
    expect(await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "5")]), scope)).toMatchObject({ decision: "allow" });
  });

  it("that was never armed is free again after its life", async () => {
    const policy = await policyOf([ethADay]);
    await policy.beforeAction(payment("10"), scope);
    now += 15 * minute + 1;
    expect(await counted(policy)).toEqual([]);
  });

  it("is given back by a denial, body not entered, and count lines with it", async () => {
    const policy = await policyOf([ethADay, { id: "loop", limit: "actions", max: 1, per: ["wallet"], window: "day" }]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    await policy.settle?.(context, outcome([], { status: "denied", entered: false }), settle);
    expect((await policy.beforeAction(payment("10"), scope)).decision).toBe("allow");
  });

  it("stays open while a call is in flight", async () => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    await policy.beforeWalletCall?.(callOf(context), scope);
    const calls = [{ callId: idAt(now), state: "in_flight" as const, final: false, lines: outcome(["4"]).spent }];
    await policy.settle?.(context, outcome(["4"], { calls }), settle);
    expect(await counted(policy)).toEqual(["10 (10 open), 49999999999999990 left"]);
    await policy.settle?.(context, outcome(["4"]), settle);
    expect(await counted(policy)).toEqual(["4 (0 open), 49999999999999996 left"]);
  });

  it.each([
    ["is dated by its block beside a message that was signed", { message: true }],
    ["waits for a call that may use what it has approved", {}],
  ] as const)("that a chain has proven %s", async (_case, kind) => {
    const policy = await policyOf([ethADay]);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    await policy.beforeWalletCall?.(callOf(context), scope);
    const [paid, other] = [idAt(now), idAt(now)];
    const calls = [
      { callId: paid, state: "live", final: false, lines: outcome(["10"]).spent },
      { callId: other, state: "live", final: false, lines: [], ...kind },
    ] as const;
    await policy.settle?.(context, outcome(["10"], { calls }), settle);
    const blockTime = now + 1_000;
    const verdict = { kind: "moved", blockTime } as const;
    const told = await policy.ledger.correct({ attemptId: context.actionId, evidence: [{ callId: paid, verdict }] });
    expect(told).toMatchObject({ ok: true, until: "message" in kind ? blockTime : now + 60 * minute });
  });

  it("of a call whose action was a read is made by its excess", async () => {
    const policy = await policyOf([ethADay]);
    const context = contextOf({ effects: [] }, now);
    await policy.beforeAction(context, scope);
    expect((await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "5")]), scope))?.decision).toBe("allow");
    await policy.settle?.(context, outcome(["5"]), { settlements: [], recovered: false });
    expect(await counted(policy)).toEqual(["5 (0 open), 49999999999999995 left"]);
  });
});

describe("a ledger that cannot answer", () => {
  it.each(["memory", "sqlite"])("denies, with a code that says why, at once or later: %s", async (kind) => {
    const policy = await policyOf([ethADay], kind === "sqlite" ? `sqlite:${join(folder, "ledger.db")}` : kind);
    const context = payment("10");
    await policy.beforeAction(context, scope);
    await policy.dispose();
    expect(await policy.beforeAction(payment("10"), scope)).toMatchObject({ decision: "deny", code: "ledger_disposed" });
    expect(await policy.beforeWalletCall?.(callOf(context), scope)).toMatchObject({ decision: "deny", code: "ledger_disposed" });
    const settling = async (): Promise<void> => await policy.settle?.(context, outcome([]), settle);
    await expect(settling()).rejects.toMatchObject({ code: "ledger_disposed" });
  });
});

it("a stateless denial asks no ledger", async () => {
  const policy = await policyOf([ethADay, { id: "no", deny: { recipients: [alice] } }]);
  await policy.dispose();
  expect(await policy.beforeAction(payment("1"), scope)).toEqual({
    decision: "deny",
    code: "denied_by_rule",
    reason: 'the rule "no" denies this',
    metadata: { rule: "no" },
  });
});

it("an unlimited approval that a rule admits fills every budget of its token", async () => {
  const approval = {
    kind: "approval" as const,
    asset: usdc,
    amount: "unlimited",
    counterparty: `eip155:84532:${alice}`,
    basis: "declared" as const,
  };
  const limited = await policyOf([
    { id: "a", allow: { effects: ["approval"] } },
    { id: "usdc", limit: usdc, max: "100", window: "day" },
  ]);
  expect(await limited.beforeAction(contextOf({ effects: [approval] }, now), scope)).toMatchObject({ code: "over_limit" });
  const open = await policyOf([{ id: "a", allow: { effects: ["approval"] } }]);
  expect((await open.beforeAction(contextOf({ effects: [approval] }, now), scope)).decision).toBe("allow");
});

it("the wallet's scope is its namespace and address", async () => {
  const policy = await policyOf([ethADay]);
  await policy.beforeAction(payment("10"), scope);
  expect(await policy.balances()).toMatchObject([{ scope: { wallet: `eip155:${self}` } }]);
});
