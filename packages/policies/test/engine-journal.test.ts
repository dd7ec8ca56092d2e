import {
  type Adapter,
  defineAdapter,
  type PolicyProvider,
  type SettledOutcome,
  type Settlement,
  type SettleScope,
  UnsettledError,
} from "@agentkit-policy/core";
import { type Ledger, openMemoryLedger } from "@agentkit-policy/ledger";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { definePolicy, type LoadedPolicy } from "../src/policy.js";
import { alice, contextOf, idAt, transferOf } from "./support/contexts.js";

const scope = { signal: new AbortController().signal, remainingMs: 5_000 };
const lifeMs = 15 * 60_000;
/** The time in which an attempt's own process tells. */
const ownTurnMs = 10_000;

let now: number;
let ledger: Ledger;
/** What the ledger was asked for, and what it was told of notes. */
let verbs: string[];
/** What the engine was told, by whichever process. */
let told: { actionId: string; args: unknown; outcome: SettledOutcome; scope: SettleScope }[];
let said: string[];
/** What the engine does when it is told. */
let settling: (actionId: string, scope: SettleScope) => void | Promise<void>;

beforeEach(() => {
  now = Date.UTC(2026, 10, 30, 12);
  verbs = [];
  told = [];
  said = [];
  settling = () => undefined;
  ledger = tracing(openMemoryLedger({ clock: { now: () => now, uptime: () => now } }));
});

function tracing(real: Ledger): Ledger {
  return new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const { note, mark } = (args[0] ?? {}) as { note?: string; mark?: { kind: string } };
        const detail = mark?.kind ?? (note === undefined ? "" : "with a note");
        if (["reserve", "arm", "close", "note"].includes(String(name))) verbs.push(`${String(name)} ${detail}`.trim());
        return Reflect.apply(value, target, args);
      };
    },
  });
}

const allow = (settlement?: Settlement): PolicyDecision => ({
  decision: "allow",
  ...(settlement === undefined ? {} : { settlement }),
});

/** A process of its own on the same ledger, whose engine holds something for every action. */
async function newProcess(more: Partial<PolicyProvider> = {}, other?: PolicyProvider): Promise<LoadedPolicy> {
  const log = (text: string): void => void said.push(text);
  const engine = defineAdapter({
    name: "holding",
    options: z.strictObject({}),
    create: (): PolicyProvider => ({
      beforeAction: ({ actionId }) => allow({ held: actionId }),
      async settle({ actionId, args }, outcome, of) {
        told.push({ actionId, args, outcome, scope: of });
        await settling(actionId, of);
      },
      ...more,
    }),
  });
  const limit = { id: "eth", limit: "native", max: "1", per: ["wallet"], window: "day" } as const;
  const another = defineAdapter({
    name: "other",
    options: z.strictObject({}),
    create: () => other ?? { beforeAction: () => allow() },
  });
  const rules = [limit, { id: "engine", use: "holding" }, ...(other === undefined ? [] : [{ id: "other", use: "other" }])];
  return await definePolicy(
    { version: 1, ledger: "memory", rules },
    {
      clock: { now: () => now, uptime: () => now },
      adapters: { holding: async () => engine as Adapter, other: async () => another as Adapter },
      openLedger: async () => ledger,
      background: false,
      logger: { info: log, warn: log },
    },
  );
}

function payment(more: Parameters<typeof contextOf>[0] = {}): ActionContext {
  return { ...contextOf({ effects: [transferOf(alice, "70")], ...more }, now), args: { to: alice, note: "a secret" } };
}

function callOf(context: ActionContext): ActionContext {
  return { ...context, layer: "wallet", callId: idAt(now), excess: [] };
}

/** An attempt that was armed, as the hook does it. @returns its settlements */
async function armed(policy: LoadedPolicy, context: ActionContext): Promise<Settlement[]> {
  const root = settlementsOf(await policy.beforeAction(context, scope));
  const call = await policy.beforeWalletCall?.(callOf(context), { ...scope, settlements: root });
  return [...root, ...settlementsOf(call)];
}

function settlementsOf(decision: PolicyDecision | undefined): Settlement[] {
  if (decision?.decision !== "allow") throw new Error(JSON.stringify(decision));
  return decision.settlement === undefined ? [] : [decision.settlement];
}

function moved(amount: string): SettledOutcome {
  const spent = [{ kind: "transfer" as const, asset: "eip155:84532/slip44:60", amount }];
  return { status: "succeeded", entered: true, spent, transactions: [], journalComplete: true, durationMs: 1, calls: [] };
}

/** Whatever a pass of an own process leaves to the background is through. */
async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

describe("what an engine holds for an attempt", () => {
  it("is stored with the arm, in the same write, and taken out once the engine has been told", async () => {
    const policy = await newProcess();
    const context = payment();
    const settlements = await armed(policy, context);
    expect(verbs).toEqual(["reserve", "arm with a note"]);
    await policy.settle?.(context, moved("70"), { settlements, recovered: false });
    await settled();
    expect(verbs.slice(2)).toEqual(["close", "note told"]);
    now += lifeMs;
    expect(await policy.replay?.pass()).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it("is told in another process after a crash: in full, without arguments, with what was held", async () => {
    const context = payment();
    await armed(await newProcess(), context);
    const policy = await newProcess();
    now += lifeMs + ownTurnMs - 1;
    expect(await policy.replay?.pass(), "its own process may be slow, and not dead").toEqual([]);
    now += 1;
    expect(await policy.replay?.pass()).toEqual([context.actionId]);
    const { actionId } = context;
    const recovered = { recovered: true, settlements: [{ held: actionId }] };
    expect(told).toMatchObject([{ actionId, args: null, outcome: { status: "unknown", entered: true }, scope: recovered }]);
    const counterparty = `eip155:84532:${alice}`;
    expect(told[0]?.outcome.spent).toEqual([{ kind: "transfer", asset: "eip155:84532/slip44:60", amount: "70", counterparty }]);
    await settled();
    expect(await policy.replay?.pass(), "once").toEqual([]);
  });

  it("holds no secret of the arguments", async () => {
    await armed(await newProcess(), payment());
    now += lifeMs + ownTurnMs;
    const [note] = await ledger.untold(1);
    expect(note?.note).toContain("native_transfer");
    expect(note?.note).not.toContain("secret");
  });

  it("is told with what the ledger counts, where the process died between its close and the engine's answer", async () => {
    const policy = await newProcess();
    const context = payment();
    const settlements = await armed(policy, context);
    settling = () => {
      throw new Error("no answer");
    };
    await expect(policy.settle?.(context, moved("30"), { settlements, recovered: false })).rejects.toThrow("no answer");
    await settled();
    settling = () => undefined;
    now += ownTurnMs;
    expect(await (await newProcess()).replay?.pass()).toEqual([context.actionId]);
    expect(told[1]?.outcome).toMatchObject({ spent: [{ amount: "30" }], journalComplete: true });
  });

  it("is given back where the ledger knows that nothing left", async () => {
    const policy = await newProcess();
    const context = payment();
    const settlements = await armed(policy, context);
    settling = () => {
      throw new Error("no answer");
    };
    const nothing = { ...moved("0"), status: "failed" as const, spent: [] };
    await policy.settle?.(context, nothing, { settlements, recovered: false })?.catch(() => undefined);
    await settled();
    settling = () => undefined;
    now += ownTurnMs;
    await (await newProcess()).replay?.pass();
    expect(told[1]?.outcome).toMatchObject({ status: "failed", spent: [] });
  });

  it("is not stored where it was never armed, nor where the engine wants to hear nothing", async () => {
    const reading = { ...payment({ effects: [] }), moneyVisible: true };
    const policy = await newProcess();
    const settlements = settlementsOf(await policy.beforeAction(reading, scope));
    await policy.settle?.(reading, { ...moved("0"), spent: [] }, { settlements, recovered: false });
    const deaf = await newProcess({ settle: undefined as never });
    const context = payment();
    const given = await armed(deaf, context);
    await deaf.settle?.(context, moved("70"), { settlements: given, recovered: false });
    await settled();
    expect(verbs).toEqual(["reserve", "arm", "close"]);
  });

  it("is not looked for in the ledger where the engine denied, and nothing was ever stored", async () => {
    const policy = await newProcess({ beforeAction: () => ({ decision: "deny", code: "denied", reason: "no" }) });
    await policy.beforeAction(payment(), scope);
    await settled();
    expect(verbs).toEqual(["reserve", "close"]);
  });

  it("is stored anew when a wallet call brings more, and not when it does not", async () => {
    let more: Settlement | undefined = { call: 1 };
    const policy = await newProcess({ beforeWalletCall: () => allow(more) });
    const context = payment();
    const settlements = await armed(policy, context);
    more = undefined;
    settlements.push(...settlementsOf(await policy.beforeWalletCall?.(callOf(context), { ...scope, settlements })));
    more = { call: 2 };
    settlements.push(...settlementsOf(await policy.beforeWalletCall?.(callOf(context), { ...scope, settlements })));
    expect(verbs).toEqual(["reserve", "arm with a note", "arm with a note"]);
    now += lifeMs + ownTurnMs;
    await (await newProcess()).replay?.pass();
    expect(told[0]?.scope.settlements).toEqual([{ held: context.actionId }, { call: 1 }, { call: 2 }]);
  });

  it("is stored where no wallet call will come by, with the arm of the action itself", async () => {
    const context = payment({ moneyVisible: false });
    await (await newProcess()).beforeAction(context, scope);
    expect(verbs).toEqual(["reserve", "arm with a note"]);
    now += lifeMs + ownTurnMs;
    expect(await (await newProcess()).replay?.pass()).toEqual([context.actionId]);
  });
});

describe("an engine that is told after a crash", () => {
  /** So many attempts whose process died. */
  async function crashed(count: number, other?: PolicyProvider): Promise<string[]> {
    const policy = await newProcess({}, other);
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const context = payment();
      await armed(policy, context);
      ids.push(context.actionId);
      now += 1;
    }
    now += lifeMs + ownTurnMs;
    return ids;
  }

  it("and fails is told again, and the others are told meanwhile", async () => {
    const [broken = "", sound = ""] = await crashed(2);
    settling = (actionId) => {
      if (actionId === broken) throw new Error("not now");
    };
    const policy = await newProcess();
    expect(await policy.replay?.pass()).toEqual([sound]);
    expect(said.join()).toContain(broken);
    await settled();
    expect(await policy.replay?.pass(), "not at once").toEqual([]);
    settling = () => undefined;
    now += ownTurnMs;
    expect(await policy.replay?.pass()).toEqual([broken]);
  });

  it("and says when it will listen again is told nothing before, by no process", async () => {
    const [id] = await crashed(1);
    settling = () => {
      throw new UnsettledError("busy", { retryAfterMs: 120_000 });
    };
    await (await newProcess()).replay?.pass();
    await settled();
    settling = () => undefined;
    now += 119_999;
    expect(await (await newProcess()).replay?.pass()).toEqual([]);
    now += 1;
    expect(await (await newProcess()).replay?.pass()).toEqual([id]);
  });

  it("and can make nothing of it has it set aside for an operator, who is told", async () => {
    const [id = ""] = await crashed(1);
    settling = () => {
      throw new UnsettledError("its budget was closed", { isHopeless: true });
    };
    const policy = await newProcess();
    await policy.replay?.pass();
    await settled();
    now += 10 * lifeMs;
    await policy.replay?.pass();
    expect(told).toHaveLength(1);
    expect(said.join()).toMatch(new RegExp(`${id} .*operator.*its budget was closed`));
  });

  it("and will never write it is not given up as long as another engine has not written it either", async () => {
    let closed = true;
    const second: PolicyProvider = {
      beforeAction: () => allow(),
      settle: () => {
        if (closed) throw new UnsettledError("its budget was closed", { isHopeless: true });
      },
    };
    const [id] = await crashed(1, second);
    settling = () => {
      throw new UnsettledError("busy");
    };
    await (await newProcess({}, second)).replay?.pass();
    await settled();
    closed = false;
    settling = () => undefined;
    now += ownTurnMs;
    expect(await (await newProcess({}, second)).replay?.pass()).toEqual([id]);
  });

  it.each([
    ["is no note", "{"],
    ["is of another version", '{"version":2,"context":{},"settlements":[]}'],
    ["has lost its attempt", '{"version":1,"context":{"actionName":"a"},"settlements":[]}'],
  ])("is not told what %s: it is set aside, and the others are told", async (_, text) => {
    const [broken = "", sound = ""] = await crashed(2);
    await ledger.note({ attemptId: broken, mark: { kind: "replaced", note: text } });
    const policy = await newProcess();
    expect(await policy.replay?.pass()).toEqual([sound]);
    expect(said.join()).toContain(`${broken} cannot be read, and is set aside`);
    now += 10 * lifeMs;
    expect(await policy.replay?.pass()).toEqual([]);
  });

  it("and remembers something finds it in the next process", async () => {
    const [id = ""] = await crashed(1);
    settling = async (_actionId, { remember }) => {
      await remember?.({ gone: true });
      throw new Error("died");
    };
    await (await newProcess()).replay?.pass();
    await settled();
    settling = () => undefined;
    now += ownTurnMs;
    await (await newProcess()).replay?.pass();
    expect(told[1]?.scope.settlements).toEqual([{ held: id }, { gone: true }]);
  });
});
