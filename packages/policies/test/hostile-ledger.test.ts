import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf, type PolicyProvider, type SettledOutcome } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { afterAll, describe, expect, it } from "vitest";
import { definePolicy, type LoadedPolicy } from "../src/policy.js";
import type { PolicyDefinition } from "../src/policy-file.js";
import { alice, bob, contextOf, idAt, native, transferOf } from "./support/contexts.js";

/*
 * Tricks with the ledger, each beside the nearest legitimate call. What takes real processes, or a real chain, is tried where
 * those are; the last test names where, and that it is there.
 */

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const minute = 60_000;
let serial = 0;

/** A policy whose clock stands still until it is told to go. */
async function policyOf(rules: PolicyDefinition["rules"], more: Partial<PolicyDefinition> = {}) {
  const time = { now: Date.UTC(2026, 10, 25, 12) };
  serial += 1;
  const ledger = `sqlite:${join(folder, `${serial}.db`)}`;
  const clock = { now: () => time.now, uptime: () => time.now };
  const policy = await definePolicy({ version: 1, ledger, rules, ...more }, { clock });
  return { policy, time };
}

const scope = { signal: new AbortController().signal, remainingMs: 1_000, settlements: [] };
const settled = { settlements: [{ step: "root" }], recovered: false };
const hundred = { id: "day", limit: "native", atomic: "100", per: ["wallet"], window: "day" } as const;

function payment(
  amount: string,
  { time }: { readonly time: { readonly now: number } },
  more: Parameters<typeof contextOf>[0] = {},
) {
  return contextOf({ effects: [transferOf(alice, amount)], ...more }, time.now);
}

function outcome(amount: string | undefined, more: Partial<SettledOutcome> = {}): SettledOutcome {
  const spent =
    amount === undefined ? [] : [{ kind: "transfer" as const, asset: native, amount, counterparty: `eip155:84532:${alice}` }];
  const calls = spent.length === 0 ? [] : [{ callId: idAt(Date.now()), state: "live" as const, final: false, lines: spent }];
  return { status: "succeeded", entered: true, transactions: [], journalComplete: true, durationMs: 1, spent, calls, ...more };
}

const decide = async (policy: PolicyProvider, context: ActionContext) => (await policy.beforeAction(context, scope)).decision;
const callOf = (context: ActionContext): ActionContext => ({ ...context, layer: "wallet", callId: idAt(Date.now()), excess: [] });

async function counted({ policy }: { readonly policy: LoadedPolicy }): Promise<string> {
  return (await policy.balances()).map((balance) => `${balance.limitId} ${balance.counted}`).join(", ");
}

describe("the ledger under hostile use", () => {
  it("F01: of 20 payments of 50 at once, with 100 left, exactly 2 are admitted; 2 alone are", async () => {
    for (const [payments, admitted] of [
      [20, 2],
      [2, 2],
    ] as const) {
      const world = await policyOf([hundred]);
      const words = await Promise.all(Array.from({ length: payments }, () => decide(world.policy, payment("50", world))));
      expect(words.filter((word) => word === "allow")).toHaveLength(admitted);
      expect(await counted(world)).toBe("day 100");
    }
  });

  it("F11: settled twice, settled after a release, and settled with more: the totals are exact", async () => {
    const world = await policyOf([hundred]);
    const context = payment("50", world);
    await decide(world.policy, context);
    await world.policy.beforeWalletCall?.(callOf(context), scope);
    const first = outcome("30");
    await world.policy.settle?.(context, first, settled);
    await world.policy.settle?.(context, first, settled);
    expect(await counted(world)).toBe("day 30");
    const [call] = first.calls;
    const more = [{ kind: "transfer" as const, asset: native, amount: "70", counterparty: `eip155:84532:${alice}` }];
    await world.policy.settle?.(context, outcome("70", { calls: call === undefined ? [] : [{ ...call, lines: more }] }), settled);
    expect(await counted(world)).toBe("day 70");
    // What was given back, and moved all the same, is booked; and less than before is no evidence.
    await world.policy.settle?.(context, outcome("10"), settled);
    const late = payment("20", world);
    await decide(world.policy, late);
    await world.policy.settle?.(late, outcome(undefined, { status: "denied", entered: false }), settled);
    await world.policy.settle?.(late, outcome("20"), settled);
    expect(await counted(world)).toBe("day 100");
    expect(await decide(world.policy, payment("1", world))).toBe("deny");
  });

  it("F13: a denial, by whoever, hurts neither budget nor intent", async () => {
    const world = await policyOf([hundred]);
    const later: PolicyProvider = { beforeAction: () => ({ decision: "deny", reason: "no" }) };
    expect(allOf(world.policy, later)).toBeDefined();
    const context = payment("100", world, { intentId: "rent" });
    await decide(world.policy, context);
    // The later provider has denied: the earlier one is told.
    await world.policy.settle?.(context, outcome(undefined, { status: "denied", entered: false }), settled);
    expect(await counted(world)).toBe("");
    expect(await decide(world.policy, payment("100", world, { intentId: "rent" }))).toBe("allow");
  });

  it("F14: what was reserved by a process that never came back is free after its life; what was armed is not, and a late settlement is booked", async () => {
    const world = await policyOf([hundred]);
    const [reserved, armed] = [payment("40", world), payment("60", world)];
    await decide(world.policy, reserved);
    await decide(world.policy, armed);
    await world.policy.beforeWalletCall?.(callOf(armed), scope);
    expect(await decide(world.policy, payment("1", world))).toBe("deny");
    world.time.now += 15 * minute + 1;
    expect(await counted(world)).toBe("day 60");
    await world.policy.settle?.(reserved, outcome("40"), settled);
    expect(await counted(world)).toBe("day 100");
  });

  it("F17: limits that contradict each other are an error; limits that nest are not", async () => {
    const rules = (week: string) => [hundred, { ...hundred, id: "week", window: "week", atomic: week } as const];
    await expect(policyOf(rules("50"))).rejects.toThrow(/"day" allows more in a shorter window/);
    expect((await policyOf(rules("500"))).policy.version).toHaveLength(64);
  });

  it("F18: of three limits the third refuses, and the first two hold nothing", async () => {
    const world = await policyOf([
      { ...hundred, id: "agent", per: ["agent"] },
      { ...hundred, id: "wallet", per: ["wallet"] },
      { ...hundred, id: "all", per: [], atomic: "60" },
    ]);
    const as = (amount: string) => payment(amount, world, { agentId: "a1" });
    expect(await decide(world.policy, as("61"))).toBe("deny");
    expect(await counted(world)).toBe("");
    expect(await decide(world.policy, as("60"))).toBe("allow");
    expect(await counted(world)).toBe("agent 60, wallet 60, all 60");
  });

  it.each([
    ["a word for a number", { ...hundred, atomic: "two" }],
    ["a window that does not exist", { ...hundred, window: "fortnight" }],
    ["a number below nothing", { ...hundred, atomic: "-1" }],
    ["an exponent", { ...hundred, atomic: "1e9" }],
    ["no window", { id: "day", limit: "native", atomic: "2", per: [] }],
    ["an empty maximum", { ...hundred, atomic: "" }],
  ])("F20: a limit with %s is an error when the policy is loaded", async (_what, rule) => {
    await expect(policyOf([rule as unknown as typeof hundred])).rejects.toMatchObject({ name: "PolicyFileError" });
    expect((await policyOf([{ ...hundred, atomic: "2" }])).policy.version).toHaveLength(64);
  });

  it("F21: a ledger that is gone denies, and says so; put back, it admits", async () => {
    const world = await policyOf([hundred]);
    const file = join(folder, `${serial}.db`);
    await world.policy.dispose();
    const away = readFileSync(file);
    const gone = await definePolicy({ version: 1, ledger: `sqlite:${file}`, rules: [hundred] });
    rmSync(file);
    const denial = await gone.beforeAction(contextOf({ effects: [transferOf(alice, "1")] }), scope);
    expect(denial).toMatchObject({ decision: "deny", code: "ledger_replaced" });
    await gone.dispose();
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    writeFileSync(file, away);
    const again = await definePolicy({ version: 1, ledger: `sqlite:${file}`, rules: [hundred] });
    expect(await decide(again, contextOf({ effects: [transferOf(alice, "1")] }))).toBe("allow");
    await again.dispose();
  });

  it("F23: one intent is one payment: the same again and another under its name are denied, another agent's is another", async () => {
    const world = await policyOf([{ ...hundred, per: [] }]);
    const rent = (amount: string, more: Parameters<typeof contextOf>[0] = {}) =>
      payment(amount, world, { intentId: "rent", ...more });
    const context = rent("10");
    await decide(world.policy, context);
    await world.policy.settle?.(context, outcome("10"), settled);
    expect(await world.policy.beforeAction(rent("10"), scope)).toMatchObject({ code: "intent_executed" });
    expect(await world.policy.beforeAction(rent("11"), scope)).toMatchObject({ code: "intent_conflict" });
    expect(await decide(world.policy, rent("10", { agentId: "another" }))).toBe("allow");
  });

  it("F25: 200 in five payments of 40 stays under the limit of each and not under that of the day; 80 in two does", async () => {
    const world = await policyOf([{ ...hundred, id: "each", window: "attempt", atomic: "50" }, hundred]);
    const words: string[] = [];
    for (let part = 0; part < 5; part += 1) words.push(await decide(world.policy, payment("40", world)));
    expect(words).toEqual(["allow", "allow", "deny", "deny", "deny"]);
    expect(await decide(world.policy, payment("51", world, { effects: [transferOf(bob, "51")] }))).toBe("deny");
  });

  it.each([
    ["F02", "packages/ledger/test/processes.test.ts", "eight of them, sixteen at a time each, are granted exactly what there is"],
    ["F03", "e2e/test/shared-budget.test.ts", "exactly 5 arrive and 15 are told why not"],
    ["F06", "packages/ledger/test/processes.test.ts", "between any two steps has never spent more than is counted"],
    ["F06", "e2e/test/crash.test.ts", "a process that is killed in the middle of a transfer"],
    ["F07", "e2e/test/outcomes.test.ts", "a transfer that fails while its gas is estimated never left, and nothing counts"],
    ["F07", "e2e/test/outcomes.test.ts", "a node that takes the transaction and answers 503"],
    ["F08", "e2e/test/outcomes.test.ts", "a receipt that does not come in time, of which AgentKit says Error"],
    ["F10", "e2e/test/reconcile.test.ts", "gives back what another transaction of the same nonce has replaced"],
    ["F10", "e2e/test/reconcile.test.ts", "believes in no block that is undone"],
    ["F15", "packages/ledger/test/calendar.test.ts", "99 at %s and 99 at %s of the next day"],
    ["F21", "packages/ledger/test/faults.test.ts", "when it cannot be written, or its disk is full"],
    ["F21", "packages/ledger/test/postgres-faults.test.ts", "when the server is down"],
  ])("%s is tried in %s: %s", (_id, file, name) => {
    const path = join(import.meta.dirname, "../../..", file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain(name);
  });
});
