import { UnsettledError } from "@agentkit-policy/core";
import { beforeEach, describe, expect, it } from "vitest";
import type { RuleDefinition } from "../src/policy-file.js";
import { alice, contextOf, transferOf } from "./support/contexts.js";
import { armed, outcomeOf, settled, World } from "./support/processes.js";

const rules: readonly RuleDefinition[] = [
  { id: "budget", use: "holding" },
  { id: "other", use: "holding" },
];
const laterMs = 10_000;
const fails = {
  settle: () => {
    throw new Error("down");
  },
};

let world: World;
beforeEach(() => {
  world = new World();
});

/** An attempt whose process died. */
async function crashed(): Promise<string> {
  const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
  await armed(await world.open(rules), context);
  world.pass();
  return context.actionId;
}

/** A pass of a new process, whose engine "other" fails unless it is said otherwise. */
async function passOf(engines: Parameters<World["open"]>[1] = { other: fails }): Promise<readonly string[] | undefined> {
  const told = await (await world.open(rules, engines)).replay?.pass();
  await settled();
  world.pass(laterMs);
  return told;
}

/** Who was told, in order. */
function toldTo(): string[] {
  return world.told.map(({ rule }) => rule);
}

describe("an engine that has written what became of an attempt", () => {
  it("is not told again after a restart because another one fails for ever", async () => {
    const id = await crashed();
    for (let restart = 0; restart < 3; restart += 1) expect(await passOf()).toEqual([]);
    expect(toldTo()).toEqual(["budget"]);
    expect(await passOf({})).toEqual([id]);
    expect(toldTo()).toEqual(["budget", "other"]);
    expect(world.told[1]?.settlements).toEqual([{ held: `other ${id}` }]);
  });

  it("is not told again either where its own process told it and died", async () => {
    const policy = await world.open(rules, { other: fails });
    const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
    const settlements = await armed(policy, context);
    const settle = policy.settle?.(context, outcomeOf(), { settlements, recovered: false });
    await expect(settle).rejects.toThrow(/"other".*down/);
    await settled();
    world.pass(laterMs);
    expect(await passOf({})).toEqual([context.actionId]);
    expect(toldTo()).toEqual(["budget", "other"]);
  });

  it("is told again where the process died before it could take that out of the note: nothing is lost", async () => {
    const id = await crashed();
    const note = world.ledger.note;
    Object.assign(world.ledger, { note: () => Promise.reject(new Error("died")) });
    await passOf();
    Object.assign(world.ledger, { note });
    expect(await passOf({})).toEqual([id]);
    expect(toldTo()).toEqual(["budget", "other", "budget"]);
  });

  it("is in the note again where it cannot write what became known later", async () => {
    let isDown = false;
    const budget = {
      settle: () => {
        if (isDown) throw new Error("down too");
      },
    };
    const policy = await world.open(rules, { budget, other: fails });
    const context = contextOf({ effects: [transferOf(alice, "70")] }, world.now);
    const settlements = await armed(policy, context);
    for (isDown of [false, true])
      await policy.settle?.(context, outcomeOf(), { settlements, recovered: false })?.catch(() => undefined);
    await settled();
    world.pass(laterMs);
    expect(await passOf({})).toEqual([context.actionId]);
    expect(toldTo()).toEqual(["other", "budget"]);
  });

  it("keeps what the other one wants to find again, and takes nothing of it", async () => {
    await crashed();
    await passOf({
      other: {
        settle: async (_context, _outcome, { remember }) => {
          await remember?.({ gone: true });
          throw new UnsettledError("busy");
        },
      },
    });
    await passOf({});
    expect(toldTo()).toEqual(["budget", "other"]);
    expect(world.told[1]?.settlements).toContainEqual({ gone: true });
  });
});
