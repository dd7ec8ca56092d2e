import { join } from "node:path";
import { type Budget, CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import { definePolicy, type PolicyDefinition } from "agentkit-policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { Child } from "./child.js";
import { scale, silentLogger, temporaryFolder, until } from "./support.js";

// One payment of 0.01 ETH under Cycles and a local limit. A child announces each of its steps; at one of them it blocks and is killed.
// Then the same ledger is opened by another process, and Cycles has to say what the chain says.

const eth = `${caipChainId}/slip44:60`;
/** What 0.01 ether is worth at 2,000 dollars, in USD_MICROCENTS. */
const payment = 20n * 10n ** 8n;

/** From its arm on the payment may have left; before it, nothing can have. */
const neverArmed = [
  "action.requested",
  "provider.started beforeAction",
  "the ledger is asked to reserve",
  "the ledger has answered reserve",
  "Cycles is asked to reserve",
  "Cycles has answered reserve",
  "provider.ended beforeAction",
  "action.allowed",
  "wallet.requested",
  "wallet.turn",
  "provider.started beforeWalletCall",
  "the ledger is asked to arm",
];
const armed = ["the ledger has answered arm", "provider.ended beforeWalletCall", "wallet.allowed", "wallet.handed_over"];
const sent = [
  "wallet.returned",
  "wallet.receipt",
  "action.sealed",
  "action.succeeded",
  "provider.started settle",
  "the ledger is asked to close",
  "the ledger has answered close",
  "Cycles is asked to commit",
  "Cycles has answered commit",
  "the ledger is asked to note",
  "provider.ended settle",
  "the ledger has answered note",
];
/** What a process does that finds the payment on the chain. */
const recovery = [
  "the ledger is asked to close",
  "the ledger has answered close",
  "Cycles is asked to commit",
  "Cycles has answered commit",
  "the ledger is asked to note",
];

const lifeMs = 4_000;
const settleMs = 5_000;
/** Long enough for the payment's life, its settling and the time in which its own process tells, in milliseconds. */
const overMs = lifeMs + settleMs + 10_000 + 1_000;

/** In every run, one step of each row between which nothing is asked of anybody; in the deep ones, all. */
const isAsked = (step: string): boolean => /is asked|has answered|handed_over|returned/.test(step);
const steps = [...neverArmed, ...armed, ...sent].filter((step) => scale > 1 || isAsked(step));
/** Without a node, those at which it makes a difference. */
const few = ["the ledger has answered arm", "wallet.handed_over", "wallet.returned", "the ledger has answered close"];
const blindSteps = steps.filter((step) => scale > 1 || few.includes(step));

let anvil: Anvil;
const servers: CyclesTestServer[] = [];
/** Every payment that a test is about, by its name. All are under way from the start, since most of a test's time is spent waiting. */
const payments = new Map<string, Promise<Paid>>();
beforeAll(async () => {
  anvil = await startWorld();
  begin("none", true);
  for (const step of steps) begin(step, true, step);
  for (const step of blindSteps) begin(`${step}, blind`, false, step);
  begin("recovery", true, "wallet.returned");
});
afterAll(async () => {
  await anvil.stop();
  for (const server of servers) await server.close();
});

interface Paid {
  readonly definition: PolicyDefinition;
  readonly budget: Budget;
  readonly to: string;
  /** When the child announced its last step. */
  readonly at: number;
  readonly steps: readonly string[];
}

function begin(name: string, hasNode: boolean, stopAt?: string): void {
  const paid = inTurn(() => pay(name, hasNode, stopAt));
  // Its own test hears of it.
  paid.catch(() => undefined);
  payments.set(name, paid);
}

async function paymentOf(name: string): Promise<Paid> {
  const paid = payments.get(name);
  if (paid === undefined) throw new Error(`nothing is paid as ${name}`);
  return await paid;
}

/** Pays in a child, which is killed at a step, or ends by itself. */
async function pay(name: string, hasNode: boolean, stopAt?: string): Promise<Paid> {
  const account = freshAccount(`cycles crash ${name}`);
  const to = freshAddress(`cycles crash ${name} to`);
  await setBalance(anvil, account.address, 10n ** 18n);
  const server = await CyclesTestServer.start({
    apiKeys: { acme: "a-key" },
    budgets: [{ scope: "tenant:acme", unit: "USD_MICROCENTS", allocated: 10n * payment }],
  });
  servers.push(server);
  const options = {
    baseUrl: server.baseUrl,
    apiKey: "a-key",
    tenant: "acme",
    prices: { [eth]: { worth: "2000", decimals: 18 } },
  };
  const definition: PolicyDefinition = {
    version: 1,
    ledger: `sqlite:${join(temporaryFolder(), "ledger.db")}`,
    chains: { [caipChainId]: { confirmations: 1, ...(hasNode ? { rpc: anvil.rpcUrl } : {}) } },
    timing: { life: "4s", leaveWithin: "1s", settleWithin: "5s" },
    rules: [
      { id: "eth", limit: "native", max: "0.01", per: ["wallet"], window: "day" },
      { id: "cycles", use: "cycles", with: options },
    ],
  };
  const more = { order: "pay", rpcUrl: anvil.rpcUrl, accountName: `cycles crash ${name}`, to };
  const { at, steps } = await run({ ...more, definition, stopAt });
  return { definition, budget: server.budgets.get("tenant:acme"), to, at, steps };
}

/** A child, until it has said that it is done, or a step at which it is killed. */
async function run(config: { readonly definition: PolicyDefinition; readonly stopAt: string | undefined }) {
  const child = new Child("cycles-crasher.mjs", config);
  let at = 0;
  try {
    if (config.stopAt === undefined) await child.next("done");
    else for (let said = await child.next("step"); ; said = await child.next("step")) if (said.step === config.stopAt) break;
    at = Date.now();
  } finally {
    await child.kill();
  }
  return { at, steps: child.said.flatMap(({ say, step }) => (say === "step" ? [step as string] : [])) };
}

/** Children load AgentKit, which takes a core for seconds: so many at once. */
const places = 2;
const waiting: (() => void)[] = [];
let running = 0;
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= places) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Opens the ledger of a dead process once all of its times are over, and tells Cycles what is to be told. */
async function recover({ definition, at }: Pick<Paid, "definition" | "at">): Promise<void> {
  await until(() => Date.now() > at + overMs, "all of the payment's times were over");
  const policy = await definePolicy(definition, { background: false, logger: silentLogger });
  try {
    await until(async () => {
      await policy.replay?.pass();
      return (await policy.ledger.untold(1)).length === 0;
    }, "nothing is left to be told");
  } finally {
    await policy.dispose();
  }
}

/** What arrived, in the unit of the budget. */
async function arrived({ to }: Paid): Promise<bigint> {
  return ((await balanceOf(anvil, to)) * payment) / 10n ** 16n;
}

test("without a kill, the child announces exactly the steps above, in this order", async () => {
  const paid = await paymentOf("none");
  // The ledger hears in the background that Cycles was told.
  const without = (list: readonly string[]) => list.filter((step) => step !== "provider.ended settle");
  expect(without(paid.steps)).toEqual(without([...neverArmed, ...armed, ...sent]));
  expect([paid.budget.spent, await arrived(paid)]).toEqual([payment, payment]);
});

describe("a process that is killed, and another one that opens its ledger and can ask the chain", () => {
  test.each(steps)("at %s: Cycles has booked what left, to the unit", async (step) => {
    const paid = await paymentOf(step);
    await recover(paid);
    const moved = await arrived(paid);
    expect(moved).toBe(sent.includes(step) ? payment : 0n);
    expect(paid.budget.spent).toBe(moved);
    // What is held for nothing is given back, or ends with its lease.
    if (sent.includes(step)) expect(paid.budget.reserved).toBe(0n);
  });
});

describe("a process that is killed, and another one that opens its ledger and can ask nobody", () => {
  test.each(blindSteps)("at %s: Cycles has booked what left, and more only if nobody could say", async (step) => {
    const paid = await paymentOf(`${step}, blind`);
    await recover(paid);
    expect(await arrived(paid)).toBe(sent.includes(step) ? payment : 0n);
    // Between the arm and the close the payment may have left, for all that anybody knows.
    expect(paid.budget.spent).toBe(neverArmed.includes(step) ? 0n : payment);
  });
});

test("a payment is booked once, although each process that recovers it is killed, one step further than the last", async () => {
  const paid = await paymentOf("recovery");
  let at = paid.at;
  for (const stopAt of recovery) {
    await until(() => Date.now() > at + overMs, "all of the payment's times were over");
    const dead = await run({ ...{ order: "recover" }, definition: paid.definition, stopAt });
    expect(dead.steps.at(-1)).toBe(stopAt);
    // Only a close gives the next process something to wait for.
    if (stopAt === "the ledger has answered close") at = dead.at - lifeMs - settleMs;
  }
  await recover(paid);
  expect([await arrived(paid), paid.budget.spent, paid.budget.reserved]).toEqual([payment, payment, 0n]);
});
