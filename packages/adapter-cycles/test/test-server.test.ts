import { describe, expect, it } from "vitest";
import { CyclesClient } from "../src/index.js";
import { answersWith } from "../src/wire/answers.js";
import { readExact, writeExact } from "../src/wire/exact-json.js";
import { maxAmount } from "../src/wire/values.js";
import { action, answered, apiKey, hold, money, reserveOf, scope, startServer, subject } from "./support/server.js";

/** What the real server (0.1.25.59) was seen to answer: section 1.11 of our notes on Cycles, row by row. */
describe("a reserve", () => {
  it("holds the amount and tells what it holds", async () => {
    const { server, budget } = await startServer();
    const response = await fetch(`${server.baseUrl}/v1/reservations`, {
      method: "POST",
      headers: { "X-Cycles-API-Key": apiKey, "content-type": "application/json" },
      body: writeExact(reserveOf("a", 400n, { ttl_ms: 30_000 })),
    });
    const body = answersWith("refused").reserve.parse(readExact(await response.text()));
    expect(body).toMatchObject({
      decision: "ALLOW",
      affected_scopes: [scope],
      scope_path: scope,
      reserved: money(400n),
      remaining_ttl_ms: 30_000,
      balances: [{ scope, remaining: money(600n), reserved: money(400n), is_over_limit: false }],
    });
    expect(body.caps).toBeUndefined();
    expect(budget.remaining).toBe(600n);
  });

  it("that comes again while it is active gets the same reservation, and less time", async () => {
    const { client, budget, pass } = await startServer();
    const first = answered(await client.reserve(reserveOf("a", 400n, { ttl_ms: 30_000 })));
    pass(10_000);
    const second = answered(await client.reserve(reserveOf("a", 400n, { ttl_ms: 30_000 })));
    expect(second).toEqual({ ...first, remaining_ttl_ms: 20_000 });
    expect(budget.reserved).toBe(400n);
  });

  it("whose key was used for another amount is a mismatch, and one whose members come in another order is not", async () => {
    const { client } = await startServer();
    await hold(client, "a", 400n);
    expect(await client.reserve(reserveOf("a", 401n))).toMatchObject({ kind: "refused", code: "IDEMPOTENCY_MISMATCH" });
    expect(await client.reserve(reserveOf("a", 400n, { metadata: { more: 1 } }))).toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    const { estimate, ...rest } = reserveOf("a", 400n, { grace_period_ms: 5_000 });
    expect(await client.reserve({ estimate, ...rest })).toMatchObject({ kind: "answered" });
  });

  it.each(["COMMITTED", "RELEASED", "EXPIRED"])(
    "that comes again after it is %s looks like a new allow with no time left",
    async (end) => {
      const { client, server, pass } = await startServer();
      const first = answered(await client.reserve(reserveOf("a", 400n)));
      const id = first.reservation_id ?? "";
      if (end === "COMMITTED") await client.commit(id, { idempotency_key: "c", actual: money(10n) });
      if (end === "RELEASED") await client.release(id, { idempotency_key: "c" });
      if (end === "EXPIRED") {
        pass(66_000);
        server.sweep();
      }
      const again = answered(await client.reserve(reserveOf("a", 400n)));
      expect(again).toEqual({ ...first, remaining_ttl_ms: 0 });
    },
  );

  it("beyond the limit is refused, and in a dry run denied", async () => {
    const { client } = await startServer();
    expect(await client.reserve(reserveOf("a", 1_001n))).toMatchObject({ kind: "refused", status: 409, code: "BUDGET_EXCEEDED" });
    const dry = answered(await client.reserve(reserveOf("b", 1_001n, { dry_run: true })));
    expect(dry).toEqual({ decision: "DENY", reason_code: "BUDGET_EXCEEDED", affected_scopes: [scope] });
    expect(answered(await client.decide(reserveOf("b", 1_001n)))).toMatchObject({ decision: "DENY" });
    expect(await client.reserve(reserveOf("a", 1_000n)), "a refusal does not use up its key").toMatchObject({ kind: "answered" });
  });

  it("in a dry run holds nothing", async () => {
    const { client, budget } = await startServer();
    expect(answered(await client.reserve(reserveOf("a", 400n, { dry_run: true }))).reservation_id).toBeUndefined();
    expect(budget.reserved).toBe(0n);
  });

  it("is held by every level that has a budget, in lower case, and refused by the one that is full", async () => {
    const { client, server, budget } = await startServer();
    server.budgets.set({ scope: "tenant:acme/agent:0xab", unit: "USD_MICROCENTS", allocated: 100n });
    const more = { subject: { tenant: "acme", agent: "0xAb" } };
    const body = answered(await client.reserve(reserveOf("a", 100n, more)));
    expect(body.affected_scopes).toEqual(["tenant:acme", "tenant:acme/agent:0xab"]);
    expect(budget.reserved).toBe(100n);
    expect(await client.reserve(reserveOf("b", 1n, more))).toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(await client.reserve(reserveOf("b", 1n))).toMatchObject({ kind: "answered" });
  });

  it.each([
    ["FROZEN", "BUDGET_FROZEN"],
    ["CLOSED", "BUDGET_CLOSED"],
  ] as const)("on a %s budget is refused with %s", async (status, code) => {
    const { client, budget } = await startServer({ status });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "refused", status: 409, code });
    budget.status = "ACTIVE";
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "answered" });
  });

  it("on a budget with caps is told them", async () => {
    const { client } = await startServer({ caps: { max_tokens: 7, tool_allowlist: ["native_transfer"] } });
    expect(answered(await client.reserve(reserveOf("a", 1n)))).toMatchObject({
      decision: "ALLOW_WITH_CAPS",
      caps: { max_tokens: 7n, tool_allowlist: ["native_transfer"] },
    });
  });

  it("without a tenant finds no budget, and in another unit is told which", async () => {
    const { client } = await startServer();
    expect(await client.reserve(reserveOf("a", 1n, { subject: { agent: "x" } }))).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
    });
    const inTokens = await client.reserve(reserveOf("a", 1n, { estimate: { unit: "TOKENS", amount: 1n } }));
    expect(inTokens).toMatchObject({
      status: 400,
      code: "UNIT_MISMATCH",
      details: { scope, requested_unit: "TOKENS", expected_units: ["USD_MICROCENTS"] },
    });
  });

  it("lasts no longer than the tenant may have it", async () => {
    const { client } = await startServer();
    const body = answered(await client.reserve(reserveOf("a", 1n, { ttl_ms: 86_400_000 })));
    expect(body.remaining_ttl_ms).toBe(3_600_000);
  });

  it("keeps every digit of the largest amount", async () => {
    const { client, budget } = await startServer({ allocated: maxAmount });
    const body = answered(await client.reserve(reserveOf("a", maxAmount - 1n)));
    expect(body.reserved?.amount).toBe(9_223_372_036_854_775_806n);
    expect(budget.remaining).toBe(1n);
  });

  it("by 64 callers of 100 on 1,000 is held ten times, and by 16 with one key once", async () => {
    const { client, budget } = await startServer();
    const results = await Promise.all(Array.from({ length: 64 }, (_, n) => client.reserve(reserveOf(`k${n}`, 100n))));
    expect(results.filter(({ kind }) => kind === "answered")).toHaveLength(10);
    expect(results.filter((result) => result.kind === "refused" && result.code === "BUDGET_EXCEEDED")).toHaveLength(54);
    budget.allocated = 2_000n;
    const same = await Promise.all(Array.from({ length: 16 }, () => client.reserve(reserveOf("one", 100n))));
    expect(new Set(same.map((result) => answered(result).reservation_id)).size).toBe(1);
  });
});

describe("a commit", () => {
  it("books what was spent, gives back the rest, and says the same when it comes again", async () => {
    const { client, budget } = await startServer();
    const id = await hold(client, "a", 1_000n);
    const commit = { idempotency_key: "c", actual: money(700n) };
    const body = answered(await client.commit(id, commit));
    expect(body).toMatchObject({ status: "COMMITTED", charged: money(700n), released: money(300n) });
    expect(answered(await client.commit(id, commit))).toEqual(body);
    expect(await client.commit(id, { ...commit, idempotency_key: "d" })).toMatchObject({ code: "RESERVATION_FINALIZED" });
    expect([budget.spent, budget.reserved]).toEqual([700n, 0n]);
  });

  it("is accepted in grace, and not after it, swept or not; but one that was done is told again", async () => {
    const { client, server, pass } = await startServer();
    const [early, late] = [await hold(client, "a", 100n), await hold(client, "b", 100n)];
    pass(65_000);
    const commit = { idempotency_key: "c", actual: money(10n) };
    const body = answered(await client.commit(early, commit));
    pass(1);
    expect(await client.commit(late, commit)).toMatchObject({ status: 410, code: "RESERVATION_EXPIRED" });
    server.sweep();
    expect(await client.commit(late, commit)).toMatchObject({ status: 410, code: "RESERVATION_EXPIRED" });
    expect(answered(await client.commit(early, commit))).toEqual(body);
  });

  it("beyond the estimate under REJECT is refused, and the hold stays", async () => {
    const { client, budget } = await startServer();
    const id = await hold(client, "a", 900n, { overage_policy: "REJECT" });
    const commit = { idempotency_key: "c", actual: money(1_001n) };
    expect(await client.commit(id, commit)).toMatchObject({ status: 409, code: "BUDGET_EXCEEDED" });
    expect(budget.reserved).toBe(900n);
    expect(await client.commit(id, { ...commit, actual: money(900n) })).toMatchObject({ kind: "answered" });
  });

  it("beyond what is left is capped, and nothing is reserved from then on", async () => {
    const { client, budget } = await startServer({ allocated: 100n });
    const id = await hold(client, "a", 60n);
    const body = answered(await client.commit(id, { idempotency_key: "c", actual: money(200n) }));
    expect(body.charged).toEqual(money(100n));
    expect(budget.isOverLimit).toBe(true);
    budget.allocated = 1_000n;
    expect(await client.reserve(reserveOf("b", 1n))).toMatchObject({ status: 409, code: "OVERDRAFT_LIMIT_EXCEEDED" });
  });

  it("with an overdraft owes the difference up to the limit, and beyond it books nothing", async () => {
    const { client, budget } = await startServer({ allocated: 100n, overdraftLimit: 50n });
    const id = await hold(client, "a", 60n, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    const commit = { idempotency_key: "c", actual: money(111n) };
    expect(await client.commit(id, commit)).toMatchObject({ status: 409, code: "OVERDRAFT_LIMIT_EXCEEDED" });
    expect([budget.spent, budget.reserved, budget.debt]).toEqual([0n, 60n, 0n]);
    const body = answered(await client.commit(id, { ...commit, actual: money(110n) }));
    expect(body.charged).toEqual(money(110n));
    expect([budget.spent, budget.debt, budget.remaining]).toEqual([60n, 50n, -10n]);
  });

  it("with an overdraft of nothing is capped", async () => {
    const { client } = await startServer({ allocated: 100n });
    const id = await hold(client, "a", 60n, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    const body = answered(await client.commit(id, { idempotency_key: "c", actual: money(200n) }));
    expect(body.charged).toEqual(money(100n));
  });

  it("on a frozen budget is accepted", async () => {
    const { client, budget } = await startServer();
    const id = await hold(client, "a", 60n);
    budget.status = "FROZEN";
    expect(await client.commit(id, { idempotency_key: "c", actual: money(6n) })).toMatchObject({ kind: "answered" });
  });

  it("in another unit is refused", async () => {
    const { client } = await startServer();
    const id = await hold(client, "a", 60n);
    const inTokens = await client.commit(id, { idempotency_key: "c", actual: { unit: "TOKENS", amount: 1n } });
    expect(inTokens).toMatchObject({ status: 400, code: "UNIT_MISMATCH" });
  });
});

describe("an extension", () => {
  it("adds to the expiry ten times, and then no more", async () => {
    const { client } = await startServer();
    const body = answered(await client.reserve(reserveOf("a", 1n)));
    const id = body.reservation_id ?? "";
    for (let n = 1; n <= 10; n += 1) {
      const extended = answered(await client.extend(id, { idempotency_key: `x${n}`, extend_by_ms: 1_000 }));
      expect(extended).toMatchObject({ status: "ACTIVE", expires_at_ms: (body.expires_at_ms ?? 0) + n * 1_000 });
    }
    const again = answered(await client.extend(id, { idempotency_key: "x10", extend_by_ms: 1_000 }));
    expect(again.expires_at_ms, "a replay adds nothing").toBe((body.expires_at_ms ?? 0) + 10_000);
    const eleventh = await client.extend(id, { idempotency_key: "x11", extend_by_ms: 1_000 });
    expect(eleventh).toMatchObject({ status: 409, code: "MAX_EXTENSIONS_EXCEEDED" });
  });

  it("is refused in grace", async () => {
    const { client, pass } = await startServer();
    const id = await hold(client, "a", 1n);
    pass(60_001);
    const extended = await client.extend(id, { idempotency_key: "x", extend_by_ms: 1_000 });
    expect(extended).toMatchObject({ status: 410, code: "RESERVATION_EXPIRED" });
  });
});

describe("a release", () => {
  it("gives all back, says the same when it comes again, and leaves nothing to commit", async () => {
    const { client, budget } = await startServer();
    const id = await hold(client, "a", 400n);
    const body = answered(await client.release(id, { idempotency_key: "r" }));
    expect(body).toMatchObject({ status: "RELEASED", released: money(400n) });
    expect(answered(await client.release(id, { idempotency_key: "r" }))).toEqual(body);
    expect(await client.commit(id, { idempotency_key: "c", actual: money(1n) })).toMatchObject({ code: "RESERVATION_FINALIZED" });
    expect(budget.remaining).toBe(1_000n);
  });

  it("of a hold whose time has passed is refused, although it counts until it is swept", async () => {
    const { client, server, budget, pass } = await startServer();
    const id = await hold(client, "a", 400n);
    pass(65_001);
    expect(await client.release(id, { idempotency_key: "r" })).toMatchObject({ status: 410, code: "RESERVATION_EXPIRED" });
    expect(budget.reserved).toBe(400n);
    server.sweep();
    expect(budget.reserved).toBe(0n);
  });
});

describe("an event", () => {
  const event = { idempotency_key: "e", subject, action, actual: money(300n) };

  it("books at once, tells a charge only where it was capped, and says the same when it comes again", async () => {
    const { client, budget } = await startServer();
    const body = answered(await client.event(event));
    expect(body.charged).toBeUndefined();
    expect(answered(await client.event(event)).event_id).toBe(body.event_id);
    expect(budget.spent).toBe(300n);
    expect(answered(await client.event({ ...event, idempotency_key: "f", actual: money(701n) })).charged).toEqual(money(700n));
  });

  it("on a budget that is full with its own dead hold loses the spend, unless it insists on fitting until the sweep", async () => {
    const { client, server, budget, pass } = await startServer({ allocated: 100n });
    await hold(client, "a", 100n);
    pass(65_001);
    const spent = { ...event, actual: money(70n) };
    expect(await client.event({ ...spent, overage_policy: "REJECT" })).toMatchObject({ status: 409, code: "BUDGET_EXCEEDED" });
    server.sweep();
    expect(await client.event({ ...spent, overage_policy: "REJECT" }), "the same key").toMatchObject({ kind: "answered" });
    expect([budget.spent, budget.isOverLimit]).toEqual([70n, false]);
  });

  it("that comes before the sweep and takes what it gets locks the scope with nothing spent", async () => {
    const { client, server, budget, pass } = await startServer({ allocated: 100n });
    await hold(client, "a", 100n);
    pass(65_001);
    expect(answered(await client.event({ ...event, actual: money(70n) })).charged).toEqual(money(0n));
    server.sweep();
    expect([budget.spent, budget.remaining, budget.isOverLimit]).toEqual([0n, 100n, true]);
    expect(await client.reserve(reserveOf("b", 1n))).toMatchObject({ status: 409 });
  });

  it("on a frozen budget is refused", async () => {
    const { client } = await startServer({ status: "FROZEN" });
    expect(await client.event(event)).toMatchObject({ status: 409, code: "BUDGET_FROZEN" });
  });
});

describe("a look", () => {
  it("at a reservation carries null for what is absent, and is refused once it has expired and was swept", async () => {
    const { client, server, pass } = await startServer();
    const id = await hold(client, "a", 1n);
    pass(65_001);
    expect(answered(await client.get(id))).toMatchObject({
      status: "ACTIVE",
      subject: { workspace: null },
      action: { tags: null },
    });
    server.sweep();
    expect(await client.get(id)).toMatchObject({ status: 410, code: "RESERVATION_EXPIRED" });
    expect(answered(await client.list({ status: "EXPIRED" })).reservations).toHaveLength(1);
  });

  it("for an idempotency key finds a reservation whose answer was lost, and makes none", async () => {
    const { client, server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "lost_answer" });
    expect(await client.reserve(reserveOf("a", 400n))).toMatchObject({ kind: "unknown" });
    const { reservations, next_cursor } = answered(await client.list({ idempotency_key: "a" }));
    expect(reservations).toMatchObject([{ status: "ACTIVE", reserved: money(400n) }]);
    expect(next_cursor).toBeNull();
    expect(answered(await client.list({ idempotency_key: "b" })).reservations).toEqual([]);
    expect(budget.reserved).toBe(400n);
  });

  it("at balances shows those of the levels that are named, and needs one", async () => {
    const { client, server } = await startServer();
    server.budgets.set({ scope: "tenant:acme/agent:x", unit: "USD_MICROCENTS", allocated: 5n });
    server.budgets.set({ scope: "tenant:other", unit: "USD_MICROCENTS", allocated: 5n });
    expect(answered(await client.balances({ tenant: "acme" })).balances).toHaveLength(2);
    expect(answered(await client.balances({ agent: "X" })).balances).toMatchObject([{ scope: "tenant:acme/agent:x" }]);
    expect(await client.balances({})).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });

  it("at what is not the key's is refused", async () => {
    const { client, server } = await startServer();
    const id = await hold(client, "a", 1n);
    const other = new CyclesClient({ baseUrl: server.baseUrl, apiKey: "another-key" });
    expect(await other.get(id)).toMatchObject({ status: 403, code: "FORBIDDEN" });
    expect(await other.reserve(reserveOf("a", 1n))).toMatchObject({ status: 403, code: "FORBIDDEN" });
    expect(await client.get("no such id")).toMatchObject({ status: 404, code: "NOT_FOUND" });
    const stranger = new CyclesClient({ baseUrl: server.baseUrl, apiKey: "no-key" });
    expect(await stranger.reserve(reserveOf("a", 1n))).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
  });
});

describe("a request that is not the protocol's", () => {
  const good = { idempotency_key: "a", subject, action, estimate: { unit: "USD_MICROCENTS", amount: 1 } };

  async function post(baseUrl: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return await fetch(`${baseUrl}/v1/reservations`, {
      method: "POST",
      body,
      headers: { "X-Cycles-API-Key": apiKey, "content-type": "application/json", ...headers },
    });
  }

  it.each<[string, string, Record<string, string>?]>([
    ["has an unknown member", JSON.stringify({ ...good, policy_keys: [] })],
    ["has another key in its header", JSON.stringify(good), { "X-Idempotency-Key": "b" }],
    ["has a colon in its subject", JSON.stringify({ ...good, subject: { tenant: "acme", agent: "eip155:1" } })],
    ["has only dimensions in its subject", JSON.stringify({ ...good, subject: { dimensions: { a: "b" } } })],
    ["has a negative amount", JSON.stringify({ ...good, estimate: { unit: "TOKENS", amount: -1 } })],
    [
      "has an amount of 2^63",
      '{"idempotency_key":"a","subject":{"tenant":"acme"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"USD_MICROCENTS","amount":9223372036854775808}}',
    ],
    ["lasts less than a second", JSON.stringify({ ...good, ttl_ms: 999 })],
    ["is no JSON", '{"idempotency_key":'],
  ])("and %s is refused", async (_, body, headers) => {
    const { server, budget } = await startServer();
    const response = await post(server.baseUrl, body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "INVALID_REQUEST" });
    expect(budget.reserved).toBe(0n);
  });

  it.each([
    ["an amount that is text is taken", '"100"', 100n],
    ["a broken amount is cut", "1.5", 1n],
  ])("is read leniently: %s", async (_, amount, held) => {
    const { server, budget } = await startServer();
    const body = JSON.stringify({ ...good, metadata: null }).replace('"amount":1', `"amount":${amount}`);
    expect((await post(server.baseUrl, body)).status).toBe(200);
    expect(budget.reserved).toBe(held);
  });

  it("is an error of the server where its path, its method or its type is unknown", async () => {
    const { server } = await startServer();
    const headers = { "X-Cycles-API-Key": apiKey };
    expect((await fetch(`${server.baseUrl}/v1/nothing`, { headers })).status).toBe(500);
    expect((await fetch(`${server.baseUrl}/v1/decide`, { headers })).status).toBe(500);
    expect((await post(server.baseUrl, JSON.stringify(good), { "content-type": "text/plain" })).status).toBe(500);
  });
});

describe("an answer", () => {
  it("names its request, its trace and its tenant, and knows no rate limit", async () => {
    const { server } = await startServer();
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const headers = {
      "X-Cycles-API-Key": apiKey,
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      "X-Cycles-Trace-Id": "0".repeat(32),
    };
    const response = await fetch(`${server.baseUrl}/v1/balances?tenant=acme`, { headers });
    expect(response.headers.get("x-request-id")).toMatch(/./);
    expect(response.headers.get("x-cycles-trace-id")).toBe(trace);
    expect(response.headers.get("x-cycles-tenant")).toBe("acme");
    expect(response.headers.get("x-ratelimit-remaining")).toBe("-1");
    expect(response.headers.get("x-ratelimit-reset")).toBe("0");
    const own = await fetch(`${server.baseUrl}/v1/balances?tenant=acme`, { headers: { ...headers, traceparent: "rubbish" } });
    expect(own.headers.get("x-cycles-trace-id")).toBe("0".repeat(32));
  });

  it("to every hundredth request closes its connection", async () => {
    const { client, server } = await startServer();
    const headers = { "X-Cycles-API-Key": apiKey };
    for (let n = 0; n < 99; n += 1) await client.balances({ tenant: "acme" });
    const hundredth = await fetch(`${server.baseUrl}/v1/balances?tenant=acme`, { headers });
    expect(hundredth.headers.get("connection")).toBe("close");
    expect((await fetch(`${server.baseUrl}/v1/balances?tenant=acme`, { headers })).headers.get("connection")).toBe("keep-alive");
  });

  it("without a database is 401 with the words of another error, as JSON in UTF-8", async () => {
    const { server } = await startServer();
    server.faults.add({ operation: "balances", kind: "store_down" });
    const response = await fetch(`${server.baseUrl}/v1/balances?tenant=acme`, { headers: { "X-Cycles-API-Key": apiKey } });
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/json;charset=UTF-8");
    expect(await response.json()).toMatchObject({ error: "UNAUTHORIZED", message: "INTERNAL_ERROR" });
  });
});
