import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { outcomeOf, transfer } from "../test/support/attempt.js";
import { answered, money, reserveOf } from "../test/support/server.js";
import { balance, client, holdsOf, holdWith, spentSince, tenant, until } from "./support/live-server.js";
import { holdIdOf, Payer } from "./support/payer.js";
import { paths } from "./support/wire.js";

const nothing = outcomeOf([], { status: "denied", entered: false });

/** The key of every request that was sent to a path. */
function keysOf({ wire }: Payer, path: RegExp): string[] {
  return wire.to(path).map(({ body }) => (JSON.parse(body) as { idempotency_key: string }).idempotency_key);
}

describe("on a live server, an answer that is lost", () => {
  it("to a reserve is asked for again with its key, and there is one hold", async () => {
    const payer = new Payer();
    payer.wire.lose(paths.reserve, 1);
    const attempt = payer.attempt([transfer("1")]);
    expect(await attempt.before()).toMatchObject({ decision: "allow" });
    const [key = "", ...again] = keysOf(payer, paths.reserve);
    expect(again).toEqual([key]);
    expect(await holdsOf({ idempotency_key: key })).toMatchObject([{ reservation_id: holdIdOf(attempt) }]);
    await attempt.settle(nothing);
  });

  it("to every reserve until the deadline denies, and the hold is found by its key and given back", async () => {
    const payer = new Payer();
    payer.wire.lose(paths.reserve, Number.POSITIVE_INFINITY);
    const decision = await payer.attempt([transfer("1")]).before(3_000);
    expect(decision).toMatchObject({ decision: "deny", code: "budget_unreachable" });
    const [key = ""] = keysOf(payer, paths.reserve);
    await until(async () => (await holdsOf({ idempotency_key: key })).every(({ status }) => status === "RELEASED"));
    expect(await holdsOf({ idempotency_key: key }), "it had been made").toHaveLength(1);
  });

  it("to a commit is asked for again with its key, and books once", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    payer.wire.lose(paths.commit, 2);
    await attempt.settle(outcomeOf([transfer("3")]));
    await until(async () => keysOf(payer, paths.commit).length === 3);
    expect(new Set(keysOf(payer, paths.commit)).size).toBe(1);
    expect(await spentSince(before)).toBe(3n);
  });
});

describe("on a live server, a replay", () => {
  it.each([
    ["committed", outcomeOf([transfer("1")])],
    ["released", nothing],
  ])("of an attempt that was %s is denied in another process, and holds nothing", async (_, outcome) => {
    const first = new Payer();
    const attempt = first.attempt([transfer("1")]);
    await attempt.before();
    await attempt.settle(outcome);
    const second = new Payer({}, first.run);
    const replay = second.attempt([transfer("1")], attempt.context);
    expect(await replay.before()).toMatchObject({ decision: "deny", code: "replayed" });
    expect(await holdsOf({ workflow: first.run }), "no second hold").toHaveLength(1);
    expect(await second.attempt([transfer("1")]).before(), "a new attempt is none").toMatchObject({ decision: "allow" });
    await Promise.all((await holdsOf({ workflow: first.run })).map(giveBack));
  });

  it("of an intent by another attempt is denied", async () => {
    const payer = new Payer();
    const intentId = randomUUID();
    const attempt = payer.attempt([transfer("1")], { intentId });
    await attempt.before();
    expect(await payer.attempt([transfer("1")], { intentId }).before()).toMatchObject({ decision: "deny", code: "replayed" });
    await attempt.settle(nothing);
    expect(await payer.attempt([transfer("1")], { intentId }).before()).toMatchObject({ decision: "deny", code: "replayed" });
  });

  it("of one key by sixteen at once makes one hold", async () => {
    const request = reserveOf(randomUUID(), 1n, { subject: { tenant, workflow: `live-${randomUUID()}` } });
    const answers = await Promise.all(Array.from({ length: 16 }, async () => answered(await client.reserve(request))));
    const ids = new Set(answers.map(({ reservation_id: id }) => id));
    expect(ids.size).toBe(1);
    for (const id of ids) await giveBack({ reservation_id: id ?? "" });
  });
});

describe("on a live server, a hold that has ended before its attempt", () => {
  it("committed with less by somebody else is looked at, and the rest is booked", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    answered(await client.commit(holdIdOf(attempt), { idempotency_key: randomUUID(), actual: money(2n) }));
    await attempt.settle(outcomeOf([transfer("5")]));
    await until(async () => payer.wire.to(paths.event).some(({ status }) => status === 201));
    expect(await spentSince(before)).toBe(5n);
  });

  it("committed with enough by somebody else is booked no second time", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    answered(await client.commit(holdIdOf(attempt), { idempotency_key: randomUUID(), actual: money(5n) }));
    await attempt.settle(outcomeOf([transfer("5")]));
    expect(payer.wire.to(paths.commit).map(({ status }) => status)).toEqual([409]);
    expect([payer.wire.to(paths.event), await spentSince(before)]).toEqual([[], 5n]);
  });

  it("released by somebody else is booked all the same", async () => {
    const before = await balance();
    const payer = new Payer();
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    await giveBack({ reservation_id: holdIdOf(attempt) });
    await attempt.settle(outcomeOf([transfer("5")]));
    await until(async () => payer.wire.to(paths.event).some(({ status }) => status === 201));
    expect(await spentSince(before)).toBe(5n);
  });

  it("run out is booked by an event with the commit's key", async () => {
    const before = await balance();
    const payer = new Payer({ ttlMs: 5_000 });
    payer.wire.cut(paths.extend);
    const attempt = payer.attempt([transfer("5")]);
    await attempt.before();
    await until(async () => (await client.get(holdIdOf(attempt))).kind === "refused");
    await attempt.settle(outcomeOf([transfer("5")]));
    await until(async () => payer.wire.to(paths.event).some(({ status }) => status === 201));
    expect(payer.wire.to(paths.commit).map(({ status }) => status)).toEqual([410]);
    expect(new Set([...keysOf(payer, paths.commit), ...keysOf(payer, paths.event)]).size).toBe(1);
    expect(await spentSince(before)).toBe(5n);
  });
});

async function giveBack({ reservation_id: id }: { readonly reservation_id: string }): Promise<void> {
  if ((await holdWith(id)).status === "ACTIVE") answered(await client.release(id, { idempotency_key: randomUUID() }));
}
