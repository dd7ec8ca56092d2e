import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CyclesAdapterOptions, cyclesAdapter } from "@agentkit-policy/adapter-cycles";
import { CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import { type ActionContext, type ActionOutcome, definePolicy, type LoadedPolicy, type PolicyDefinition } from "agentkit-policy";
import { describe, expect, onTestFinished, test } from "vitest";
import { Child } from "./child.js";
import { temporaryFolder, until } from "./support.js";

// The twelve scenarios of the Cycles recovery profile 0.3, by their names. A process that dies is killed; a process that begins anew opens
// the ledger that it left. What has to be waited for is waited for by a clock that is ahead.

const chainId = "eip155:84532";
const eth = `${chainId}/slip44:60`;
const to = `${chainId}:0x70997970c51812dc3a010c7d01b50e0d17dc79c8`;
const key = "a-key";
/** 100 wei are held and 70 are spent, of which each is worth a microcent. */
const [estimated, real] = ["100", "70"];
const prices = { [eth]: { worth: "1", decimals: 8 } };
/** Past an attempt's life, and the time in which its own process tells. */
const lifeIsOverMs = 16 * 60_000;
const ownTurnMs = 11_000;

let serial = 0;

/** A server whose clock is ahead of the machine's by as much as it is told. */
async function startServer(apiKey = key) {
  const ahead = { ms: 0 };
  const server = await CyclesTestServer.start({
    apiKeys: { acme: apiKey },
    budgets: [{ scope: "tenant:acme", unit: "USD_MICROCENTS", allocated: 10_000n }],
    sweepMs: 2 ** 31 - 1,
    now: () => Date.now() + ahead.ms,
  });
  onTestFinished(async () => {
    await server.close();
    expect(server.violations).toEqual([]);
  });
  const asked = (...operations: string[]) => server.requests.filter(({ operation }) => operations.includes(operation));
  const settlements = () =>
    asked("commit", "release", "event").map(({ operation, idempotencyKey }) => [operation, idempotencyKey]);
  return { server, ahead, budget: server.budgets.get("tenant:acme"), asked, settlements };
}

function definitionFor(baseUrl: string, options: Partial<CyclesAdapterOptions> = {}): PolicyDefinition {
  return {
    version: 1,
    ledger: `sqlite:${join(temporaryFolder(), "ledger.db")}`,
    rules: [
      { id: "eth", limit: "native", max: "1", per: ["wallet"], window: "day" },
      { id: "cycles", use: "cycles", with: { baseUrl, apiKey: key, tenant: "acme", prices, ...options } },
    ],
  };
}

function newContext(): ActionContext {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  return {
    layer: "action",
    actionId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(serial).padStart(12, "0")}`,
    actionName: "WalletActionProvider_native_transfer",
    chainId,
    walletAddress: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    args: null,
    effects: [{ kind: "transfer", asset: eth, amount: estimated, counterparty: to, basis: "declared" }],
    moneyVisible: true,
    actionHash: "0".repeat(64),
    requestedAt: new Date().toISOString(),
  };
}

const outcome = {
  status: "succeeded",
  entered: true,
  spent: [{ kind: "transfer", asset: eth, amount: real, counterparty: to }],
  transactions: [],
  journalComplete: true,
  durationMs: 1,
  calls: [],
} satisfies ActionOutcome & { calls: never[] };

const scope = { signal: new AbortController().signal, remainingMs: 5_000 };

/** An attempt of a provider that keeps nothing, up to its end. */
async function attempt(baseUrl: string, options: Partial<CyclesAdapterOptions> = {}) {
  const said: string[] = [];
  const log = (text: string): void => void said.push(text);
  const settings = { baseUrl, apiKey: key, tenant: "acme", prices, ...options };
  const provider = cyclesAdapter(settings, { logger: { info: log, warn: log } });
  const context = newContext();
  const decision = await provider.beforeAction(context, scope);
  if (decision.decision !== "allow" || decision.settlement === undefined) throw new Error(JSON.stringify(decision));
  const settlements = [decision.settlement];
  /** Whatever is not written at once is written in the background. */
  const settle = async (): Promise<void> =>
    await Promise.resolve(provider.settle?.(context, outcome, { settlements, recovered: false })).catch(() => undefined);
  return { provider, context, said, settle };
}

/** A process that is killed at a step of its attempt, or of its recovery. @returns what it had announced */
async function die(config: {
  readonly order: "attempt" | "recover";
  readonly definition: PolicyDefinition;
  readonly context?: ActionContext;
  readonly outcome?: ActionOutcome;
  readonly aheadMs?: number;
  /** A step, or what else has to have happened. */
  readonly until: string | (() => boolean);
}): Promise<string[]> {
  const { until: end, ...more } = config;
  const child = new Child("cycles-crasher.mjs", { ...more, ...(typeof end === "string" ? { stopAt: end } : {}) });
  try {
    if (typeof end === "string") for (let said = await child.next("step"); said.step !== end; ) said = await child.next("step");
    else await until(end, "the process had come so far");
  } finally {
    await child.kill();
  }
  return child.said.flatMap(({ say, step }) => (say === "step" ? [step as string] : []));
}

/** A process that begins anew on what others have left. */
async function heir(definition: PolicyDefinition, aheadMs: number) {
  const said: string[] = [];
  const log = (text: string): void => void said.push(text);
  const uptime = (): number => performance.now() + aheadMs;
  const policy = await definePolicy(definition, {
    clock: { now: () => Date.now() + aheadMs, uptime },
    background: false,
    logger: { info: log, warn: log },
  });
  onTestFinished(async () => await policy.dispose());
  return { policy, said };
}

async function replay({ replay: engines, ledger }: LoadedPolicy): Promise<readonly string[]> {
  const told = (await engines?.pass()) ?? [];
  // The ledger hears in the background that they were told.
  if (told.length > 0) await until(async () => (await ledger.untold(1)).length === 0, "the ledger knows");
  return told;
}

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async "CR-CORE-001 lost commit response reuses the same key"() {
    const { server, budget, settlements } = await startServer();
    const { context, settle } = await attempt(server.baseUrl);
    server.faults.add({ operation: "commit", kind: "lost_answer" });
    await settle();
    await until(() => settlements().length === 2, "the commit is repeated");
    const commit = ["commit", `${context.actionId}.root.commit`];
    expect(settlements()).toEqual([commit, commit]);
    expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
  },

  async "CR-CORE-002 expired commit falls back to an event"() {
    const { server, ahead, budget, asked, settlements } = await startServer();
    const { context, settle } = await attempt(server.baseUrl);
    ahead.ms = 60 * 60_000;
    server.sweep();
    await settle();
    await until(() => settlements().length === 2, "the spend is told to the budgets");
    const name = `${context.actionId}.root.commit`;
    expect(settlements()).toEqual([
      ["commit", name],
      ["event", name],
    ]);
    const [held, told] = [asked("reserve")[0], asked("event")[0]].map((request) => JSON.parse(request?.body ?? "") as Told);
    expect([told?.subject, told?.action]).toEqual([held?.subject, held?.action]);
    expect(told?.actual).toEqual({ unit: "USD_MICROCENTS", amount: 70 });
    expect(budget.spent).toBe(70n);
  },

  async "CR-CORE-003 heartbeat transport failure is observable and non-fatal"() {
    const { server, budget, asked, settlements } = await startServer();
    server.faults.add({ operation: "extend", kind: "lost_request" });
    const { provider, context, said, settle } = await attempt(server.baseUrl, { ttlMs: 5_000, timeoutMs: 1_000 });
    await until(() => asked("extend").length === 2, "the extension is repeated");
    expect(new Set(asked("extend").map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    const id = /"reservation_id":"([^"]+)"/.exec(JSON.stringify(await held(server, context)))?.[1];
    expect(said.join("\n")).toMatch(new RegExp(`hold ${id} .*could not be extended: it is extended again`));
    const call: ActionContext = { ...context, layer: "wallet", callId: context.actionId, excess: [] };
    expect(await provider.beforeWalletCall?.(call, { ...scope, settlements: [] })).toMatchObject({ decision: "allow" });
    await settle();
    expect(settlements().map(([operation]) => operation)).toEqual(["commit"]);
    expect(budget.spent).toBe(70n);
  },

  async "CR-CORE-004 protocol-invalid settlement success remains ambiguous"() {
    const { server, budget, settlements } = await startServer();
    const { context, settle } = await attempt(server.baseUrl);
    server.faults.add({ operation: "commit", kind: "malformed" });
    await settle();
    await until(() => settlements().length === 2, "the commit is repeated");
    const commit = ["commit", `${context.actionId}.root.commit`];
    expect(settlements()).toEqual([commit, commit]);
    expect(budget.spent).toBe(70n);
  },

  async "CR-DURABLE-001 first commit is journaled before it leaves the process"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    server.faults.add({ operation: "commit", kind: "late", delayMs: 3_600_000 });
    const steps = await die({ order: "attempt", definition, context, outcome, until: () => settlements().length === 1 });
    expect(steps.indexOf("the ledger has answered arm")).toBeLessThan(steps.indexOf("Cycles is asked to commit"));
    expect(steps).not.toContain("the ledger is asked to note");
    const { policy } = await heir(definition, ownTurnMs);
    expect(await replay(policy)).toEqual([context.actionId]);
    const commit = ["commit", `${context.actionId}.root.commit`];
    expect(settlements()).toEqual([commit, commit]);
    expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
    expect(await replay(policy), "the record is gone").toEqual([]);
  },

  async "CR-DURABLE-002 replayed expired commit switches durably to event mode"() {
    const { server, ahead, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    await die({ order: "attempt", definition, context, outcome, until: "Cycles is asked to commit" });
    ahead.ms = 60 * 60_000;
    server.sweep();
    const steps = await die({ order: "recover", definition, aheadMs: ownTurnMs, until: "the ledger has answered note" });
    expect(steps).toContain("Cycles has answered commit");
    expect(steps, "what it will do is on disk before it does it").not.toContain("Cycles is asked to event");
    const { policy } = await heir(definition, 2 * ownTurnMs);
    expect(await replay(policy)).toEqual([context.actionId]);
    const name = `${context.actionId}.root.commit`;
    expect(settlements()).toEqual([
      ["commit", name],
      ["event", name],
    ]);
    expect(budget.spent).toBe(70n);
    expect(await replay(policy), "the record is gone").toEqual([]);
  },

  async "CR-DURABLE-003 rate-limit floor survives restart"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    const busy = { operation: "commit", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 120 } as const;
    server.faults.add(busy);
    await die({ order: "attempt", definition, context, outcome, until: "the ledger has answered note" });
    const early = await heir(definition, 115_000);
    expect(await replay(early.policy)).toEqual([]);
    expect(settlements()).toHaveLength(1);
    const { policy } = await heir(definition, 125_000);
    expect(await replay(policy)).toEqual([context.actionId]);
    const commit = ["commit", `${context.actionId}.root.commit`];
    expect(settlements()).toEqual([commit, commit]);
    expect(budget.spent).toBe(70n);
    expect(await replay(policy), "the record is gone").toEqual([]);
  },

  async "CR-DURABLE-004 tenant journal survives API-key rotation"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    await die({ order: "attempt", definition, context, outcome, until: "Cycles is asked to commit" });
    server.rotateKey("acme", "another-key");
    const path = definition.ledger?.slice("sqlite:".length) ?? "";
    const stored = [path, `${path}-wal`].filter(existsSync).map((file) => readFileSync(file, "latin1"));
    expect(stored.join(), "the attempt is stored").toContain("native_transfer");
    expect(stored.join(), "and no key").not.toContain(key);
    const [limit, engine] = definition.rules as [unknown, { with: object }];
    const rotated = { ...definition, rules: [limit, { ...engine, with: { ...engine.with, apiKey: "another-key" } }] };
    const { policy } = await heir(rotated as PolicyDefinition, ownTurnMs);
    expect(await replay(policy)).toEqual([context.actionId]);
    expect(settlements()).toEqual([["commit", `${context.actionId}.root.commit`]]);
    expect(budget.spent).toBe(70n);
  },

  async "CR-DURABLE-005 corrupt or unsupported journal record is quarantined"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const contexts = [newContext(), newContext(), newContext(), newContext()];
    for (const context of contexts)
      await die({ order: "attempt", definition, context, outcome, until: "Cycles is asked to commit" });
    const { policy, said } = await heir(definition, ownTurnMs);
    const [corrupt, unsupported, foreign, sound] = contexts.map(({ actionId }) => actionId) as [string, string, string, string];
    const noteOf = async (id: string) => (await policy.ledger.untold(9)).find(({ attemptId }) => attemptId === id)?.note ?? "";
    const replace = async (attemptId: string, note: string) =>
      await policy.ledger.note({ attemptId, mark: { kind: "replaced", note } });
    await replace(corrupt, (await noteOf(corrupt)).slice(0, -1));
    await replace(unsupported, (await noteOf(unsupported)).replace('"version":1', '"version":2'));
    await replace(foreign, (await noteOf(foreign)).replace('"reservationId"', '"reservation"'));
    expect(await replay(policy)).toEqual([sound]);
    expect(settlements()).toEqual([["commit", `${sound}.root.commit`]]);
    for (const id of [corrupt, unsupported, foreign])
      expect(said.join("\n")).toMatch(new RegExp(`${id} .*set aside for an operator`));
    const { policy: later } = await heir(definition, 24 * 60 * 60_000);
    expect(await replay(later), "they stay set aside").toEqual([]);
    expect(budget.spent).toBe(70n);
  },

  async "CR-DURABLE-006 concurrent replay remains exactly once"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    await die({ order: "attempt", definition, context, outcome, until: "Cycles is asked to commit" });
    const heirs = await Promise.all([1, 2, 3, 4].map(async () => await heir(definition, ownTurnMs)));
    const told = await Promise.all(heirs.map(async ({ policy }) => await replay(policy)));
    expect(told.flat().length).toBeGreaterThanOrEqual(1);
    expect(new Set(settlements().map(String))).toEqual(new Set([`commit,${context.actionId}.root.commit`]));
    expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
    expect(await replay((await heir(definition, 2 * ownTurnMs)).policy), "the record is gone").toEqual([]);
  },

  // The journal has no files. What the scenario is about is that two records never become one because of what they are called.
  async "CR-DURABLE-007 journal filenames preserve distinct arbitrary reservation identifiers"() {
    const { server, ahead, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const ids = ["a/b", "a_b", "A_B", "a%2Fb"];
    const contexts = ids.map(newContext);
    for (const context of contexts)
      await die({ order: "attempt", definition, context, outcome, until: "Cycles is asked to commit" });
    const { policy } = await heir(definition, ownTurnMs);
    for (const { attemptId, note } of await policy.ledger.untold(9)) {
      const id = ids[contexts.findIndex(({ actionId }) => actionId === attemptId)];
      const renamed = note.replace(/"reservationId":"[^"]+"/, `"reservationId":"${id}"`);
      expect(await policy.ledger.note({ attemptId, mark: { kind: "replaced", note: renamed } })).toMatchObject({ ok: true });
    }
    ahead.ms = 60 * 60_000;
    server.sweep();
    expect([...(await replay(policy))].sort()).toEqual(contexts.map(({ actionId }) => actionId).sort());
    const asked = server.requests.filter(({ operation }) => operation === "commit").map(({ path }) => path);
    expect(asked.map((path) => decodeURIComponent(/reservations\/(.+)\/commit/.exec(path)?.[1] ?? "")).sort()).toEqual(
      [...ids].sort(),
    );
    expect(settlements().filter(([operation]) => operation === "event")).toHaveLength(ids.length);
    expect(budget.spent).toBe(280n);
  },

  // An SDK knows nothing of what a dead process had done, and settles nothing. The ledger of an attempt knows what it could have moved:
  // nothing is told while its own process may act, and then all of it, said to be all and not to be known.
  async "CR-BOUNDARY-001 missing actual is surfaced without settlement"() {
    const { server, budget, settlements } = await startServer();
    const definition = definitionFor(server.baseUrl);
    const context = newContext();
    await die({ order: "attempt", definition, context, until: "the ledger has answered arm" });
    expect(await replay((await heir(definition, 60_000)).policy)).toEqual([]);
    expect(settlements()).toEqual([]);
    const { policy, said } = await heir(definition, lifeIsOverMs);
    expect(await replay(policy)).toEqual([context.actionId]);
    expect(said.join("\n")).toContain(`nobody can say what ${context.actionId} has moved: all that it holds counts as spent`);
    expect(budget.spent).toBe(100n);
  },
};

interface Told {
  readonly subject: unknown;
  readonly action: unknown;
  readonly actual: unknown;
}

/** What a server holds for an attempt. */
async function held(server: CyclesTestServer, { actionId }: ActionContext): Promise<unknown> {
  const query = `tenant=acme&idempotency_key=${actionId}.root.reserve`;
  const answer = await fetch(`${server.baseUrl}/v1/reservations?${query}`, { headers: { "X-Cycles-API-Key": key } });
  return await answer.json();
}

describe("the Cycles recovery profile", () => {
  test.each(Object.entries(scenarios))("%s", async (_, scenario) => await scenario());

  const profile = fileURLToPath(new URL("../../../shared/cycles/recovery-scenarios.yaml", import.meta.url));
  test.skipIf(!existsSync(profile))(
    "is all of it, by its own file (../shared/cycles/recovery-scenarios.yaml), which can be absent",
    () => {
      const named = [...readFileSync(profile, "utf8").matchAll(/id: (CR-\S+)\s+level: \S+\s+name: (.+)/g)];
      expect(Object.keys(scenarios)).toEqual(named.map(([, id, name]) => `${id} ${name}`));
    },
  );
});
