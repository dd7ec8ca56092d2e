import { expect, it } from "vitest";
import type { CyclesClient } from "../src/index.js";
import type { CyclesTestServer } from "../src/test-server/index.js";
import { answered, hold, money, reserveOf, startServer } from "./support/server.js";

const commit = { idempotency_key: "c", actual: money(70n) };

/** A commit whose sender gives up once it has arrived. */
async function givenUp(client: CyclesClient, server: CyclesTestServer, id: string): Promise<void> {
  const givingUp = new AbortController();
  const left = server.faults.left;
  const waiting = client.commit(id, commit, { signal: givingUp.signal });
  await expect.poll(() => server.faults.left, { interval: 5 }).toBe(left - 1);
  givingUp.abort();
  expect(await waiting).toMatchObject({ kind: "unknown" });
}

it("a slow request has done nothing yet when its sender gives up, and the next one with its key does it", async () => {
  const { client, server, budget } = await startServer();
  const id = await hold(client, "a", 400n);
  server.faults.add({ operation: "commit", kind: "slow", delayMs: 60_000 });
  await givenUp(client, server, id);
  expect([budget.spent, budget.reserved]).toEqual([0n, 400n]);
  expect(answered(await client.commit(id, commit))).toMatchObject({ status: "COMMITTED" });
  expect([budget.spent, budget.reserved]).toEqual([70n, 0n]);
});

it("a slow request is done although nobody waits for it any more, and whoever asks again is told", async () => {
  const { client, server, budget } = await startServer();
  const id = await hold(client, "a", 400n);
  server.faults.add({ operation: "commit", kind: "slow", delayMs: 1_000 });
  await givenUp(client, server, id);
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
