import { expect, it } from "vitest";
import { type CyclesAdapterOptions, cycles } from "../src/index.js";
import { usdc } from "./support/attempt.js";
import { apiKey, serverThat, startServer } from "./support/server.js";

/** What an operator is told of a rule with these options. */
async function lines(baseUrl: string, options: Partial<CyclesAdapterOptions> = {}): Promise<readonly string[]> {
  const prices = { [usdc]: { worth: "1", decimals: 6 } };
  const parsed = await cycles.options["~standard"].validate({ baseUrl, apiKey, tenant: "acme", prices, ...options });
  if (parsed.issues !== undefined) throw new Error(JSON.stringify(parsed.issues));
  return (await cycles.examine?.(parsed.value)) ?? [];
}

/** A server that has budgets of so many agents before the tenant's own, and tells them page by page. */
async function pagedServer(agents: number, { brokenAfter = Number.POSITIVE_INFINITY } = {}) {
  const scopes = [...Array.from({ length: agents }, (_, index) => `tenant:acme/agent:a${index}`), "tenant:acme"];
  const balances = scopes.map((scope) => ({ scope, scope_path: scope, remaining: { unit: "USD_MICROCENTS", amount: 123 } }));
  let pages = 0;
  const baseUrl = await serverThat((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
    if (pathname !== "/v1/balances") return void response.end('{"reservations":[],"next_cursor":null}');
    pages += 1;
    response.statusCode = pages > brokenAfter ? 500 : 200;
    const [from, size] = [Number(searchParams.get("cursor") ?? 0), Number(searchParams.get("limit") ?? 50)];
    const hasMore = from + size < balances.length;
    const next = hasMore ? String(from + size) : null;
    response.end(JSON.stringify({ balances: balances.slice(from, from + size), has_more: hasMore, next_cursor: next }));
  });
  return { baseUrl, pages: (): number => pages };
}

it("what a budget has left is found on whatever page the server tells it", async () => {
  for (const agents of [0, 60, 500]) {
    const { baseUrl } = await pagedServer(agents);
    expect(await lines(baseUrl)).toContain("  tenant:acme  123 USD_MICROCENTS left");
  }
});

it("a budget that is on none of the pages that could be read is not said to be absent", async () => {
  const broken = await pagedServer(500, { brokenAfter: 1 });
  expect(await lines(broken.baseUrl)).toContain("  tenant:acme  the server does not say: no answer");
  const endless = await pagedServer(20_000);
  expect(await lines(endless.baseUrl)).toContain(
    "  tenant:acme  not among the first 20000 budgets of the tenant, and there are more",
  );
  expect(endless.pages()).toBe(100);
});

it("a server that has no more, or goes on with the same page for ever, is not asked for ever", async () => {
  const balance = {
    scope: "tenant:acme/agent:a",
    scope_path: "tenant:acme/agent:a",
    remaining: { unit: "USD_MICROCENTS", amount: 1 },
  };
  for (const [more, said] of [
    [{ has_more: false }, "no budget"],
    [{ has_more: true }, "the server goes on with the same page for ever"],
  ] as const) {
    let pages = 0;
    const baseUrl = await serverThat((request, response) => {
      const isBalances = request.url?.startsWith("/v1/balances") === true;
      if (isBalances) pages += 1;
      response.end(JSON.stringify(isBalances ? { balances: [balance], next_cursor: "c", ...more } : { reservations: [] }));
    });
    expect(await lines(baseUrl)).toContain(`  tenant:acme  ${said}`);
    expect(pages).toBeLessThan(3);
  }
});

it("a hold that was made at no time that there is is said all the same", async () => {
  const at = 8.64e15 + 1;
  const held = {
    reservation_id: "r",
    status: "ACTIVE",
    subject: { tenant: "acme" },
    action: { kind: "k", name: "n" },
    scope_path: "",
  };
  const times = { reserved: { unit: "USD_MICROCENTS", amount: 1 }, created_at_ms: at, expires_at_ms: at, affected_scopes: [] };
  const baseUrl = await serverThat((request, response) => {
    const isBalances = request.url?.startsWith("/v1/balances") === true;
    response.end(JSON.stringify(isBalances ? { balances: [] } : { reservations: [{ ...held, ...times }] }));
  });
  expect((await lines(baseUrl)).join("\n")).toContain(`the oldest since ${at} ms after 1970`);
});

it("a budget that is there on none of the pages is said to be absent", async () => {
  const { baseUrl } = await pagedServer(60);
  expect(await lines(baseUrl, { workspace: "Prod" })).toContain("  tenant:acme/workspace:prod  no budget");
});

it("a level of the file's is looked for as the server writes it", async () => {
  const { server } = await startServer();
  server.budgets.set({ scope: "tenant:acme/workspace:prod/app:pay.v2", unit: "USD_MICROCENTS", allocated: 7n });
  const said = await lines(server.baseUrl, { workspace: "Prod", app: "pay.v2" });
  expect(said).toContain("  tenant:acme/workspace:prod/app:pay.v2  7 of 7 USD_MICROCENTS left");
});

it("a file without a price is said to let no payment through, and one with a price is not", async () => {
  const { server } = await startServer();
  const unpriced = expect.stringContaining("nothing has a price");
  expect(await lines(server.baseUrl, { prices: {} })).toContainEqual(unpriced);
  expect(await lines(server.baseUrl)).not.toContainEqual(unpriced);
});
