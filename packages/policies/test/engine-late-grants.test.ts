import type { PolicyProvider, Settlement, WalletCallScope } from "@agentkit-policy/core";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { beforeEach, describe, expect, it } from "vitest";
import type { LoadedPolicy } from "../src/policy.js";
import { alice, bob, contextOf, idAt, transferOf } from "./support/contexts.js";
import { outcomeOf, settled, settlementsOf, World } from "./support/processes.js";

const rules = [
  { id: "eth", limit: "native", max: "1", window: "day" },
  { id: "budget", use: "holding" },
] as const;

let world: World;
/** Gives the answers to wallet calls that are waited for, in their order. */
let answers: ((decision: PolicyDecision) => void)[];

beforeEach(() => {
  world = new World();
  answers = [];
});

const asked: Partial<PolicyProvider> = {
  beforeWalletCall: () => new Promise((resolve) => void answers.push(resolve)),
};

function scopeOf(settlements: readonly Settlement[]): WalletCallScope {
  return { signal: new AbortController().signal, remainingMs: 5_000, settlements };
}

/** An attempt that was allowed, and so many of its calls, which its engine is asked about. */
async function judging(policy: LoadedPolicy, count = 1) {
  const context = contextOf({ effects: [transferOf(alice, "5")] }, world.now);
  const settlements = settlementsOf(await policy.beforeAction(context, scopeOf([])));
  const excess = [transferOf(bob, "1")];
  const calls = Array.from({ length: count }, () => {
    const judged: ActionContext = { ...context, layer: "wallet", callId: idAt(0), effects: excess, excess };
    return Promise.resolve(policy.beforeWalletCall?.(judged, scopeOf(settlements)));
  });
  await settled();
  const settle = async (more: Parameters<typeof outcomeOf>[0] = {}) =>
    await policy.settle?.(context, outcomeOf({ spent: [transferOf(alice, "5")] as never, ...more }), {
      settlements,
      recovered: false,
    });
  return { context, calls, settle };
}

const grant = (call: number): PolicyDecision => ({ decision: "allow", settlement: { call } });

/** What the engine was told last. */
function toldLast(): readonly Settlement[] | undefined {
  return world.told.at(-1)?.settlements;
}

describe("what an engine grants to a wallet call whose attempt is settled meanwhile", () => {
  it("is told with what its attempt came to, once the ledger has refused to arm the call", async () => {
    const { context, calls, settle } = await judging(await world.open(rules, { budget: asked }));
    await settle();
    answers[0]?.(grant(1));
    expect(await calls[0]).toMatchObject({ decision: "deny" });
    await settled();
    expect(toldLast()).toEqual([{ held: `budget ${context.actionId}` }, { call: 1 }]);
    expect(world.told.at(-1)?.outcome).toMatchObject({ status: "succeeded", spent: [{ amount: "5" }] });
  });

  it("is told too where the engine answers while the others of its attempt are asked", async () => {
    const { calls, settle } = await judging(await world.open(rules, { budget: asked }), 2);
    answers[0]?.(grant(1));
    await settle();
    await calls[0];
    answers[1]?.(grant(2));
    await calls[1];
    await settled();
    expect(toldLast()).toEqual(expect.arrayContaining([{ call: 2 }]));
    expect(world.told.flatMap(({ settlements }) => settlements)).toContainEqual({ call: 1 });
  });

  it("is told again as long as the engine cannot write it, and forgotten once it has", async () => {
    let fails = true;
    const told: (readonly Settlement[])[] = [];
    const settling: PolicyProvider["settle"] = (_context, _outcome, { settlements }) => {
      told.push(settlements);
      if (fails) throw new Error("not now");
    };
    const { calls, settle } = await judging(await world.open(rules, { budget: { ...asked, settle: settling } }));
    await settle().catch(() => undefined);
    answers[0]?.(grant(1));
    await calls[0];
    await settled();
    await settle().catch(() => undefined);
    expect(told.at(-1), "it has not been written").toContainEqual({ call: 1 });
    fails = false;
    await settle();
    expect(told.at(-1)).toContainEqual({ call: 1 });
    await settle();
    expect(told.at(-1)).not.toContainEqual({ call: 1 });
  });
});
