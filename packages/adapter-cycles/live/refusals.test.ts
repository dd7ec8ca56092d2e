import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, transfer } from "../test/support/attempt.js";
import { action, money } from "../test/support/server.js";
import { apiKey, balance, baseUrl, holdsOf, holdWith, tenant } from "./support/live-server.js";
import { holdIdOf, Payer } from "./support/payer.js";
import { paths } from "./support/wire.js";

const nothing = outcomeOf([], { status: "denied", entered: false });

beforeAll(async () => {
  const { remaining } = await balance();
  if (remaining < 1_000n) throw new Error(`the budget has ${remaining} microcents left, and this needs a thousand`);
});

describe("a live server's budget", () => {
  it("denies a microcent more than it has left, and allows the last one", async () => {
    const { remaining } = await balance();
    const payer = new Payer();
    const beyond = await payer.attempt([transfer(String(remaining + 1n))]).before();
    expect(beyond).toMatchObject({ decision: "deny", code: "over_limit" });
    const all = payer.attempt([transfer(String(remaining))]);
    expect(await all.before()).toMatchObject({ decision: "allow" });
    const another = await payer.attempt([transfer("1")]).before();
    expect(another).toMatchObject({ decision: "deny", code: "over_limit" });
    await all.settle(nothing);
    expect((await balance()).remaining).toBe(remaining);
  });

  it("of which 64 ask at once for a tenth lets in as many as it has room for", async () => {
    const before = await balance();
    const share = before.remaining / 10n;
    const payer = new Payer();
    const attempts = Array.from({ length: 64 }, () => payer.attempt([transfer(String(share))]));
    const decisions = await Promise.all(attempts.map((attempt) => attempt.before(30_000)));
    expect(decisions.filter(({ decision }) => decision === "allow")).toHaveLength(Number(before.remaining / share));
    for (const decision of decisions) if (decision.decision === "deny") expect(decision).toMatchObject({ code: "over_limit" });
    await Promise.all(attempts.filter(({ settlements }) => settlements.length > 0).map((attempt) => attempt.settle(nothing)));
    expect(await balance(), "all of it was given back").toEqual(before);
  });

  it("holds an amount beyond 2^53 to the last digit, or denies it to the last digit where it has no room", async () => {
    const amount = 2n ** 53n + 1n;
    const { remaining } = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer(String(amount))]);
    const { decision } = await attempt.before();
    expect(payer.wire.to(paths.reserve)).toMatchObject([{ body: expect.stringContaining(`"amount":${amount}`) }]);
    expect(decision).toBe(remaining < amount ? "deny" : "allow");
    if (decision === "deny") return;
    expect((await holdWith(holdIdOf(attempt))).reserved).toEqual(money(amount));
    expect((await balance()).remaining).toBe(remaining - amount);
    await attempt.settle(nothing);
  });
});

describe("a live server refuses", () => {
  it("another tenant than the key's, which denies", async () => {
    const payer = new Payer({ tenant: `${tenant}-other` });
    expect(await payer.attempt([transfer("1")]).before()).toMatchObject({ decision: "deny", code: "budget_misconfigured" });
    expect(payer.wire.to(paths.reserve).map(({ status }) => status)).toEqual([403]);
  });

  it("a key that it does not know, which denies once there is no time left", async () => {
    const payer = new Payer({ apiKey: `${apiKey}-other` });
    expect(await payer.attempt([transfer("1")]).before(3_000)).toMatchObject({ decision: "deny", code: "budget_unauthorized" });
    expect(new Set(payer.wire.to(paths.reserve).map(({ status }) => status))).toEqual(new Set([401]));
  });

  it("a member that it does not know, and holds nothing", async () => {
    const key = randomUUID();
    const body = { idempotency_key: key, subject: { tenant }, action, estimate: { unit: "USD_MICROCENTS", amount: 1 } };
    const reserve = async (more: object) =>
      await fetch(`${baseUrl}/v1/reservations`, {
        method: "POST",
        headers: { "X-Cycles-API-Key": apiKey, "content-type": "application/json" },
        body: JSON.stringify({ ...body, ...more }),
      });
    const response = await reserve({ policy_keys: [] });
    expect([response.status, await response.json()]).toMatchObject([400, { error: "INVALID_REQUEST" }]);
    expect(await holdsOf({ idempotency_key: key })).toEqual([]);
    // Without it there is nothing wrong with the request.
    expect((await reserve({ dry_run: true })).status).toBe(200);
  });
});
