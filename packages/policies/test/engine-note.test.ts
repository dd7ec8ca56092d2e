import type { PolicyProvider } from "@agentkit-policy/core";
import { defaultLedgerTimes, type UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext, Effect, PolicyDecision } from "@agentkit-policy/schema";
import { beforeEach, describe, expect, it } from "vitest";
import { type EngineNote, noteOf } from "../src/engine-note.js";
import { evidenceOn } from "../src/unclosed-evidence.js";
import { alice, bob, contextOf, transferOf, usdc } from "./support/contexts.js";
import { armed, call, decisionScope, settled, settlementsOf, World } from "./support/processes.js";

const rules = [{ id: "budget", use: "holding" }] as const;
const approval: Effect = { ...transferOf(bob, "20", usdc), kind: "approval" };

let world: World;
beforeEach(() => {
  world = new World();
});

/** An engine that holds something for each call that goes beyond its attempt. */
const perCall: Partial<PolicyProvider> = {
  beforeWalletCall: ({ callId, excess = [] }) => ({
    decision: "allow",
    ...(excess.length === 0 ? {} : { settlement: { call: callId } }),
  }),
};

async function policyWith(engine: Partial<PolicyProvider> = perCall) {
  return await world.open(rules, { budget: engine });
}

function payment(): ActionContext {
  return contextOf({ effects: [transferOf(alice, "5")] }, world.now);
}

/** The note that is there once the process of the attempt is dead. */
async function noteLeft(): Promise<{ untold: UntoldNote; note: EngineNote }> {
  world.pass();
  const [untold] = await world.ledger.untold(1);
  if (untold === undefined) throw new Error("there is no note");
  return { untold, note: noteOf(untold.note) };
}

/** What a chain proves that shows the attempt's own payment and nothing else. */
async function proven() {
  const { untold, note } = await noteLeft();
  const own = { transactionId: "0x1", nonce: "7", blockTime: untold.reservedAt, lines: [transferOf(alice, "5")] };
  const lines = own.lines.map(({ asset = "", amount = "", counterparty = "" }) => ({ asset, amount, counterparty }));
  const outflowOf = async () => ({ transactions: [{ ...own, lines }], isAll: true });
  return await evidenceOn({ ...untold, now: untold.until + 1 }, note.context, {
    outflowOf,
    marginMs: 0,
    times: defaultLedgerTimes,
  });
}

describe("the note of an attempt whose calls go beyond it", () => {
  it("says so, in the one write of the arm that grants it: what was approved is not given back by what the wallet sent", async () => {
    const policy = await policyWith();
    const context = payment();
    const settlements = await armed(policy, context);
    expect(await call(policy, context, settlements, [approval])).toMatchObject({ decision: "allow" });
    expect(world.marks).toEqual(["arm with a note", "arm with a note"]);
    expect(await proven()).toEqual({ kind: "none" });
    expect((await noteLeft()).note.context).toMatchObject({ effects: [transferOf(alice, "5"), approval], layer: "action" });
  });

  it("says so where the engine holds nothing more for it", async () => {
    const policy = await policyWith({});
    const context = payment();
    const settlements = await armed(policy, context);
    expect(await call(policy, context, settlements, [approval])).toMatchObject({ decision: "allow" });
    expect(await proven()).toEqual({ kind: "none" });
  });

  it("says it with every later note too", async () => {
    const policy = await policyWith();
    const context = payment();
    const settlements = await armed(policy, context);
    settlements.push(...settlementsOf(await call(policy, context, settlements, [approval])));
    await call(policy, context, settlements, [transferOf(bob, "1")]);
    const { note } = await noteLeft();
    expect(note.context.effects).toEqual([transferOf(alice, "5"), approval, transferOf(bob, "1")]);
    expect(note.context.actionHash).toBe(context.actionHash);
  });

  it("is proven by the chain as before where they only transfer", async () => {
    const policy = await policyWith();
    const context = payment();
    const settlements = await armed(policy, context);
    await call(policy, context, settlements, [transferOf(bob, "1")]);
    expect(await proven()).toMatchObject({ kind: "known", close: { spent: [{ amount: "5" }] } });
  });

  it("is not written again for a call that is covered, or takes an approval back", async () => {
    const policy = await policyWith({});
    const context = payment();
    const settlements = await armed(policy, context);
    settlements.push(...settlementsOf(await call(policy, context, settlements, [approval])));
    await call(policy, context, settlements);
    await call(policy, context, settlements, [{ ...approval, amount: "0" }]);
    expect(world.marks).toHaveLength(2);
  });

  it("has what two calls at once were granted, whichever was first", async () => {
    const policy = await policyWith();
    const context = payment();
    const settlements = await armed(policy, context);
    world.beforeArm = settled;
    const dai = "eip155:84532/erc20:0x1111111111111111111111111111111111111111";
    const other = { ...approval, asset: dai };
    const calls = [call(policy, context, settlements, [approval]), call(policy, context, settlements, [other])];
    const granted = (await Promise.all(calls))
      .flatMap(settlementsOf)
      .map(({ engines }) => (engines as { budget: unknown }).budget);
    expect(granted).toHaveLength(2);
    const { note } = await noteLeft();
    expect(note.settlements.flatMap(({ budget }) => budget ?? [])).toEqual(expect.arrayContaining(granted));
    expect(note.context.effects).toEqual(expect.arrayContaining([approval, other]));
  });

  it("has what the decision was granted each time that it was asked for", async () => {
    let asked = 0;
    const counting = (): PolicyDecision => {
      asked += 1;
      return { decision: "allow", settlement: { asked } };
    };
    const policy = await policyWith({ beforeAction: counting });
    const context = payment();
    await policy.beforeAction(context, decisionScope);
    await armed(policy, context);
    expect((await noteLeft()).note.settlements).toMatchObject([{ budget: { asked: 1 } }, { budget: { asked: 2 } }, {}]);
  });

  it("may have what was allowed in vain, which its engine gives back", async () => {
    const policy = await policyWith();
    const context = payment();
    const settlements = await armed(policy, context);
    const frozen = { scope: "all", value: "" } as const;
    world.beforeArm = async () => void (await world.ledger.freeze({ ...frozen, reason: "a test" }));
    expect(await call(policy, context, settlements, [approval])).toMatchObject({ decision: "deny", code: "frozen" });
    await world.ledger.unfreeze(frozen);
    world.beforeArm = () => undefined;
    await call(policy, context, settlements, [transferOf(bob, "1")]);
    world.pass();
    await (await policyWith()).replay?.pass();
    expect(world.told[0]?.settlements).toHaveLength(3);
  });
});
