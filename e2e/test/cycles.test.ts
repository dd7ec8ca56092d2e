import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CyclesAdapterOptions } from "@agentkit-policy/adapter-cycles";
import { type Budget, CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { pythonChild } from "./child.js";
import { eth, payment, scope, underCycles, weiAPayment } from "./cycles/under-cycles.js";
import { counted, scale, silentLogger, temporaryFolder, until } from "./support.js";

// A real agent on a real chain, whose payments a Cycles server pays for: afterwards both show the same.

let anvil: Anvil;
let serial = 0;

beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

/** A server with a budget for so many payments. */
async function serverWith(payments: bigint): Promise<CyclesTestServer> {
  const server = await CyclesTestServer.start({
    apiKeys: { acme: "a-key" },
    budgets: [{ scope, unit: "USD_MICROCENTS", allocated: payments * payment }],
  });
  onTestFinished(async () => {
    await server.close();
    expect(server.violations).toEqual([]);
  });
  return server;
}

/** An agent as AgentKit makes it, with a wallet of its own that has one ether. */
async function bareKit() {
  serial += 1;
  const account = freshAccount(`cycles ${serial}`);
  await setBalance(anvil, account.address, 10n ** 18n);
  return await makeKit({ rpcUrl: anvil.rpcUrl, account });
}

/** An agent under a server with a budget for so many payments. */
async function agentFor(payments: bigint, options: Partial<CyclesAdapterOptions> = {}) {
  const server = await serverWith(payments);
  const { kit } = await bareKit();
  const guarded = await underCycles(kit, server, options);
  return {
    server,
    budget: server.budgets.get(scope),
    pay: (to: string, value = "0.01") => invoke(guarded, nativeTransfer, { to, value }),
  };
}

function recipients(count: number): string[] {
  serial += 1;
  return Array.from({ length: count }, (_, index) => freshAddress(`cycles recipient ${serial} ${index}`));
}

async function received(addresses: readonly string[]): Promise<bigint> {
  const balances = await Promise.all(addresses.map(async (address) => await balanceOf(anvil, address)));
  return balances.reduce((sum, balance) => sum + balance, 0n);
}

/** What the chain shows to have arrived, in the budget's unit. */
async function arrived(addresses: readonly string[]): Promise<bigint> {
  return ((await received(addresses)) * payment) / weiAPayment;
}

async function settled(budget: Budget): Promise<void> {
  await until(() => budget.reserved === 0n, "nothing is held any more");
}

test("a payment costs two requests, and Cycles shows what the chain shows", async () => {
  const { server, budget, pay } = await agentFor(3n);
  const [to = ""] = recipients(1);
  expect(await pay(to)).toContain("Transferred 0.01 ETH");
  expect(server.requests.map(({ operation }) => operation)).toEqual(["reserve", "commit"]);
  expect([budget.spent, budget.reserved]).toEqual([await arrived([to]), 0n]);
  expect(budget.spent).toBe(payment);
});

test("a payment that a local limit denies costs no request", async () => {
  const { server, pay } = await agentFor(3n);
  const [to = ""] = recipients(1);
  expect(await pay(to, "1001")).toContain("denied by policy (over_limit)");
  expect(server.requests).toEqual([]);
});

test.each(Array.from({ length: scale }, (_, index) => index + 1))(
  "twelve payments at once against a budget for five: exactly five arrive, repetition %i",
  async () => {
    const { budget, pay } = await agentFor(5n);
    const addresses = recipients(12);
    const texts = await Promise.all(addresses.map((to) => pay(to)));
    expect(texts.filter((text) => text.includes("Transferred"))).toHaveLength(5);
    expect(texts.filter((text) => text.includes("denied by policy (over_limit)"))).toHaveLength(7);
    await settled(budget);
    expect(await received(addresses)).toBe(5n * weiAPayment);
    expect(budget.spent).toBe(5n * payment);
  },
);

test("a failure that the action returns as text, with nothing sent, is given back", async () => {
  const { server, budget, pay } = await agentFor(300n);
  const [to = ""] = recipients(1);
  expect(await pay(to, "2"), "the wallet has one ether").toMatch(/Error/);
  await settled(budget);
  expect(budget.spent).toBe(0n);
  expect(server.requests.map(({ operation }) => operation)).toEqual(["reserve", "release"]);
});

describe("one payment, and one fault of the server's", () => {
  const before = ["lost_request", "lost_answer", "twice", "malformed", "store_down"] as const;
  test.each(before)("before the action, %s: it runs once, and is booked once", async (kind) => {
    const { server, budget, pay } = await agentFor(1n);
    server.faults.add({ operation: "reserve", kind });
    const [to = ""] = recipients(1);
    expect(await pay(to)).toContain("Transferred");
    await settled(budget);
    expect([await received([to]), budget.spent]).toEqual([weiAPayment, payment]);
  });

  const after = ["lost_request", "lost_answer", "twice", "malformed", "store_down", "refused"] as const;
  test.each(after)("after the action, %s: it ran once, and is booked once", async (kind) => {
    const { server, budget, pay } = await agentFor(1n);
    server.faults.add({ operation: "commit", kind, times: kind === "twice" ? 1 : 2 });
    const [to = ""] = recipients(1);
    expect(await pay(to)).toContain("Transferred");
    await settled(budget);
    expect([await received([to]), budget.spent]).toEqual([weiAPayment, payment]);
  });

  test("an outage from beginning to end: nothing runs, and nothing stays held", async () => {
    const { server, budget, pay } = await agentFor(1n);
    server.faults.add({ operation: "reserve", kind: "store_down", times: 1_000 });
    const [to = ""] = recipients(1);
    expect(await pay(to)).toContain("denied by policy (budget_unauthorized)");
    expect(await received([to])).toBe(0n);
    expect(budget.remaining).toBe(payment);
  });
});

describe("a policy file that uses Cycles", () => {
  test("puts agents of both languages under one budget there, and exactly what it allows arrives", async () => {
    const server = await serverWith(5n);
    const budget = server.budgets.get(scope);
    const file = join(temporaryFolder(), "policy.yaml");
    const options = `baseUrl: "${server.baseUrl}", apiKey: a-key, tenant: acme, prices: { "${eth}": { worth: "2000", decimals: 18 } }`;
    const lines = [
      "version: 1",
      "ledger: sqlite:./ledger.db",
      `chains: { "${caipChainId}": { confirmations: 1 } }`,
      "rules:",
      '  - { id: local, limit: native, max: "1", per: [user], window: day }',
      `  - { id: cycles, use: cycles, with: { ${options} } }`,
      "",
    ];
    writeFileSync(file, lines.join("\n"));
    const policy = await loadPolicy(file, { logger: silentLogger });
    onTestFinished(async () => await policy.dispose());
    const { kit } = await bareKit();
    const guarded = withPolicy(kit, policy, { logger: silentLogger });
    const python = await pythonChild("budget_sharer.py", {
      rpcUrl: anvil.rpcUrl,
      accountName: "cycles python",
      wei: String(10n ** 18n),
    });
    onTestFinished(async () => await python.kill());
    await python.next("ready");
    python.send({ do: "open", policy: file });
    await python.next("open");

    const [toTypescript, toPython] = [recipients(6), recipients(6)];
    python.send({ do: "spend", userId: "ann", value: "0.01", recipients: toPython });
    await python.next("spending");
    const mine = await runWithContext(
      { userId: "ann" },
      async () => await Promise.all(toTypescript.map((to) => invoke(guarded, nativeTransfer, { to, value: "0.01" }))),
    );
    const texts = [...mine, ...((await python.next("spent")).texts as string[])];
    expect(texts.filter((text) => text.includes("Transferred"))).toHaveLength(5);
    expect(texts.filter((text) => text.includes("denied by policy (over_limit)"))).toHaveLength(7);
    await settled(budget);
    expect(await received([...toTypescript, ...toPython])).toBe(5n * weiAPayment);
    expect(budget.spent).toBe(5n * payment);
    await until(async () => (await counted(policy, "local")) === 5n * weiAPayment, "the local limit counts the same");
    python.send({ do: "close" });
    await python.next("closed");
  });
});

test("the same intended payment by four calls at once is made once", async () => {
  const { budget, pay } = await agentFor(4n);
  const [to = ""] = recipients(1);
  const texts = await runWithContext({ intentId: "invoice-1" }, async () => await Promise.all([1, 2, 3, 4].map(() => pay(to))));
  expect(texts.filter((text) => text.includes("Transferred"))).toHaveLength(1);
  await settled(budget);
  expect([await received([to]), budget.spent]).toEqual([weiAPayment, payment]);
});
