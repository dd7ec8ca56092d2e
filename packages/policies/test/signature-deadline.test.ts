import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { beforeEach, describe, expect, it } from "vitest";
import { definePolicy } from "../src/policy.js";
import type { PolicyDefinition } from "../src/policy-file.js";
import { alice, bob, contextOf, idAt, transferOf, usdc } from "./support/contexts.js";

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 25, 12);
let now = start;
const clock = { now: () => now, uptime: () => now };
const scope = { signal: new AbortController().signal, remainingMs: 1_000, settlements: [] };
const settle = { settlements: [{ step: "root" }], recovered: false };

beforeEach(() => {
  now = start;
});

async function policyOf(rules: PolicyDefinition["rules"] = []) {
  const twoHours = { id: "two-hours", limit: usdc, max: "100", window: "2h" } as const;
  return await definePolicy({ version: 1, ledger: "memory", rules: [twoHours, ...rules] }, { clock });
}

/** A permit of 60 USDC that can be used for so many hours. */
function permitFor(hours: number): Effect {
  const deadline = String((now + hours * hour) / 1_000);
  return { ...transferOf(alice, "60000000", usdc), kind: "permit", deadline };
}

function attemptAt(hours: number, more: Partial<ActionContext> = {}): ActionContext {
  return { ...contextOf({ effects: [permitFor(hours)] }, now), ...more };
}

/** A call of an attempt's, which tells neither an amount nor a deadline. */
function callOf(context: ActionContext, excess: Effect[] = []): ActionContext {
  return { ...context, layer: "wallet", callId: idAt(now), effects: [{ kind: "sign_message", basis: "decoded" }], excess };
}

const signed = (context: ActionContext) => ({
  status: "succeeded" as const,
  entered: true,
  spent: context.effects.map(({ kind, asset = "", amount = "0" }) => ({ kind, asset, amount })),
  transactions: [],
  journalComplete: true,
  durationMs: 1,
  calls: [],
});

describe("a signature that an action declares", () => {
  it.each([
    ["with the root, where no wallet call will come by", { moneyVisible: false }, 0],
    ["with a wallet call that knows of no deadline", {}, 1],
    ["with a later call too, which asks for more", {}, 2],
  ] as const)("counts until its deadline, armed %s", async (_case, more, calls) => {
    const policy = await policyOf();
    const context = attemptAt(20, more);
    expect((await policy.beforeAction(context, scope)).decision).toBe("allow");
    for (const excess of [[], [transferOf(bob, "1", usdc)]].slice(0, calls))
      expect((await policy.beforeWalletCall?.(callOf(context, excess), scope))?.decision).toBe("allow");
    await policy.settle?.(context, signed(context), settle);
    now += 19 * hour;
    expect(await policy.beforeAction(attemptAt(1), scope)).toMatchObject({ code: "over_limit" });
    now += 4 * hour;
    expect((await policy.beforeAction(attemptAt(1), scope)).decision).toBe("allow");
  });

  it("counts until its deadline where an excess arms it first", async () => {
    const policy = await policyOf();
    const context = attemptAt(20);
    await policy.beforeAction(context, scope);
    await policy.beforeWalletCall?.(callOf(context, [transferOf(bob, "1", usdc)]), scope);
    now += 19 * hour;
    expect(await policy.beforeAction(attemptAt(1), scope)).toMatchObject({ code: "over_limit" });
  });

  it("is denied where it could be used for more than a day, unless a rule names its kind: it would fill a budget for as long", async () => {
    const policy = await policyOf();
    expect((await policy.beforeAction(attemptAt(24), scope)).decision).toBe("allow");
    now += 30 * hour;
    expect(await policy.beforeAction(attemptAt(25), scope)).toEqual({
      decision: "deny",
      code: "distant_deadline",
      reason: "what it signs could be used for more than a day, and no rule admits that",
    });
    const excess = { ...callOf(attemptAt(1)), excess: [{ ...permitFor(0), deadline: (2n ** 256n - 1n).toString() }] };
    expect(await policy.beforeWalletCall?.(excess, scope)).toMatchObject({ code: "distant_deadline" });
    const admitting = await policyOf([{ id: "permits", allow: { effects: ["permit"] } }]);
    expect((await admitting.beforeAction(attemptAt(25), scope)).decision).toBe("allow");
  });
});
