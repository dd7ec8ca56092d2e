import type { ActionContext } from "@agentkit-policy/schema";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChainNode } from "./support/chain-node.js";
import { alice, chainId, contextOf, transferOf } from "./support/contexts.js";
import { armed, decisionScope, settled, World } from "./support/processes.js";

const rules = [{ id: "budget", use: "holding" }] as const;
const settleMs = 60 * 60_000;

let world: World;
let node: ChainNode;
beforeEach(async () => {
  world = new World();
  node = await ChainNode.start();
  node.mine(world.now - 600_000);
});
afterEach(() => void vi.useRealTimers());

/** A process that asks the chain. */
async function newProcess() {
  return await world.open(rules, {}, { [chainId]: { rpc: node.url, confirmations: 1 } });
}

function payment(more: Parameters<typeof contextOf>[0] = {}): ActionContext {
  return contextOf({ effects: [transferOf(alice, "5")], ...more }, world.now);
}

/** So many attempts whose process armed them, and died. Their life is over. */
async function deadAttempts(count: number): Promise<void> {
  const policy = await newProcess();
  for (let index = 0; index < count; index += 1) await armed(policy, payment());
  world.pass();
  world.marks.length = 0;
}

describe("what engines are told of an attempt whose process has died", () => {
  it("is all that it held, once nothing can move any more, where its chain's node keeps no state so old", async () => {
    await deadAttempts(1);
    node.instead = ({ method, params }) => {
      if (method === "eth_getTransactionCount" && params[1] !== "pending") throw new Error("missing trie node");
      return undefined;
    };
    const policy = await newProcess();
    expect(await policy.replay?.pass()).toEqual([]);
    world.pass(settleMs);
    expect(await policy.replay?.pass()).toHaveLength(1);
    expect(world.told.map(({ outcome }) => outcome)).toMatchObject([{ status: "unknown", spent: [{ amount: "5" }] }]);
    expect(world.said.at(-1)).toMatch(
      /nobody can say what .* has moved: all that it holds counts as spent \(.*missing trie node\)/,
    );
  });

  it("is that nothing left where the chain proves it, and what it was meant for is to be had again", async () => {
    const first = payment({ intentId: "the rent of June" });
    await armed(await newProcess(), first);
    world.pass();
    const policy = await newProcess();
    const again = async () => await policy.beforeAction(payment({ intentId: "the rent of June" }), decisionScope);
    expect(await policy.replay?.pass()).toEqual([]);
    expect(await again()).toMatchObject({ decision: "deny" });
    world.pass(settleMs);
    expect(await policy.replay?.pass()).toEqual([first.actionId]);
    expect(world.told).toMatchObject([{ outcome: { status: "failed", spent: [] } }]);
    expect(await again()).toMatchObject({ decision: "allow" });
  });
});

describe("a pass that tells engines, while a chain says nothing", () => {
  /** A pass whose policy is closed while it waits for the chain. */
  async function stoppedPass(): Promise<void> {
    const policy = await newProcess();
    node.silence();
    const pass = policy.replay?.pass();
    await expect.poll(() => node.asked).toHaveLength(1);
    await policy.dispose();
    expect(await pass).toEqual([]);
  }

  it("ends with its policy, and neither writes nor tells anything more", async () => {
    await deadAttempts(3);
    await stoppedPass();
    await settled();
    expect(node.asked).toHaveLength(1);
    expect([world.marks, world.told, world.said]).toEqual([[], [], []]);
  });

  it("tells nothing either once nothing can move any more: what was stopped has not been refused", async () => {
    await deadAttempts(1);
    world.pass(settleMs);
    await stoppedPass();
    expect([world.marks, world.told]).toEqual([[], []]);
  });

  it("asks it once, and looks again later at all that it would have shown", async () => {
    await deadAttempts(3);
    const policy = await newProcess();
    node.silence();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const pass = policy.replay?.pass();
    await expect.poll(() => node.asked).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(await pass).toEqual([]);
    vi.useRealTimers();
    await settled();
    expect(node.asked).toHaveLength(1);
    expect(world.marks).toEqual(["later", "later", "later"]);
    node.instead = () => undefined;
    world.pass(10_000);
    await policy.replay?.pass();
    expect(node.asked.length).toBeGreaterThan(3);
  });
});
