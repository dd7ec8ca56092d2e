import { expect, it } from "vitest";
import { CyclesClient } from "../src/index.js";
import { answered, apiKey, hold, money, reserveOf, startServer } from "./support/server.js";

const commit = { idempotency_key: "c", actual: money(70n) };

it("a slow request has done nothing yet when its sender gives up, and the next one with its key does it", async () => {
  const { client, server, budget } = await startServer();
  const id = await hold(client, "a", 400n);
  const hasty = new CyclesClient({ baseUrl: server.baseUrl, apiKey, timeoutMs: 20 });
  server.faults.add({ operation: "commit", kind: "slow", delayMs: 60_000 });
  expect(await hasty.commit(id, commit)).toMatchObject({ kind: "unknown" });
  expect([budget.spent, budget.reserved]).toEqual([0n, 400n]);
  expect(answered(await client.commit(id, commit))).toMatchObject({ status: "COMMITTED" });
  expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
});

it("a slow request is done although nobody waits for it any more, and whoever asks again is told", async () => {
  const { client, server, budget } = await startServer();
  const id = await hold(client, "a", 400n);
  const hasty = new CyclesClient({ baseUrl: server.baseUrl, apiKey, timeoutMs: 500 });
  server.faults.add({ operation: "commit", kind: "slow", delayMs: 700 });
  expect(await hasty.commit(id, commit)).toMatchObject({ kind: "unknown" });
  await expect.poll(() => server.requests.at(-1)).toMatchObject({ operation: "commit", fault: "slow", status: 200 });
  expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
  expect(answered(await client.commit(id, commit))).toMatchObject({ status: "COMMITTED", charged: money(70n) });
  expect(budget.spent).toBe(70n);
});

it("a slow request whose sender waits is answered like any other", async () => {
  const { client, server } = await startServer();
  server.faults.add({ operation: "reserve", kind: "slow", delayMs: 20 });
  expect(answered(await client.reserve(reserveOf("a", 1n)))).toMatchObject({ decision: "ALLOW" });
});

it("what was asked for after nothing falls on a later request, and each request tells what went wrong with it", async () => {
  const { client, server } = await startServer();
  server.faults.add({ operation: "balances", kind: "none", times: 2 });
  server.faults.add({ operation: "balances", kind: "lost_answer" });
  server.faults.add({ operation: "decide", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 1 });
  for (const kind of ["answered", "answered", "unknown", "answered"])
    expect(await client.balances({ tenant: "acme" })).toMatchObject({ kind });
  expect(await client.decide(reserveOf("a", 1n))).toMatchObject({ kind: "refused", status: 429, retryAfterMs: 1_000 });
  expect(server.requests.map(({ status, fault }) => [status, fault])).toEqual([
    [200, undefined],
    [200, undefined],
    [undefined, "lost_answer"],
    [200, undefined],
    [429, "refused"],
  ]);
});
