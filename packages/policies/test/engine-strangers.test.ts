import { UnsettledError } from "@agentkit-policy/core";
import { beforeEach, describe, expect, it } from "vitest";
import type { RuleDefinition } from "../src/policy-file.js";
import { alice, contextOf, transferOf } from "./support/contexts.js";
import { armed, outcomeOf, settled, World } from "./support/processes.js";

const budget: RuleDefinition = { id: "budget", use: "holding" };
const other: RuleDefinition = { id: "other", use: "holding" };

let world: World;
beforeEach(() => {
  world = new World();
});

/** An attempt under these rules whose process died. */
async function crashed(rules: readonly RuleDefinition[], engines = {}): Promise<string> {
  const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
  await armed(await world.open(rules, engines), context);
  world.pass();
  return context.actionId;
}

async function passOf(rules: readonly RuleDefinition[], engines = {}): Promise<readonly string[] | undefined> {
  const policy = await world.open(rules, engines);
  const told = await policy.replay?.pass();
  await settled();
  return told;
}

describe("a note of an engine that is another one now, under the same rule", () => {
  it.each<[string, RuleDefinition]>([
    ["another adapter", { ...budget, use: "another" }],
    ["the same adapter at another place", { ...budget, with: { at: "there" } }],
  ])("is not told to %s: it stays, is said, and is told once its own is back", async (_, edited) => {
    const id = await crashed([budget]);
    expect(await passOf([edited])).toEqual([]);
    expect(world.told).toEqual([]);
    expect(world.said.join()).toMatch(new RegExp(`"budget" hold for ${id} stays in the ledger`));
    world.pass(10_000);
    expect(await passOf([budget])).toEqual([id]);
    expect(world.told).toMatchObject([{ rule: "budget", settlements: [{ held: `budget ${id}` }] }]);
  });

  it("is told where the rule says something else in any other way", async () => {
    const id = await crashed([budget]);
    expect(await passOf([{ ...budget, with: { price: "2" }, when: { networks: ["eip155:8453"] } }])).toEqual([id]);
  });

  it("keeps what the other one holds when the engines that are the same are told", async () => {
    const id = await crashed([budget, other]);
    expect(await passOf([{ ...budget, with: { at: "there" } }, other])).toEqual([]);
    world.pass(10_000);
    expect(await passOf([budget, { ...other, use: "another" }])).toEqual([id]);
    expect(world.told.map(({ rule }) => rule)).toEqual(["other", "budget"]);
  });

  it("is told by the rule's id where it was written before notes said whose they are", async () => {
    const id = await crashed([budget]);
    const [untold] = await world.ledger.untold(1);
    const { owners, ...before } = JSON.parse(untold?.note ?? "");
    expect(owners).toEqual({ budget: { adapter: "holding", identity: "here" } });
    await world.ledger.note({ attemptId: id, mark: { kind: "replaced", note: JSON.stringify(before) } });
    expect(await passOf([{ ...budget, with: { at: "there" } }])).toEqual([id]);
  });

  it("is not told either where a host settles with what it was granted", async () => {
    const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
    const settlements = await armed(await world.open([budget]), context);
    const edited = await world.open([{ ...budget, with: { at: "there" } }]);
    await edited.settle?.(context, outcomeOf(), { settlements, recovered: true });
    await settled();
    expect(world.told).toEqual([]);
    world.pass(10_000);
    expect(await passOf([budget])).toEqual([context.actionId]);
  });
});

describe("a note of engines that a policy does not have", () => {
  it("is said once when a policy without any engine opens, and stays", async () => {
    const limit: RuleDefinition = { id: "eth", limit: "native", max: "1", window: "day" };
    await world.open([limit]);
    expect(world.said, "where there is none, nothing is said").toEqual([]);
    const id = await crashed([budget]);
    const policy = await world.open([limit]);
    expect(policy.replay).toBeUndefined();
    expect(world.said).toEqual([
      'what the engines of the rules "budget" hold for 1 of the attempts stays in the ledger until a policy that has them tells them: this one has none',
    ]);
    expect(await passOf([budget])).toEqual([id]);
  });

  it.each<[string, readonly RuleDefinition[]]>([
    ["its rule has another name now", [{ ...budget, id: "renamed" }]],
    ["its rule is in the shadow now", [{ ...budget, mode: "shadow" }]],
    ["another agent's policy is on the same ledger", [other]],
  ])("stays where %s, until a process comes that has them", async (_, wrong) => {
    const id = await crashed([budget]);
    expect(await passOf(wrong)).toEqual([]);
    expect(world.told).toEqual([]);
    expect(world.said.join()).toMatch(new RegExp(`"budget" hold for ${id} stays in the ledger`));
    world.pass(10_000);
    expect(await passOf([budget])).toEqual([id]);
    expect(world.told).toMatchObject([{ rule: "budget", settlements: [{ held: `budget ${id}` }] }]);
    world.pass();
    expect(await passOf([budget]), "once").toEqual([]);
  });

  it("is not taken for one where its engine has no settlement to make", async () => {
    const id = await crashed([budget]);
    expect(await passOf([budget], { budget: { settle: undefined } })).toEqual([]);
    world.pass(10_000);
    expect(await passOf([budget])).toEqual([id]);
  });

  it("is said once a process, and put off once, however often it is looked at", async () => {
    await crashed([budget]);
    const wrong = await world.open([other]);
    for (let passes = 0; passes < 5; passes += 1) {
      expect(await wrong.replay?.pass()).toEqual([]);
      await settled();
      world.pass(60_000);
    }
    expect(world.said).toHaveLength(1);
    expect(world.marks.filter((mark) => mark === "later")).toHaveLength(1);
  });

  it("is told by the process that has its engine at its first pass after the pause, however often others look", async () => {
    const id = await crashed([budget]);
    const wrong = await world.open([other]);
    const right = await world.open([budget]);
    await wrong.replay?.pass();
    for (let passes = 0; passes < 3; passes += 1) {
      await settled();
      world.pass(10_000);
      await wrong.replay?.pass();
    }
    await settled();
    expect(await right.replay?.pass()).toEqual([id]);
  });

  it("keeps nothing from its turn that can be told here, however many there are", async () => {
    const left = await world.open([budget]);
    for (let index = 0; index < 100; index += 1) await armed(left, contextOf({ effects: [transferOf(alice, "1")] }, world.now));
    world.pass();
    const policy = await world.open([other]);
    await policy.replay?.pass();
    await settled();
    world.pass(10_000);
    const id = await crashed([other]);
    expect(await policy.replay?.pass()).toEqual([id]);
  });

  it("is told to the engines that the policy has, and keeps what the others hold", async () => {
    const id = await crashed([budget, other]);
    expect(await passOf([other])).toEqual([]);
    expect(world.told.map(({ rule }) => rule)).toEqual(["other"]);
    world.pass(10_000);
    expect(await passOf([budget]), "neither of the two knows both").toEqual([id]);
    expect(world.told.map(({ rule }) => rule)).toEqual(["other", "budget"]);
    world.pass();
    expect(await passOf([budget, other])).toEqual([]);
  });

  it("is not set aside where an engine that is there refuses it", async () => {
    const id = await crashed([budget, other]);
    const refuses = () => {
      throw new UnsettledError("its budget was closed", { isHopeless: true });
    };
    expect(await passOf([other], { other: { settle: refuses } })).toEqual([]);
    world.pass(10_000);
    expect(await passOf([budget, other])).toEqual([id]);
  });

  it("is kept for none that allowed and has nothing to hear, and for none that cannot settle", async () => {
    const silent = { budget: { beforeAction: () => ({ decision: "allow" }) } };
    const deaf = { budget: { settle: undefined } };
    for (const engines of [silent, deaf]) {
      const id = await crashed([budget, other], engines);
      expect(await passOf([other])).toEqual([id]);
    }
    expect(world.said.join()).not.toContain("stays in the ledger");
  });

  it("stays too where a host settles with what a process of another policy was granted", async () => {
    const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
    const settlements = await armed(await world.open([budget]), context);
    const renamed = await world.open([{ ...budget, id: "renamed" }, other]);
    const more = [...settlements, { engines: { other: { held: "something" } } }];
    await renamed.settle?.(context, outcomeOf(), { settlements: more, recovered: true });
    await settled();
    expect(world.told.map(({ rule }) => rule)).toEqual(["other"]);
    world.pass(10_000);
    expect(await passOf([budget])).toEqual([context.actionId]);
  });
});
