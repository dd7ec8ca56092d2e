import type { PolicyProvider, Settlement, WalletCallScope } from "@agentkit-policy/core";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { beforeEach, describe, expect, it } from "vitest";
import { alice, bob, contextOf, idAt, transferOf } from "./support/contexts.js";
import { armed, outcomeOf, settled, settlementsOf, World } from "./support/processes.js";

const rules = [
  { id: "eth", limit: "native", max: "1", window: "day" },
  { id: "first", use: "holding" },
  { id: "slow", use: "holding" },
] as const;

let world: World;
let deadline: AbortController;
/** Gives the answer of the slow engine that is waited for. */
let answer: (decision: PolicyDecision) => void;

beforeEach(() => {
  world = new World();
  deadline = new AbortController();
});

const pending = (): Promise<PolicyDecision> =>
  new Promise((resolve) => {
    answer = resolve;
  });
const hangsAtOnce: Partial<PolicyProvider> = { beforeAction: pending };
const hangsAtCalls: Partial<PolicyProvider> = { beforeWalletCall: pending };
const holdsForCalls: Partial<PolicyProvider> = {
  beforeWalletCall: ({ callId }) => ({ decision: "allow", settlement: { call: callId } }),
};

function payment(): ActionContext {
  return contextOf({ effects: [transferOf(alice, "5")] }, world.now);
}

function scopeOf(settlements: readonly Settlement[] = []): WalletCallScope {
  return { signal: deadline.signal, remainingMs: 5_000, settlements };
}

function callOf(context: ActionContext): ActionContext {
  const excess = [transferOf(bob, "1")];
  return { ...context, layer: "wallet", callId: idAt(0), effects: excess, excess };
}

/** What an engine was told each time. */
function toldTo(rule: string): (readonly Settlement[])[] {
  return world.told.filter((told) => told.rule === rule).map(({ settlements }) => settlements);
}

describe("an engine that does not answer in time", () => {
  it("denies, and what the others granted is given back at once", async () => {
    const policy = await world.open(rules, { slow: hangsAtOnce });
    const context = payment();
    const deciding = policy.beforeAction(context, scopeOf());
    await settled();
    deadline.abort();
    expect(await deciding).toMatchObject({ decision: "deny", code: "policy_timeout", metadata: { rule: "slow" } });
    expect(toldTo("first")).toEqual([[{ held: `first ${context.actionId}` }]]);
    expect(toldTo("slow"), "it may hold something").toEqual([[]]);
    expect((await policy.balances()).map(({ counted }) => counted)).not.toContain("5");
  });

  it("keeps nothing that the others granted from an attempt that is settled meanwhile", async () => {
    const policy = await world.open(rules, { slow: hangsAtOnce });
    const context = payment();
    void policy.beforeAction(context, scopeOf());
    await settled();
    await policy.settle?.(context, outcomeOf({ status: "denied", entered: false }), { settlements: [], recovered: false });
    expect(toldTo("first")).toEqual([[{ held: `first ${context.actionId}` }]]);
  });

  it("is told again with what it granted too late", async () => {
    const policy = await world.open(rules, { slow: hangsAtOnce });
    const deciding = policy.beforeAction(payment(), scopeOf());
    await settled();
    deadline.abort();
    await deciding;
    answer({ decision: "allow", settlement: { late: true } });
    await settled();
    expect(toldTo("slow")).toEqual([[], [{ late: true }]]);
    expect(world.told.at(-1)?.outcome).toMatchObject({ status: "denied" });
  });

  it("is told no more where it denies too late", async () => {
    const policy = await world.open(rules, { slow: hangsAtOnce });
    const deciding = policy.beforeAction(payment(), scopeOf());
    await settled();
    deadline.abort();
    await deciding;
    answer({ decision: "deny", reason: "no" });
    await settled();
    expect(toldTo("slow")).toEqual([[]]);
  });

  it("is not asked where the time is over before it, and what the ledger reserved is given back", async () => {
    const asked: string[] = [];
    const hangs = (): Promise<PolicyDecision> => {
      asked.push("first");
      return pending();
    };
    const policy = await world.open(rules, { first: { beforeAction: hangs } });
    deadline.abort();
    expect(await policy.beforeAction(payment(), scopeOf())).toMatchObject({ code: "policy_timeout" });
    expect(asked).toEqual([]);
    expect((await policy.balances()).map(({ counted }) => counted)).not.toContain("5");
  });

  it("ends the round, and no other is asked after the end of the time", async () => {
    const asked: string[] = [];
    const last: Partial<PolicyProvider> = {
      beforeAction: () => {
        asked.push("last");
        return { decision: "allow" };
      },
    };
    const blocks: Partial<PolicyProvider> = {
      beforeAction: () => {
        deadline.abort();
        return { decision: "allow", settlement: { held: true } };
      },
    };
    const policy = await world.open(rules, { first: blocks, slow: last });
    expect(await policy.beforeAction(payment(), scopeOf())).toMatchObject({ code: "policy_timeout" });
    expect(asked).toEqual([]);
    expect(toldTo("first")).toEqual([[{ held: true }]]);
    expect(toldTo("slow"), "it was never asked").toEqual([]);
  });
});

describe("an engine that does not answer to a wallet call in time", () => {
  async function late(order: "settled first" | "answered first") {
    const policy = await world.open(rules, { first: holdsForCalls, slow: hangsAtCalls });
    const context = payment();
    const settlements = settlementsOf(await policy.beforeAction(context, scopeOf()));
    const judged = callOf(context);
    const deciding = policy.beforeWalletCall?.(judged, scopeOf(settlements));
    await settled();
    deadline.abort();
    expect(await deciding).toMatchObject({ decision: "deny", code: "policy_timeout" });
    const settle = () =>
      policy.settle?.(context, outcomeOf({ spent: [transferOf(alice, "5")] as never }), { settlements, recovered: false });
    if (order === "settled first") await settle();
    answer({ decision: "allow", settlement: { late: true } });
    await settled();
    if (order === "answered first") await settle();
    return { held: `${context.actionId}`, call: judged.callId, settle };
  }

  it("is told of what it granted too late with its attempt, and each grant once", async () => {
    const { held, call } = await late("answered first");
    expect(toldTo("slow")).toEqual([[{ held: `slow ${held}` }, { late: true }]]);
    expect(toldTo("first")).toEqual([[{ held: `first ${held}` }, { call }]]);
  });

  it("is told of its attempt once more where that was settled by then", async () => {
    const { held, settle } = await late("settled first");
    expect(toldTo("slow")).toEqual([[{ held: `slow ${held}` }], [{ held: `slow ${held}` }, { late: true }]]);
    expect(world.told.every(({ outcome }) => outcome.status === "succeeded")).toBe(true);
    await settle();
    expect(toldTo("slow").at(-1), "what has been told is forgotten").toEqual([{ held: `slow ${held}` }]);
  });

  it("keeps its attempt's grants where it is settled before the round has ended", async () => {
    const policy = await world.open(rules, { first: holdsForCalls, slow: hangsAtCalls });
    const context = payment();
    const settlements = settlementsOf(await policy.beforeAction(context, scopeOf()));
    const judged = callOf(context);
    const deciding = policy.beforeWalletCall?.(judged, scopeOf(settlements));
    await settled();
    await policy.settle?.(context, outcomeOf({ status: "denied" }), { settlements, recovered: false });
    expect(toldTo("first")).toEqual([[{ held: `first ${context.actionId}` }, { call: judged.callId }]]);
    answer({ decision: "deny", reason: "no" });
    await deciding;
  });
});

describe("engines that answer in time", () => {
  it("are handed each grant once, however often their attempt is settled", async () => {
    const policy = await world.open(rules, { first: holdsForCalls });
    const context = payment();
    const settlements = await armed(policy, context);
    const outcome = outcomeOf({ spent: [transferOf(alice, "5")] as never });
    for (let times = 0; times < 2; times += 1) await policy.settle?.(context, outcome, { settlements, recovered: false });
    const [held, ...calls] = toldTo("first")[0] ?? [];
    expect(held).toEqual({ held: `first ${context.actionId}` });
    expect(calls).toHaveLength(1);
    expect(toldTo("first")[1]).toEqual(toldTo("first")[0]);
  });

  it("leave nothing behind that listens to a signal", async () => {
    let listeners = 0;
    const { signal } = deadline;
    const counting = new Proxy(signal, {
      get(target, name) {
        if (name === "addEventListener") listeners += 1;
        if (name === "removeEventListener") listeners -= 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const policy = await world.open(rules);
    await policy.beforeAction(payment(), { signal: counting, remainingMs: 5_000 });
    expect(listeners).toBe(0);
  });
});
