import { randomUUID } from "node:crypto";
import type { ActionContext } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { CyclesClient, type exchange } from "../src/index.js";
import { Attempt, adapterFor, contextOf, outcomeOf, transfer, usdc, wallet } from "./support/attempt.js";
import { action, answered, apiKey, money, serverThat, startServer } from "./support/server.js";

/** Asks until something is so: what goes on in the background has no other end to wait for. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe("an attempt that moves money", () => {
  it("holds its worth before it runs, and books what it really moved", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    expect(await attempt.before()).toMatchObject({ decision: "allow", validForMs: expect.any(Number) });
    expect(budget.reserved).toBe(500n);
    await attempt.settle(outcomeOf([transfer("3")]));
    expect([budget.spent, budget.reserved]).toEqual([300n, 0n]);
    expect(
      server.requests.map(({ operation }) => operation),
      "two requests, and no more",
    ).toEqual(["reserve", "commit"]);
  });

  it("tells whose budget it draws on, and what it does", async () => {
    const { server, client } = await startServer();
    const { adapter } = adapterFor(server, { workspace: "Prod", app: "pay.desk" });
    await new Attempt(adapter, contextOf([transfer("5")], { runId: "run:7", agentId: "treasurer" })).before();
    const { reservations } = answered(await client.list({}));
    expect(reservations).toMatchObject([
      {
        subject: { tenant: "acme", workspace: "Prod", app: "pay.desk", workflow: "run.3a7", agent: "treasurer" },
        action: { kind: "payment.charge", name: "native_transfer" },
        reserved: money(500n),
      },
    ]);
    await new Attempt(adapter, contextOf([transfer("1")])).before();
    expect(answered(await client.list({ agent: wallet })).reservations, "without a name, its wallet").toHaveLength(1);
  });

  it.each([
    ["workspace", "Prod", "tenant:acme/workspace:prod"],
    ["app", "pay.v2", "tenant:acme/app:pay.v2"],
  ])("draws on the budget that the server has for its %s %s", async (level, name, scope) => {
    const { server } = await startServer();
    const budget = server.budgets.set({ scope, unit: "USD_MICROCENTS", allocated: 100n });
    const { adapter } = adapterFor(server, { [level]: name });
    expect(await new Attempt(adapter, contextOf([transfer("5")])).before()).toMatchObject({
      decision: "deny",
      code: "over_limit",
    });
    expect(await new Attempt(adapter, contextOf([transfer("1")])).before()).toMatchObject({ decision: "allow" });
    expect(budget.reserved).toBe(100n);
  });

  it("that moved nothing gives all back", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    await attempt.settle(outcomeOf([], { status: "denied", entered: false }));
    expect(budget.remaining).toBe(1_000n);
    expect(server.requests.at(-1)?.operation).toBe("release");
  });

  it("that is decided twice holds its worth once, and what one of its calls spends beyond that is booked too", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    expect(await attempt.before(), "the same hold once more").toMatchObject({ decision: "allow" });
    expect(attempt.settlements).toHaveLength(2);
    await attempt.call([transfer("2")], "call-1");
    expect(budget.reserved).toBe(700n);
    await attempt.settle(outcomeOf([transfer("7")]));
    expect([budget.spent, budget.reserved]).toEqual([700n, 0n]);
    const second = attempt.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("7")])), "and the same by another process").toBe(true);
    expect(budget.spent).toBe(700n);
  });

  it("beyond the budget is denied, and the nearest that fits is not", async () => {
    const { server } = await startServer();
    const { adapter } = adapterFor(server);
    expect(await new Attempt(adapter, contextOf([transfer("11")])).before()).toMatchObject({
      decision: "deny",
      code: "over_limit",
    });
    expect(await new Attempt(adapter, contextOf([transfer("10")])).before()).toMatchObject({ decision: "allow" });
  });

  it("of which 64 ask at once for a budget of ten, ten run", async () => {
    const { server, budget } = await startServer();
    const { adapter } = adapterFor(server);
    const decisions = await Promise.all(
      Array.from({ length: 64 }, () => new Attempt(adapter, contextOf([transfer("1")])).before()),
    );
    expect(decisions.filter(({ decision }) => decision === "allow")).toHaveLength(10);
    expect(budget.remaining).toBe(0n);
  });

  it.each([
    ["in what has no price", transfer("1", "eip155:84532/slip44:60"), "unpriced"],
    ["without a bound", { ...transfer("1"), amount: "unlimited" }, "over_limit"],
    ["beyond what Cycles can count", transfer("92233720368547759"), "over_limit"],
  ])("%s is denied without a request", async (_, effect, code) => {
    const { server } = await startServer();
    const decision = await new Attempt(adapterFor(server).adapter, contextOf([effect])).before();
    expect(decision).toMatchObject({ decision: "deny", code });
    expect(server.requests).toEqual([]);
  });

  it("is priced once by a source that is asked, however the price goes on", async () => {
    const { server, budget } = await startServer();
    const eth = "eip155:84532/slip44:60";
    let units = 1n;
    const asked: string[] = [];
    const priceSource = (asset: string) => {
      asked.push(asset);
      return { units: units++, atomic: 1n };
    };
    const attempt = new Attempt(adapterFor(server, {}, { priceSource }).adapter, contextOf([transfer("50", eth)]));
    await attempt.before();
    expect(await attempt.call([transfer("60", eth)], "call-1")).toMatchObject({ decision: "allow" });
    expect(asked).toEqual([eth]);
    await attempt.settle(outcomeOf([transfer("110", eth)]));
    expect(budget.spent).toBe(110n);
    expect(
      await new Attempt(
        adapterFor(server, {}, { priceSource: () => ({ units: 0n, atomic: 1n }) }).adapter,
        contextOf([transfer("1", eth)]),
      ).before(),
    ).toMatchObject({ code: "unpriced" });
  });

  it("is booked at the price that it was held at, also where the source goes on with the same object", async () => {
    const { server, budget } = await startServer();
    const eth = "eip155:84532/slip44:60";
    const price = { units: 5n, atomic: 1n };
    const attempt = new Attempt(adapterFor(server, {}, { priceSource: () => price }).adapter, contextOf([transfer("100", eth)]));
    await attempt.before();
    price.units = 1n;
    await attempt.settle(outcomeOf([transfer("100", eth)]));
    expect(budget.spent).toBe(500n);
  });

  it("whose spend has no price books all that it holds, and says so", async () => {
    const { server, budget } = await startServer();
    const { adapter, said } = adapterFor(server);
    const attempt = new Attempt(adapter, contextOf([transfer("5")]));
    await attempt.before();
    await attempt.settle(outcomeOf([transfer("1", "eip155:84532/slip44:60")]));
    expect(budget.spent).toBe(500n);
    expect(said.join()).toContain("no price");
  });
});

describe("a wallet call", () => {
  it("beyond what was held makes a hold of its own, and what was spent fills them in order", async () => {
    const { server, budget, client } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    await attempt.before();
    expect(await attempt.call([transfer("3")], "call-1")).toMatchObject({ decision: "allow" });
    expect(await attempt.call([transfer("6")], "call-2"), "all or none").toMatchObject({ decision: "deny", code: "over_limit" });
    expect(budget.reserved).toBe(500n);
    await attempt.settle(outcomeOf([transfer("4")]));
    expect(budget.spent).toBe(400n);
    const { reservations } = answered(await client.list({}));
    expect(reservations.map(({ committed }) => committed?.amount).sort()).toEqual([200n, 200n]);
  });

  it("that was never needed is released, and only after what was spent is committed", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    await attempt.before();
    await attempt.call([transfer("3")], "call-1");
    await attempt.settle(outcomeOf([transfer("2")]));
    expect(server.requests.map(({ operation }) => operation)).toEqual(["reserve", "reserve", "commit", "release"]);
    expect([budget.spent, budget.reserved]).toEqual([200n, 0n]);
  });

  it("that was never needed is not released as long as a commit is not written", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    await attempt.before();
    await attempt.call([transfer("3")], "call-1");
    server.faults.add({ operation: "commit", kind: "lost_request" });
    await attempt.settle(outcomeOf([transfer("2")]));
    expect(budget.reserved).toBe(500n);
    await until(() => budget.reserved === 0n);
    expect(server.requests.map(({ operation }) => operation).slice(2)).toEqual(["commit", "commit", "release"]);
  });

  it("of an attempt without a value is the first to hold something", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([]));
    expect(await attempt.before()).toEqual({ decision: "allow" });
    expect(await attempt.call([], "call-0")).toEqual({ decision: "allow" });
    expect(server.requests).toEqual([]);
    await attempt.call([transfer("3")], "call-1");
    await attempt.settle(outcomeOf([transfer("3")]));
    expect(budget.spent).toBe(300n);
  });

  it("without excess asks nobody, as long as what is held lasts", async () => {
    const hasty = await startServer({}, { maxTtlMs: 1_000 });
    const short = new Attempt(adapterFor(hasty.server).adapter, contextOf([transfer("1")]));
    expect(await short.before(), "a second is what the wallet needs").toMatchObject({ decision: "deny", code: "allow_expired" });
    const { server } = await startServer();
    const long = new Attempt(adapterFor(server).adapter, contextOf([transfer("1")]));
    await long.before();
    const before = server.requests.length;
    expect(await long.call([], "call-1")).toMatchObject({ decision: "allow", validForMs: expect.any(Number) });
    expect(server.requests).toHaveLength(before);
  });

  it("beyond what was held is denied without a request once that has lapsed: it covers the rest of the call", async () => {
    const { server, budget } = await startServer({}, { maxTtlMs: 2_500 });
    server.faults.add({ operation: "extend", kind: "refused", status: 409, code: "MAX_EXTENSIONS_EXCEEDED", times: 100 });
    const { adapter } = adapterFor(server);
    const attempt = new Attempt(adapter, contextOf([transfer("2")]));
    expect(await attempt.before()).toMatchObject({ decision: "allow" });
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    const held = budget.reserved;
    const before = server.requests.filter(({ operation }) => operation === "reserve").length;
    expect(await attempt.call([transfer("3")], "call-1")).toMatchObject({ decision: "deny", code: "allow_expired" });
    expect(server.requests.filter(({ operation }) => operation === "reserve")).toHaveLength(before);
    expect(budget.reserved).toBe(held);
  });

  it("beyond what was held may rely on it no longer than on what was held before", async () => {
    const { server } = await startServer();
    const attempt = new Attempt(adapterFor(server, { ttlMs: 20_000 }).adapter, contextOf([transfer("2")]));
    const first = await attempt.before();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await attempt.call([transfer("3")], "call-1");
    if (first.decision !== "allow" || second.decision !== "allow") throw new Error("not allowed");
    expect(second.validForMs).toBeGreaterThan(10_000);
    expect(second.validForMs).toBeLessThan((first.validForMs ?? 0) - 250);
  });

  it.each([
    ["within", []],
    ["beyond", [transfer("1")]],
  ])("%s what was held for an attempt that another process opened is denied", async (_, excess) => {
    const { server } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("1")]));
    await attempt.before();
    const other = new Attempt(adapterFor(server).adapter, attempt.context);
    other.settlements.push(...attempt.settlements);
    expect(await other.call(excess, "call-1")).toMatchObject({ decision: "deny", code: "attempt_unknown" });
  });

  it("beyond all holds is booked with the last of them", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    await attempt.before();
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(budget.spent).toBe(500n);
  });
});

describe("a payment that is asked for again under its intent", () => {
  it.each(["while it runs", "after it was made", "after it failed"])("%s is denied, in another process too", async (when) => {
    const { server, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")], { intentId: "invoice-1" }));
    await first.before();
    if (when === "after it was made") await first.settle(outcomeOf([transfer("2")]));
    if (when === "after it failed") await first.settle(outcomeOf([]));
    const again = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")], { intentId: "invoice-1" }));
    expect(await again.before()).toMatchObject({ decision: "deny", code: "replayed" });
    const other = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")], { intentId: "invoice-2" }));
    expect(await other.before()).toMatchObject({ decision: "allow" });
    expect(budget.reserved).toBe(when === "while it runs" ? 400n : 200n);
  });

  it("that its budget asks to wait for is not told how long: its intent has been used, and another one could wait", async () => {
    const { server } = await startServer({ caps: { cooldown_ms: 60_000 } });
    const { adapter } = adapterFor(server);
    await new Attempt(adapter, contextOf([transfer("1")])).before();
    const denied = await new Attempt(adapter, contextOf([transfer("1")], { intentId: "invoice-1" })).before();
    expect(denied).toMatchObject({ decision: "deny", code: "over_limit" });
    expect(denied).not.toHaveProperty("retryAfterMs");
    const without = await new Attempt(adapter, contextOf([transfer("1")])).before();
    expect(without).toMatchObject({ decision: "deny", code: "over_limit", retryAfterMs: expect.any(Number) });
    const again = await new Attempt(adapter, contextOf([transfer("1")], { intentId: "invoice-1" })).before();
    expect(again).toMatchObject({ decision: "deny", code: "replayed" });
  });

  it("that a server was too busy for may be asked for again, and is told how long", async () => {
    const { server } = await startServer();
    server.faults.add({ operation: "reserve", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 60 });
    const { adapter } = adapterFor(server);
    const first = await new Attempt(adapter, contextOf([transfer("1")], { intentId: "invoice-1" })).before();
    expect(first).toMatchObject({ decision: "deny", code: "budget_busy", retryAfterMs: 60_000 });
    const second = await new Attempt(adapter, contextOf([transfer("1")], { intentId: "invoice-1" })).before();
    expect(second).toMatchObject({ decision: "allow" });
  });

  it("by four at once, one runs", async () => {
    const { server, budget } = await startServer();
    const { adapter } = adapterFor(server);
    const four = Array.from({ length: 4 }, () => new Attempt(adapter, contextOf([transfer("2")], { intentId: "invoice-1" })));
    const decisions = await Promise.all(four.map((attempt) => attempt.before()));
    expect(decisions.map(({ decision }) => decision).sort()).toEqual(["allow", "deny", "deny", "deny"]);
    expect(budget.reserved).toBe(200n);
  });
});

describe("when the server is in trouble before the action", () => {
  it.each([
    ["lost_request", {}],
    ["lost_answer", {}],
    ["malformed", {}],
    ["store_down", {}],
    ["refused", { status: 408 }],
    ["refused", { status: 425 }],
  ] as const)("%s %j once: it is asked again with the same key, and the action runs", async (kind, more) => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind, ...more });
    expect(await new Attempt(adapterFor(server).adapter, contextOf([transfer("2")])).before()).toMatchObject({
      decision: "allow",
    });
    expect(budget.reserved).toBe(200n);
    expect(new Set(server.requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it("for good, the action is denied, and a hold that was made unheard is given back", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
    const decision = await new Attempt(adapterFor(server).adapter, contextOf([transfer("2")])).before(300);
    expect(decision).toMatchObject({ decision: "deny", code: "budget_unreachable" });
    await until(() => budget.reserved === 0n);
    expect(server.requests.some(({ operation }) => operation === "release")).toBe(true);
  });

  it("and then refuses, a hold that was made unheard before is given back all the same", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "lost_answer" });
    server.faults.add({ operation: "reserve", kind: "refused", status: 403, code: "FORBIDDEN" });
    const decision = await new Attempt(adapterFor(server).adapter, contextOf([transfer("2")])).before();
    expect(decision).toMatchObject({ decision: "deny", code: "budget_misconfigured" });
    expect(budget.reserved).toBe(200n);
    await until(() => budget.reserved === 0n);
  });

  it("and turns a request away for their number alone, there is no hold to be looked for", async () => {
    const { server, client } = await startServer();
    server.faults.add({ operation: "reserve", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 60 });
    const { adapter } = adapterFor(server);
    await new Attempt(adapter, contextOf([transfer("2")])).before();
    const before = server.requests.length;
    for (let looks = 0; looks < 3; looks += 1) await client.list({});
    expect(server.requests, "a search would have begun by now").toHaveLength(before + 3);
  });

  it("and makes the hold only later, it is looked for until it is there, and given back", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "slow", delayMs: 1_500 });
    const { adapter } = adapterFor(server, { timeoutMs: 200 });
    server.faults.add({ operation: "reserve", kind: "lost_request", times: 100 });
    const context = contextOf([transfer("2")]);
    expect(await new Attempt(adapter, context).before(300)).toMatchObject({ decision: "deny", code: "budget_unreachable" });
    expect(budget.reserved, "not yet made").toBe(0n);
    await until(() => budget.reserved === 200n);
    await until(() => budget.reserved === 0n);
    const looks = server.requests.filter(({ operation }) => operation === "list");
    expect(looks.length, "the first looks found nothing").toBeGreaterThan(1);
    expect(server.requests.at(-1)).toMatchObject({ operation: "release", idempotencyKey: `${context.actionId}.root.release` });
  });

  it.each(["list", "get", "release"] as const)(
    "and does not answer %s at once, a hold that was made unheard is given back",
    async (operation) => {
      const { server, budget } = await startServer();
      server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
      server.faults.add({ operation, kind: "store_down", times: 2 });
      await new Attempt(adapterFor(server).adapter, contextOf([transfer("2")])).before(300);
      expect(budget.reserved).toBe(200n);
      await until(() => budget.reserved === 0n);
    },
  );

  it("and a step that holds something already is asked again, what it holds is not given back", async () => {
    const { server, client, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    expect(await attempt.before()).toMatchObject({ decision: "allow" });
    server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
    expect(await attempt.before(300)).toMatchObject({ decision: "deny", code: "budget_unreachable" });
    await until(() => server.requests.some(({ operation }) => operation === "get"));
    // A release would be on its way by now, and there before this.
    for (let looks = 0; looks < 3; looks += 1) await client.list({});
    expect(budget.reserved).toBe(200n);
    await attempt.settle(outcomeOf([transfer("2")]));
    expect(server.requests.at(-1)).toMatchObject({ operation: "commit", status: 200 });
  });

  it("and another attempt of the intent is asked meanwhile, the hold of the first is given back all the same", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
    server.faults.add({ operation: "list", kind: "store_down" });
    const { adapter } = adapterFor(server);
    await new Attempt(adapter, contextOf([transfer("2")], { intentId: "invoice-1" })).before(300);
    server.faults.clear();
    const second = new Attempt(adapter, contextOf([transfer("2")], { intentId: "invoice-1" }));
    expect(await second.before()).toMatchObject({ decision: "deny", code: "replayed" });
    await until(() => budget.reserved === 0n);
  });

  it("and the attempt is asked again meanwhile, the hold that it then has is not given back", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
    server.faults.add({ operation: "list", kind: "store_down" });
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    expect(await attempt.before(300)).toMatchObject({ decision: "deny" });
    server.faults.clear();
    expect(await attempt.before()).toMatchObject({ decision: "allow" });
    const other = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    server.faults.add({ operation: "reserve", kind: "lost_answer", times: 100 });
    server.faults.add({ operation: "list", kind: "store_down" });
    await other.before(300);
    const released = () =>
      server.requests.filter(({ operation }) => operation === "release").map((request) => request.idempotencyKey);
    // One that began later is through.
    await until(() => released().includes(`${other.context.actionId}.root.release`));
    expect(released()).toHaveLength(1);
    await attempt.settle(outcomeOf([transfer("2")]));
    expect(budget.spent).toBe(200n);
  });

  it("and answers nothing, no request outlives the decision, which is denied for what was wrong", async () => {
    const asked: { readonly atMs: number; readonly timeoutMs: number }[] = [];
    const silent: typeof exchange = async (_destination, { path, timeoutMs }) => {
      if (path.endsWith("/reservations")) asked.push({ atMs: performance.now() - began, timeoutMs });
      await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      throw new Error(`none within ${timeoutMs} ms`);
    };
    const client = new CyclesClient({ baseUrl: "http://127.0.0.1:1", apiKey, timeoutMs: 400, exchange: silent });
    const { adapter } = adapterFor({ baseUrl: "http://127.0.0.1:1" }, {}, { client });
    const context = contextOf([transfer("2")]);
    const scope = { signal: new AbortController().signal, remainingMs: 1_000 };
    const began = performance.now();
    expect(await adapter.beforeAction(context, scope)).toMatchObject({ decision: "deny", code: "budget_unreachable" });
    expect(asked[0]?.timeoutMs, "the first has all the time that a request may take").toBe(400);
    for (const { atMs, timeoutMs } of asked) {
      expect(timeoutMs).toBeGreaterThan(0);
      expect(Math.floor(atMs) + timeoutMs).toBeLessThan(1_000);
    }
  });

  it("and asks for patience, it gets it, or the action is denied", async () => {
    const { server } = await startServer();
    server.faults.add({ operation: "reserve", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 60 });
    const decision = await new Attempt(adapterFor(server).adapter, contextOf([transfer("2")])).before();
    expect(decision).toMatchObject({ decision: "deny", code: "budget_busy", retryAfterMs: 60_000 });
    const asked = server.requests.filter(({ operation }) => operation === "reserve");
    expect(asked, "not one more before the minute is over").toHaveLength(1);
  });
});

describe("when the server is in trouble after the action", () => {
  it.each(["lost_request", "lost_answer", "malformed", "refused", "store_down"] as const)(
    "%s once: the spend is booked once, with the same key",
    async (kind) => {
      const { server, budget } = await startServer();
      const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
      await attempt.before();
      server.faults.add({ operation: "commit", kind });
      expect(await attempt.settle(outcomeOf([transfer("3")])), "whoever settles knows that it is not written").toBe(false);
      await until(() => server.requests.filter(({ operation }) => operation === "commit").length === 2);
      await until(() => budget.reserved === 0n);
      expect(budget.spent).toBe(300n);
      expect(new Set(server.requests.slice(1).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      expect(server.requests.every(({ operation }) => operation !== "release")).toBe(true);
      expect(await attempt.settle(outcomeOf([transfer("3")])), "and that it is, once it is").toBe(true);
      expect(server.requests).toHaveLength(3);
    },
  );

  it.each([
    ["408", 408, "INTERNAL_ERROR"],
    ["425", 425, "INTERNAL_ERROR"],
    ["a code that a commit is never refused with", 409, "MAX_EXTENSIONS_EXCEEDED"],
  ] as const)("%s once: the spend is not given up", async (_, status, code) => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    server.faults.add({ operation: "commit", kind: "refused", status, code });
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(attempt.unsettled?.isHopeless).toBe(false);
    await until(() => budget.spent === 300n);
  });

  it("and says when it will listen again, whoever settles is told so, and asks nothing before", async () => {
    const { server } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    server.faults.add({ operation: "commit", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 60 });
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(attempt.unsettled?.retryAfterMs).toBeGreaterThan(30_000);
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(server.requests).toHaveLength(2);
  });

  it("and was told by a process that died as much as there was room for, whoever goes on hears how much that was", async () => {
    const { server, client, budget, pass } = await startServer({ allocated: 500n });
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    pass(60 * 60_000);
    server.sweep();
    const drawn = { subject: { tenant: "acme", agent: wallet }, action };
    await client.event({ ...drawn, idempotency_key: "another", actual: money(460n), overage_policy: "REJECT" });
    const key = `${first.context.actionId}.root.commit`;
    await client.event({ ...drawn, idempotency_key: key, actual: money(500n), overage_policy: "ALLOW_IF_AVAILABLE" });
    const { adapter, said } = adapterFor(server);
    expect(await first.after(adapter).settle(outcomeOf([transfer("5")]))).toBe(true);
    expect(said.join()).toContain("Cycles booked 40 of 500 USD_MICROCENTS");
    expect(budget.spent).toBe(500n);
  });

  it("and will never book it, whoever settles is told that an operator has to look", async () => {
    const { server } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    server.faults.add({ operation: "commit", kind: "refused", status: 409, code: "TENANT_CLOSED" });
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(attempt.unsettled).toMatchObject({ isHopeless: true, message: expect.stringContaining("TENANT_CLOSED") });
  });

  it("and does not answer, whoever settles does not wait for it", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server, { timeoutMs: 60_000 }).adapter, contextOf([transfer("5")]));
    await attempt.before();
    server.faults.add({ operation: "commit", kind: "late", delayMs: 50_000 });
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(budget.spent).toBe(300n);
  }, 20_000);

  it("and the hold has ended meanwhile, the spend is booked as an event once the hold is swept, and nothing is locked", async () => {
    const { server, budget, pass } = await startServer({ allocated: 500n });
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    pass(60 * 60_000);
    await attempt.settle(outcomeOf([transfer("3")]));
    await until(() => server.requests.filter(({ operation }) => operation === "event").length === 2);
    server.sweep();
    await until(() => budget.spent === 300n);
    expect([budget.isOverLimit, budget.remaining]).toEqual([false, 200n]);
  });

  it("and has booked less than was spent, it is said", async () => {
    const { server, budget } = await startServer({ allocated: 200n });
    const { adapter, said } = adapterFor(server);
    const attempt = new Attempt(adapter, contextOf([transfer("2")]));
    await attempt.before();
    await attempt.settle(outcomeOf([transfer("3")]));
    expect(budget.spent).toBe(200n);
    expect(said.join()).toContain("booked 200 of 300");
  });
});

describe("money that is found later", () => {
  it("is added to what was booked, and nothing lowers it", async () => {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await attempt.before();
    await attempt.settle(outcomeOf([transfer("2")]));
    await attempt.settle(outcomeOf([transfer("2")]));
    await attempt.settle(outcomeOf([transfer("3")]));
    const before = server.requests.length;
    await attempt.settle(outcomeOf([transfer("1")]));
    expect(budget.spent).toBe(300n);
    expect(server.requests).toHaveLength(before);
  });

  it("by a process that knows nothing of what was booked is added too", async () => {
    const { server, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    await first.settle(outcomeOf([transfer("2")]));
    const second = first.after(adapterFor(server).adapter);
    await second.settle(outcomeOf([transfer("2")]));
    expect(budget.spent, "the same again is the same").toBe(200n);
    const third = first.after(adapterFor(server).adapter);
    await third.settle(outcomeOf([transfer("3")]));
    await until(() => budget.spent === 300n);
  });

  it("and was added by a process that died is not added again by the next one", async () => {
    const { server, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    await first.settle(outcomeOf([transfer("2")]));
    await first.settle(outcomeOf([transfer("5")]));
    expect(budget.spent).toBe(500n);
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("5")]))).toBe(true);
    expect(budget.spent).toBe(500n);
  });

  it("fills the holds in order, also one that was released, and a process that begins anew fills them the same", async () => {
    const { server, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("2")]));
    await first.before();
    await first.call([transfer("3")], "call-1");
    await first.settle(outcomeOf([transfer("1")]));
    expect(await first.settle(outcomeOf([transfer("4")]))).toBe(true);
    expect([budget.spent, budget.reserved]).toEqual([400n, 0n]);
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("4")]))).toBe(true);
    expect(budget.spent).toBe(400n);
  });
});

describe("a hold that is granted when its attempt is settled already", () => {
  /** An attempt that has spent something, and whose last call is answered after that. */
  async function settledBefore(held: string, spent: string, call: string) {
    const { server, budget } = await startServer();
    const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer(held)]));
    await attempt.before();
    server.faults.add({ operation: "reserve", kind: "late", delayMs: 400 });
    const late = attempt.call([transfer(call)], "call-1");
    await until(() => server.requests.length === 2);
    await attempt.settle(outcomeOf([transfer(spent)]));
    expect(await late).toMatchObject({ decision: "allow" });
    return { server, budget, attempt };
  }

  it("is released where nothing of it was spent", async () => {
    const { server, budget, attempt } = await settledBefore("5", "5", "2");
    expect(budget.reserved).toBe(200n);
    expect(await attempt.settle(outcomeOf([transfer("5")]))).toBe(true);
    expect([budget.spent, budget.reserved]).toEqual([500n, 0n]);
    const before = server.requests.length;
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(server.requests, "and once only").toHaveLength(before);
  });

  it("is committed as far as more was spent than was booked", async () => {
    const { budget, attempt } = await settledBefore("5", "5", "2");
    expect(await attempt.settle(outcomeOf([transfer("6")]))).toBe(true);
    expect([budget.spent, budget.reserved]).toEqual([600n, 0n]);
  });

  it("is released also where what was spent was booked beyond the holds that there were", async () => {
    const { budget, attempt } = await settledBefore("2", "5", "3");
    await attempt.settle(outcomeOf([transfer("5")]));
    expect([budget.spent, budget.reserved]).toEqual([500n, 0n]);
  });
});

describe("a hold that is found ended", () => {
  it("beyond an overdraft is committed, and what is beyond that is not told again by the next process", async () => {
    const { server, budget } = await startServer({ allocated: 120n, overdraftLimit: 10n });
    const options = { overage: "ALLOW_WITH_OVERDRAFT" } as const;
    const first = new Attempt(adapterFor(server, options).adapter, contextOf([transfer("1")]));
    await first.before();
    await first.settle(outcomeOf([transfer("2")]));
    expect(budget.spent).toBe(120n);
    // An operator makes room.
    budget.allocated += 1_000n;
    budget.isOverLimit = false;
    const second = first.after(adapterFor(server, options).adapter);
    expect(await second.settle(outcomeOf([transfer("2")]))).toBe(true);
    expect(budget.spent).toBe(120n);
  });

  it("beyond an overdraft, and which ends before what was held is committed, is told once, whoever goes on", async () => {
    const { server, budget, pass } = await startServer({ allocated: 10_000n, overdraftLimit: 1n });
    const options = { overage: "ALLOW_WITH_OVERDRAFT" } as const;
    const { adapter } = adapterFor(server, options);
    const first = new Attempt(adapter, contextOf([transfer("60")]));
    await first.before();
    await new Attempt(adapter, contextOf([transfer("35")])).before();
    server.faults.add({ operation: "commit", kind: "none" });
    server.faults.add({ operation: "commit", kind: "lost_request" });
    expect(await first.settle(outcomeOf([transfer("80")]))).toBe(false);
    pass(60 * 60_000);
    server.sweep();
    // As far as there is room: 500 of what is beyond the hold.
    await until(() => budget.spent === 6_500n);
    expect(first.remembered).toMatchObject([{ told: "6000", key: `${first.context.actionId}.root.commit.held` }]);
    // An operator makes room, into which a second booking would fit.
    budget.allocated += 10_000n;
    budget.isOverLimit = false;
    const second = first.after(adapterFor(server, options).adapter);
    expect(await second.settle(outcomeOf([transfer("80")]))).toBe(true);
    expect([budget.spent, budget.debt]).toEqual([6_500n, 0n]);
  });

  it("with a part of its spend committed by somebody else is booked as far as it is not, whoever goes on", async () => {
    const { server, client, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    const id = answered(await client.list({})).reservations[0]?.reservation_id ?? "";
    await client.commit(id, { idempotency_key: "an-operator", actual: money(300n) });
    server.faults.add({ operation: "event", kind: "refused", status: 503, retryAfterS: 60 });
    expect(await first.settle(outcomeOf([transfer("5")]))).toBe(false);
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("5")]))).toBe(true);
    expect(budget.spent).toBe(500n);
  });

  it.each([404, 405, 400, 409])("and is not shown (%i) is not told a second time beside what is committed", async (status) => {
    const { server, budget } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    await first.settle(outcomeOf([transfer("2")]));
    server.faults.add({ operation: "get", kind: "refused", status, code: "NOT_FOUND" });
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("5")]))).toBe(false);
    // The next look is answered, and what is missing is told.
    await until(() => budget.spent === 500n);
    expect(server.requests.filter(({ operation }) => operation === "event")).toHaveLength(1);
  });

  it("with nothing of it left is remembered before its spend is told, and whoever goes on tells the same", async () => {
    const { server, budget, pass } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    pass(60 * 60_000);
    server.sweep();
    server.faults.add({ operation: "event", kind: "lost_answer" });
    await first.settle(outcomeOf([transfer("5")]));
    expect(first.remembered, "as every version writes and reads it").toEqual([{ gone: expect.any(String), told: "500" }]);
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("5")]))).toBe(true);
    expect(budget.spent).toBe(500n);
    expect(
      server.requests.filter(({ operation }) => operation === "commit"),
      "it is not asked for the hold",
    ).toHaveLength(1);
  });
});

describe("a hold that is gone, and of which more is found than was told", () => {
  it.each([
    ["by the process that told it, and by the next one", true],
    ["by the next process alone", false],
  ])("%s, is told of that once", async (_, isFoundBefore) => {
    const { server, budget, pass } = await startServer();
    const first = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
    await first.before();
    pass(60 * 60_000);
    server.sweep();
    await first.settle(outcomeOf([transfer("2")]));
    if (isFoundBefore) await first.settle(outcomeOf([transfer("5")]));
    expect(budget.spent).toBe(isFoundBefore ? 500n : 200n);
    const second = first.after(adapterFor(server).adapter);
    expect(await second.settle(outcomeOf([transfer("5")]))).toBe(true);
    expect(budget.spent).toBe(500n);
  });
});

describe("a hold that is needed longer than it lasts", () => {
  /** A lease of five seconds: the schedule extends it after two. */
  const short = { ttlMs: 5_000, timeoutMs: 1_000 };

  async function extensions(
    server: Awaited<ReturnType<typeof startServer>>["server"],
    count: number,
  ): Promise<(string | undefined)[]> {
    const found = () => server.requests.filter(({ operation }) => operation === "extend");
    await until(() => found().length >= count);
    return found().map(({ idempotencyKey }) => idempotencyKey);
  }

  it("is extended, with a key of its own each time, until its attempt is settled", async () => {
    const { server, client } = await startServer();
    const attempt = new Attempt(adapterFor(server, short).adapter, contextOf([transfer("5")]));
    await attempt.before();
    const { reservations } = answered(await client.list({}));
    const before = reservations[0]?.expires_at_ms ?? 0;
    expect(await extensions(server, 1)).toEqual([`${attempt.context.actionId}.root.extend.1`]);
    expect(answered(await client.list({})).reservations[0]?.expires_at_ms).toBe(before + 5_000);
    const call = await attempt.call([], "call-1");
    expect(call.decision === "allow" && (call.validForMs ?? 0) > 5_000, "a call may rely on the longer lease").toBe(true);
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(server.requests.at(-1)?.operation).toBe("commit");
  });

  it("is extended as long as its commit waits, and the budget has no room for another payment until then", async () => {
    const { server, budget } = await startServer({ allocated: 500n });
    const { adapter } = adapterFor(server, short);
    const attempt = new Attempt(adapter, contextOf([transfer("5")]));
    await attempt.before();
    server.faults.add({ operation: "commit", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 60 });
    expect(await attempt.settle(outcomeOf([transfer("5")]))).toBe(false);
    expect(await extensions(server, 1)).toHaveLength(1);
    expect(budget.reserved).toBe(500n);
  });

  it("of a decision that is asked twice is extended once each time, and no more after its attempt is settled", async () => {
    const { server, client } = await startServer();
    const { adapter, said } = adapterFor(server, short);
    const attempt = new Attempt(adapter, contextOf([transfer("5")]));
    await attempt.before();
    await attempt.before();
    const before = answered(await client.list({})).reservations[0]?.expires_at_ms ?? 0;
    expect(await extensions(server, 1)).toHaveLength(1);
    await attempt.settle(outcomeOf([transfer("5")]));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await extensions(server, 1)).toHaveLength(1);
    expect(answered(await client.list({})).reservations[0]?.expires_at_ms).toBe(before + 5_000);
    expect(said.filter((text) => text.includes("will end"))).toEqual([]);
  });

  it.each(["lost_answer", "malformed", "refused"] as const)(
    "%s once: the extension is repeated with its key, and adds once",
    async (kind) => {
      const { server, client } = await startServer();
      server.faults.add({ operation: "extend", kind });
      const attempt = new Attempt(adapterFor(server, short).adapter, contextOf([transfer("5")]));
      await attempt.before();
      const before = answered(await client.list({})).reservations[0]?.expires_at_ms ?? 0;
      expect(new Set(await extensions(server, 2)).size).toBe(1);
      expect(answered(await client.list({})).reservations[0]?.expires_at_ms).toBe(before + 5_000);
      await attempt.settle(outcomeOf([]));
    },
  );

  it("and cannot be extended any more ends with what it has, which is said, and its spend is booked all the same", async () => {
    const { server, budget } = await startServer();
    server.faults.add({ operation: "extend", kind: "refused", status: 409, code: "MAX_EXTENSIONS_EXCEEDED" });
    const { adapter, said } = adapterFor(server, short);
    const attempt = new Attempt(adapter, contextOf([transfer("5")]));
    await attempt.before();
    await until(() => said.some((text) => text.includes("MAX_EXTENSIONS_EXCEEDED")));
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(budget.spent).toBe(500n);
  });
});

describe("the id that a server gives to a hold", () => {
  it("is not that of another payment: the second of them is denied, and the first asked again is not", async () => {
    const baseUrl = await serverThat((request, response) => {
      request.resume();
      const held = { decision: "ALLOW", affected_scopes: ["tenant:acme"], reservation_id: "r", remaining_ttl_ms: 900_000 };
      response.end(JSON.stringify(held));
    });
    const { adapter } = adapterFor({ baseUrl });
    const first = new Attempt(adapter, contextOf([transfer("1")]));
    expect(await first.before()).toMatchObject({ decision: "allow" });
    expect(await first.before()).toMatchObject({ decision: "allow" });
    for (let times = 0; times < 2; times += 1) {
      const second = await new Attempt(adapter, contextOf([transfer("1")])).before();
      expect(second).toMatchObject({ decision: "deny", code: "invalid_decision" });
      // Nor once the first is over.
      await first.settle(outcomeOf([transfer("1")]));
    }
  });

  it("is said in one line, and without a key that the server sends back with it", async () => {
    const baseUrl = await serverThat((request, response) => {
      const isReserve = request.url === "/v1/reservations";
      response.statusCode = isReserve ? 200 : 409;
      response.end(
        isReserve
          ? JSON.stringify({
              decision: "ALLOW",
              affected_scopes: ["tenant:acme"],
              reservation_id: `r\n\u001b[31m ${apiKey}`,
              // Too short to be kept: it is extended at once.
              remaining_ttl_ms: 3_000,
            })
          : '{"error":"MAX_EXTENSIONS_EXCEEDED","message":"no","request_id":"r"}',
      );
    });
    const { adapter, said } = adapterFor({ baseUrl });
    const attempt = new Attempt(adapter, contextOf([transfer("5")]));
    expect(await attempt.before()).toMatchObject({ decision: "allow" });
    await until(() => said.some((text) => text.includes("will end")));
    expect(said.join("")).toContain("the hold r\\u{a}\\u{1b}[31m [the API key] of");
    expect(said.join("")).not.toMatch(/\p{Cc}|a-key/u);
  });
});

describe("caps that come with an allow", () => {
  it.each([
    ["an allow-list without the action", { tool_allowlist: ["trade"], tool_denylist: [] }, "denied_by_rule"],
    ["an allow-list with its name in other letters", { tool_allowlist: ["Native_transfer"] }, "denied_by_rule"],
    ["a deny-list with the action", { tool_denylist: ["native_transfer"] }, "denied_by_rule"],
    ["no step left", { max_steps_remaining: 0 }, "over_limit"],
  ])("%s: the action is denied, and its hold given back", async (_, caps, code) => {
    const { server, budget } = await startServer({ caps });
    expect(await new Attempt(adapterFor(server).adapter, contextOf([transfer("1")])).before()).toMatchObject({
      decision: "deny",
      code,
    });
    expect(budget.reserved).toBe(0n);
  });

  it("with which it denies is said before the decision is late, however long its hold takes to be given back", async () => {
    const baseUrl = await serverThat((request, response) => {
      request.resume();
      const held = { decision: "ALLOW_WITH_CAPS", affected_scopes: [], reservation_id: "r", remaining_ttl_ms: 900_000 };
      if (request.url === "/v1/reservations") response.end(JSON.stringify({ ...held, caps: { tool_allowlist: ["trade"] } }));
    });
    const deadlineMs = 900;
    const late = new Promise((resolve) => setTimeout(resolve, deadlineMs, "late"));
    const decided = new Attempt(adapterFor({ baseUrl }).adapter, contextOf([transfer("1")])).before(deadlineMs);
    expect(await Promise.race([decided, late])).toMatchObject({ decision: "deny", code: "denied_by_rule" });
  });

  it.each([
    [
      "an allow-list with the action, whatever the deny-list says",
      { tool_allowlist: ["native_transfer"], tool_denylist: ["native_transfer"] },
    ],
    ["empty lists", { tool_allowlist: [], tool_denylist: [] }],
    ["a step left", { max_steps_remaining: 1 }],
    ["a limit of tokens, where none are held", { max_tokens: 0 }],
    ["a pause, and nothing before it", { cooldown_ms: 60_000 }],
  ])("%s: the action runs", async (_, caps) => {
    const { server } = await startServer({ caps });
    expect(await new Attempt(adapterFor(server).adapter, contextOf([transfer("1")])).before()).toMatchObject({
      decision: "allow",
    });
  });

  it("a pause: the next action is told how long, and the calls of one action need none", async () => {
    const { server } = await startServer({ caps: { cooldown_ms: 60_000 } });
    const { adapter } = adapterFor(server);
    const first = new Attempt(adapter, contextOf([transfer("1")]));
    await first.before();
    expect(await first.call([transfer("1")], "call-1")).toMatchObject({ decision: "allow" });
    const second = await new Attempt(adapter, contextOf([transfer("1")])).before();
    expect(second).toMatchObject({ decision: "deny", code: "over_limit", retryAfterMs: expect.any(Number) });
  });

  it("a step left: it is taken by what runs, and free once that is settled", async () => {
    const { server } = await startServer({ caps: { max_steps_remaining: 1 } });
    const { adapter } = adapterFor(server);
    const first = new Attempt(adapter, contextOf([transfer("1")]));
    await first.before();
    expect(await new Attempt(adapter, contextOf([transfer("1")])).before()).toMatchObject({ decision: "deny" });
    await first.settle(outcomeOf([]));
    expect(await new Attempt(adapter, contextOf([transfer("1")])).before()).toMatchObject({ decision: "allow" });
  });

  it.each<[string, Partial<ActionContext>]>([
    ["another run", { runId: "r2" }],
    ["another agent", { agentId: "other" }],
    ["the same run and agent", {}],
  ])("on a budget that is common to all: %s is denied its step, and its action without the pause", async (_, more) => {
    for (const caps of [{ max_steps_remaining: 1 }, { cooldown_ms: 60_000 }]) {
      const { server, budget } = await startServer({ caps });
      const { adapter } = adapterFor(server);
      const of = { runId: "r1", agentId: "one" };
      await new Attempt(adapter, contextOf([transfer("1")], of)).before();
      const second = await new Attempt(adapter, contextOf([transfer("1")], { ...of, ...more })).before();
      expect(second, JSON.stringify(caps)).toMatchObject({ decision: "deny", code: "over_limit" });
      expect(budget.reserved).toBe(100n);
    }
  });

  it("of a server that does not say whose budget it was: they are kept among all attempts of the tenant", async () => {
    const baseUrl = await serverThat((request, response) => {
      request.resume();
      const isReserve = request.url === "/v1/reservations";
      const held = {
        decision: "ALLOW_WITH_CAPS",
        affected_scopes: [],
        reservation_id: randomUUID(),
        remaining_ttl_ms: 900_000,
      };
      const body = isReserve
        ? { ...held, caps: { max_steps_remaining: 1 } }
        : { status: "RELEASED", released: { unit: "USD_MICROCENTS", amount: 100 } };
      response.end(JSON.stringify(body));
    });
    const { adapter } = adapterFor({ baseUrl });
    const [first, second] = ["one", "two"].map((agentId) => new Attempt(adapter, contextOf([transfer("1")], { agentId })));
    expect(await first?.before()).toMatchObject({ decision: "allow" });
    expect(await second?.before()).toMatchObject({ decision: "deny", code: "over_limit" });
  });

  it("a limit of tokens: more of them are denied", async () => {
    const { server } = await startServer({ unit: "TOKENS", caps: { max_tokens: 7 } });
    const { adapter } = adapterFor(server, { unit: "TOKENS", prices: { [usdc]: { worth: "1", decimals: 0 } } });
    expect(await new Attempt(adapter, contextOf([transfer("8")])).before()).toMatchObject({
      decision: "deny",
      code: "over_limit",
    });
    expect(await new Attempt(adapter, contextOf([transfer("7")])).before()).toMatchObject({ decision: "allow" });
  });
});
