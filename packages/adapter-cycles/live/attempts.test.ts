import { describe, expect, it } from "vitest";
import { outcomeOf, transfer } from "../test/support/attempt.js";
import { money } from "../test/support/server.js";
import { balance, holdsOf, holdWith, spentSince, tenant, until } from "./support/live-server.js";
import { holdIdOf, Payer } from "./support/payer.js";
import { paths } from "./support/wire.js";

/** What became of an attempt that moved nothing. */
const nothing = outcomeOf([], { status: "denied", entered: false });

describe("an attempt on a live server", () => {
  it("holds its worth before it runs, books what it moved, and gives back the rest", async () => {
    const before = await balance();
    const attempt = new Payer().attempt([transfer("5")]);
    expect(await attempt.before()).toMatchObject({ decision: "allow", validForMs: expect.any(Number) });
    expect(await holdWith(holdIdOf(attempt))).toMatchObject({ status: "ACTIVE", reserved: money(5n) });
    expect((await balance()).remaining, "what is held is not left").toBe(before.remaining - 5n);
    await attempt.settle(outcomeOf([transfer("3")]));
    expect(await holdWith(holdIdOf(attempt))).toMatchObject({ status: "COMMITTED", committed: money(3n) });
    expect(await balance()).toEqual({ ...before, spent: before.spent + 3n, remaining: before.remaining - 3n });
  });

  it("that moved nothing gives all back", async () => {
    const before = await balance();
    const attempt = new Payer().attempt([transfer("5")]);
    await attempt.before();
    await attempt.settle(nothing);
    expect((await holdWith(holdIdOf(attempt))).status).toBe("RELEASED");
    expect(await balance()).toEqual(before);
  });

  it("is found by its run, its agent and its action", async () => {
    const payer = new Payer();
    const attempt = payer.attempt([transfer("1")]);
    await attempt.before();
    expect(await holdsOf({ workflow: payer.run })).toHaveLength(1);
    expect(await holdWith(holdIdOf(attempt))).toMatchObject({
      subject: { tenant, workflow: payer.run, agent: "live" },
      action: { kind: "payment.charge", name: attempt.context.actionName },
      metadata: { attempt: attempt.context.actionId, step: "root", chain: attempt.context.chainId },
    });
    await attempt.settle(nothing);
  });

  it("whose wallet call needs more makes a second hold, and what was spent fills them in order", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("2")]);
    await attempt.before();
    expect(await attempt.call([], "call-1"), "what is held covers it").toMatchObject({ decision: "allow" });
    expect(await attempt.call([transfer("3")], "call-2")).toMatchObject({ decision: "allow" });
    await attempt.settle(outcomeOf([transfer("4")]));
    const ids = (await holdsOf({ workflow: payer.run })).map(({ reservation_id: id }) => id);
    const booked = await Promise.all(ids.map(async (id) => (await holdWith(id)).committed?.amount));
    expect(booked).toEqual([2n, 2n]);
    expect(await spentSince(before)).toBe(4n);
  });

  it("of which more becomes known later is booked for the difference, by an event", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    await attempt.settle(outcomeOf([transfer("2")]));
    await attempt.settle(outcomeOf([transfer("5")]));
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(payer.wire.to(paths.event).map(({ status }) => status)).toEqual([201]);
    expect(await spentSince(before)).toBe(5n);
  });

  it("keeps its hold alive while it is open", async () => {
    const attempt = new Payer({ ttlMs: 6_000 }).attempt([transfer("1")]);
    await attempt.before();
    const { expires_at_ms: first } = await holdWith(holdIdOf(attempt));
    await until(async () => (await holdWith(holdIdOf(attempt))).expires_at_ms > first);
    await attempt.settle(nothing);
    expect((await holdWith(holdIdOf(attempt))).status).toBe("RELEASED");
  });
});
