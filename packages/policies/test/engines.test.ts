import {
  type Adapter,
  defineAdapter,
  type PolicyProvider,
  type SettledOutcome,
  type Settlement,
  UnsettledError,
} from "@agentkit-policy/core";
import { type Ledger, openMemoryLedger } from "@agentkit-policy/ledger";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definePolicy, type LoadedPolicy } from "../src/policy.js";
import type { RuleDefinition } from "../src/policy-file.js";
import { alice, contextOf, idAt, transferOf } from "./support/contexts.js";
import { outcomeOf } from "./support/processes.js";

const now = Date.UTC(2026, 10, 30, 12);
const clock = { now: () => now, uptime: () => now };
const scope = { signal: new AbortController().signal, remainingMs: 5_000 };
const limit = { id: "eth", limit: "native", max: "1", per: ["wallet"], window: "day" } as const;
const oneEther = 10n ** 18n;

/** What an engine answers, or does instead. */
type Answer = unknown | (() => unknown);

interface Script {
  readonly action?: Answer;
  readonly call?: Answer;
  readonly settle?: () => void;
}

/** Engines that answer as they are told, and a ledger, all of which write down what they are asked. */
async function policyWith(
  scripts: Readonly<Record<string, Script>>,
  rules: readonly RuleDefinition[] = [limit],
  when: Readonly<Record<string, { networks: string[] }>> = {},
  shadows: readonly string[] = [],
) {
  const trace: string[] = [];
  const said: string[] = [];
  const told: { id: string; outcome: SettledOutcome; settlements: readonly Settlement[]; recovered: boolean }[] = [];
  const heard: { hook: string; context: ActionContext; settlements: readonly Settlement[] | undefined }[] = [];
  const adapter = defineAdapter({
    name: "scripted",
    options: z.strictObject({}),
    create(_options, { rule }): PolicyProvider {
      const {
        action = { decision: "allow", settlement: { of: rule } },
        call = { decision: "allow" },
        settle,
      } = scripts[rule] ?? {};
      const answer = (given: Answer) => (typeof given === "function" ? given() : given) as PolicyDecision;
      return {
        beforeAction(context) {
          trace.push(`${rule} action`);
          heard.push({ hook: "action", context, settlements: undefined });
          return answer(action);
        },
        beforeWalletCall(context, { settlements }) {
          trace.push(`${rule} call`);
          heard.push({ hook: "call", context, settlements });
          return answer(call);
        },
        settle(_context, outcome, { settlements, recovered }) {
          trace.push(`${rule} settle ${outcome.status}`);
          told.push({ id: rule, outcome, settlements, recovered });
          settle?.();
        },
      };
    },
  });
  const uses = Object.keys(scripts).map((id) => ({
    id,
    use: "scripted",
    ...(when[id] && { when: when[id] }),
    ...(shadows.includes(id) && { mode: "shadow" as const }),
  }));
  const policy = await definePolicy(
    { version: 1, ledger: "memory", rules: [...rules, ...uses] },
    {
      clock,
      adapters: { scripted: async () => adapter as Adapter },
      openLedger: async (options) => tracing(openMemoryLedger(options), trace),
      logger: { info: (text) => said.push(text), warn: (text) => said.push(text) },
    },
  );
  return { policy, trace, told, heard, said };
}

function tracing(ledger: Ledger, trace: string[]): Ledger {
  const verbs = ["reserve", "arm", "close"];
  return new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const [request] = args as [{ arm?: boolean } | undefined];
        if (verbs.includes(String(name))) trace.push(request?.arm === true ? `${String(name)} and arm` : String(name));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

function payment(more: Parameters<typeof contextOf>[0] = {}): ActionContext {
  return contextOf({ effects: [transferOf(alice, String(oneEther / 2n))], ...more }, now);
}

function callOf(context: ActionContext, excess: ActionContext["effects"] = []): ActionContext {
  return { ...context, layer: "wallet", callId: idAt(now), excess };
}

async function counted(policy: LoadedPolicy): Promise<bigint> {
  return (await policy.balances()).reduce((sum, { counted: count }) => sum + BigInt(count), 0n);
}

describe("the engines of a policy", () => {
  it("are asked in order, after the reserve and before the arm, and told in reverse", async () => {
    const { policy, trace } = await policyWith({ one: {}, two: {} });
    const context = payment();
    const allowed = await policy.beforeAction(context, scope);
    expect(allowed).toMatchObject({
      decision: "allow",
      settlement: { step: "root", engines: { one: { of: "one" }, two: { of: "two" } } },
    });
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    expect(await policy.beforeWalletCall?.(callOf(context), { ...scope, settlements })).toMatchObject({ decision: "allow" });
    await policy.settle?.(context, outcomeOf(), { settlements, recovered: false });
    const asked = ["reserve", "one action", "two action", "one call", "two call", "arm"];
    expect(trace).toEqual([...asked, "close", "two settle succeeded", "one settle succeeded"]);
  });

  it("hear nothing of what the policy denies by itself", async () => {
    const { policy, trace } = await policyWith({ one: {} }, [limit, { id: "none", deny: { effects: ["approval"] } }]);
    const tooMuch = await policy.beforeAction(payment({ effects: [transferOf(alice, String(2n * oneEther))] }), scope);
    expect(tooMuch).toMatchObject({ decision: "deny", code: "over_limit" });
    const approval = payment({ effects: [{ ...transferOf(alice, "1"), kind: "approval" }] });
    expect(await policy.beforeAction(approval, scope)).toMatchObject({ decision: "deny", code: "denied_by_rule" });
    expect(trace).toEqual(["reserve"]);
  });

  it("give back what was reserved when one denies, and those before it hear of it", async () => {
    const denial = { decision: "deny", code: "over_limit", reason: "no room", metadata: { scope: "a" } };
    const { policy, trace, told } = await policyWith({ one: {}, two: { action: denial }, three: {} });
    expect(await policy.beforeAction(payment(), scope)).toEqual({ ...denial, metadata: { scope: "a", rule: "two" } });
    expect(trace).toEqual(["reserve", "one action", "two action", "one settle denied", "close"]);
    expect(told).toMatchObject([{ id: "one", settlements: [{ of: "one" }], outcome: { entered: false, spent: [] } }]);
    expect(await counted(policy)).toBe(0n);
  });

  it.each<[string, Answer, string]>([
    [
      "throws",
      () => {
        throw new Error("secret");
      },
      "policy_error",
    ],
    ["rejects", () => Promise.reject(new Error("secret")), "policy_error"],
    ["answers nothing", undefined, "invalid_decision"],
    ["answers null", null, "invalid_decision"],
    ["answers a word", "allow", "invalid_decision"],
    ["answers an unknown word", { decision: "maybe" }, "invalid_decision"],
    ["inherits its decision", Object.create({ decision: "allow" }), "invalid_decision"],
    ["denies without a reason", { decision: "deny" }, "invalid_decision"],
  ])("deny where one %s, and it hears of it, since it may hold something", async (_, action, code) => {
    const { policy, told } = await policyWith({ one: { action: action === undefined ? () => undefined : action } });
    const decision = await policy.beforeAction(payment(), scope);
    expect(decision).toMatchObject({ decision: "deny", code });
    expect(JSON.stringify(decision)).not.toContain("secret");
    expect(told).toMatchObject([{ id: "one", settlements: [], outcome: { status: "denied" } }]);
    expect(await counted(policy)).toBe(0n);
  });

  it("that are shadows are asked, and what they would deny is said; they hold up nobody, and hear of nothing", async () => {
    const denial = { decision: "deny", code: "over_limit", reason: "no room" };
    const never = () => new Promise(() => undefined);
    const scripts = { one: {}, denying: { action: denial }, hanging: { action: never } };
    const { policy, trace, told, said } = await policyWith(scripts, [limit], {}, ["denying", "hanging"]);
    const context = payment();
    const allowed = await policy.beforeAction(context, scope);
    expect(allowed).toMatchObject({ decision: "allow", settlement: { engines: { one: { of: "one" } } } });
    expect(trace).toEqual(["reserve", "one action", "denying action", "hanging action"]);
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    await policy.settle?.(context, outcomeOf(), { settlements, recovered: false });
    expect(told.map(({ id }) => id)).toEqual(["one"]);
    expect(said).toEqual([
      `shadow: the rule "denying" would deny ${context.actionName} (${context.actionId}), over_limit: no room`,
    ]);
  });

  it("are asked about a wallet call with its excess and their own grants, and arm nothing where one denies", async () => {
    const { policy, trace, heard } = await policyWith({
      one: { call: { decision: "allow", settlement: { call: 1 } } },
      two: { call: { decision: "deny", code: "over_limit", reason: "no" } },
    });
    const context = payment();
    const root = await policy.beforeAction(context, scope);
    const settlements = root.decision === "allow" && root.settlement !== undefined ? [root.settlement] : [];
    const excess = [transferOf(alice, String(oneEther / 4n))];
    expect(await policy.beforeWalletCall?.(callOf(context, excess), { ...scope, settlements })).toMatchObject({
      decision: "deny",
    });
    expect(trace).toEqual(["reserve", "one action", "two action", "reserve", "one call", "two call"]);
    expect(heard.at(-2)).toMatchObject({ hook: "call", context: { excess }, settlements: [{ of: "one" }] });
    await policy.settle?.(context, outcomeOf({ status: "denied", entered: true }), { settlements, recovered: false });
    expect(await counted(policy)).toBe(0n);
  });

  it.each<[string, Answer]>([
    ["nothing", () => undefined],
    ["null", null],
    ["a promise of nothing", async () => undefined],
  ])("deny a wallet call where one answers %s, which arms nothing", async (_, call) => {
    const { policy, trace } = await policyWith({ one: { call } });
    const context = payment();
    const root = await policy.beforeAction(context, scope);
    const settlements = root.decision === "allow" && root.settlement !== undefined ? [root.settlement] : [];
    expect(await policy.beforeWalletCall?.(callOf(context), { ...scope, settlements })).toMatchObject({
      decision: "deny",
      code: "invalid_decision",
    });
    expect(trace).toEqual(["reserve", "one action", "one call"]);
  });

  it("hear at the end of grants that a later denial kept from everybody else", async () => {
    const { policy, told } = await policyWith({
      one: { call: { decision: "allow", settlement: { call: 1 } } },
      two: { call: { decision: "deny", code: "over_limit", reason: "no" } },
    });
    const context = payment();
    const root = await policy.beforeAction(context, scope);
    const settlements = root.decision === "allow" && root.settlement !== undefined ? [root.settlement] : [];
    await policy.beforeWalletCall?.(callOf(context, [transferOf(alice, "1")]), { ...scope, settlements });
    await policy.settle?.(context, outcomeOf({ status: "denied" }), { settlements, recovered: false });
    expect(told.find(({ id }) => id === "one")?.settlements).toEqual([{ of: "one" }, { call: 1 }]);
  });

  it("arm with what the call asks for once all have allowed, where no wallet call will come by too", async () => {
    const { policy, trace } = await policyWith({ one: {} });
    expect(await policy.beforeAction(payment({ moneyVisible: false }), scope)).toMatchObject({ decision: "allow" });
    expect(trace).toEqual(["reserve", "one action", "arm"]);
    const context = payment({ effects: [transferOf(alice, "1")] });
    await policy.beforeAction(context, scope);
    await policy.beforeWalletCall?.(callOf(context, [transferOf(alice, "1")]), { ...scope, settlements: [] });
    expect(trace.slice(3)).toEqual(["reserve", "one action", "reserve", "one call", "arm"]);
  });

  it("allow for as long as the shortest of them does", async () => {
    for (const [first, second] of [
      [9_000, 5_000],
      [5_000, 9_000],
    ]) {
      const { policy } = await policyWith({
        one: { action: { decision: "allow", validForMs: first } },
        two: { action: { decision: "allow", validForMs: second } },
      });
      expect(await policy.beforeAction(payment(), scope)).toMatchObject({ decision: "allow", validForMs: 5_000 });
    }
    const { policy: patient } = await policyWith({ one: { action: { decision: "allow", validForMs: 86_400_000 } } });
    expect(await patient.beforeAction(payment(), scope)).toMatchObject({ validForMs: 10 * 60_000 });
  });

  it("are asked about what moves nothing too, which costs the ledger nothing", async () => {
    const { policy, trace } = await policyWith({ one: {} });
    const read = payment({ effects: [] });
    const allowed = await policy.beforeAction(read, scope);
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    await policy.settle?.(read, outcomeOf(), { settlements, recovered: false });
    expect(trace).toEqual(["one action", "one settle succeeded"]);
  });

  it("have no say where their rule does not apply", async () => {
    const denial = { decision: "deny", code: "mine", reason: "no" };
    const { policy, trace } = await policyWith({ one: { action: denial } }, [limit], { one: { networks: ["eip155:8453"] } });
    const elsewhere = payment();
    expect(await policy.beforeAction(elsewhere, scope)).toMatchObject({ decision: "allow" });
    await policy.settle?.(elsewhere, outcomeOf(), { settlements: [{ step: "root" }], recovered: false });
    expect(trace).toEqual(["reserve", "close"]);
    const there = payment({ chainId: "eip155:8453", network: "base-mainnet" });
    expect(await policy.beforeAction(there, scope)).toMatchObject({ code: "mine" });
  });

  it("each have their own rule's say, and where none has any, one write reserves and arms", async () => {
    const { policy, trace } = await policyWith({ one: {}, two: {} }, [limit], { two: { networks: ["eip155:8453"] } });
    await policy.beforeAction(payment(), scope);
    expect(trace).toEqual(["reserve", "one action"]);
    const nobody = await policyWith({ one: {} }, [limit], { one: { networks: ["eip155:8453"] } });
    await nobody.policy.beforeAction(payment({ moneyVisible: false }), scope);
    expect(nobody.trace).toEqual(["reserve and arm"]);
  });

  it("hear of it where the ledger refuses to arm what they have allowed", async () => {
    const freeze = async () => {
      await policy.ledger.freeze({ scope: "all", value: "", reason: "a test" });
      return { decision: "allow", settlement: { of: "one" } };
    };
    const { policy, told } = await policyWith({ one: { action: freeze } });
    expect(await policy.beforeAction(payment({ moneyVisible: false }), scope)).toMatchObject({
      decision: "deny",
      code: "frozen",
    });
    expect(told).toMatchObject([{ id: "one", settlements: [{ of: "one" }], outcome: { status: "denied" } }]);
    expect(await counted(policy)).toBe(0n);
  });

  it("hear of an attempt whose ledger is in trouble", async () => {
    const { policy, told } = await policyWith({ one: {} });
    const context = payment();
    const allowed = await policy.beforeAction(context, scope);
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    await policy.ledger.dispose();
    await expect(policy.settle?.(context, outcomeOf(), { settlements, recovered: false })).rejects.toThrow();
    expect(told.map(({ id }) => id)).toEqual(["one"]);
  });

  it("keep the ledger's trouble from nobody, also where nothing but an operator helps them: its close is tried again", async () => {
    const hopeless = (): void => {
      throw new UnsettledError("its budget was closed", { isHopeless: true });
    };
    const { policy } = await policyWith({ one: { settle: hopeless } });
    const context = payment();
    const allowed = await policy.beforeAction(context, scope);
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    const scopeOfSettle = { settlements, recovered: false };
    const settle = async () => await policy.settle?.(context, outcomeOf(), scopeOfSettle);
    await expect(settle()).rejects.toMatchObject({ isHopeless: true });
    await policy.ledger.dispose();
    await expect(settle()).rejects.not.toMatchObject({ isHopeless: true });
  });

  it("hear in a process that knows nothing but what was granted", async () => {
    const { policy: first } = await policyWith({ one: {}, two: { action: { decision: "allow" } } });
    const context = payment();
    const allowed = await first.beforeAction(context, scope);
    const { policy, told } = await policyWith({ one: {}, two: {}, three: {} });
    const settlements =
      allowed.decision === "allow" && allowed.settlement !== undefined
        ? [JSON.parse(JSON.stringify(allowed.settlement)) as Settlement]
        : [];
    await policy.settle?.(context, outcomeOf(), { settlements, recovered: true });
    expect(told.map(({ id, settlements: of, recovered }) => [id, of, recovered])).toEqual([
      ["two", [], true],
      ["one", [{ of: "one" }], true],
    ]);
  });

  it("and the ledger hear of an attempt whatever becomes of one of them, which is then told again", async () => {
    let fails = true;
    const { policy, told } = await policyWith({
      one: {},
      two: {
        settle: () => {
          if (fails) throw new Error("later");
        },
      },
    });
    const context = payment();
    const allowed = await policy.beforeAction(context, scope);
    const settlements = allowed.decision === "allow" && allowed.settlement !== undefined ? [allowed.settlement] : [];
    await expect(policy.settle?.(context, outcomeOf(), { settlements, recovered: false })).rejects.toThrow("later");
    expect(told.map(({ id }) => id)).toEqual(["two", "one"]);
    expect(await counted(policy)).toBe(0n);
    fails = false;
    await policy.settle?.(context, outcomeOf(), { settlements, recovered: false });
    expect(told.map(({ id }) => id)).toEqual(["two", "one", "two", "one"]);
  });
});
