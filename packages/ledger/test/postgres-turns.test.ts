import { systemClock } from "@agentkit-policy/schema";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Ledger } from "../src/ledger.js";
import { openPostgresLedger } from "../src/postgres-ledger.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, closeOf, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const server = postgresOfTests();
const limits = [limitOf(100)];

describe("ledgers that write to one PostgreSQL in turn", () => {
  let url: string;

  beforeEach(async () => {
    url = await server().newDatabase();
  });

  async function open(): Promise<Ledger> {
    const ledger = await openPostgresLedger(url);
    onTestFinished(async () => await ledger.dispose());
    return ledger;
  }

  const spend = async (ledger: Ledger, amount: bigint, attemptId = attemptAt(Date.now())) => {
    const answer = await ledger.reserve(reserveOf({ attemptId, amount, limits, arm: true }));
    if (answer.ok) await ledger.close(closeOf(attemptId, amount));
    return answer.ok;
  };
  const counted = async (ledger: Ledger) => (await ledger.balances({ limits, scopes: { wallet } }))[0]?.counted;

  it("send one message a verb while they are alone, and two where somebody else has written", async () => {
    const [one, other] = [await open(), await open()];
    await spend(one, 1n);
    await spend(one, 1n);
    const sent = vi.spyOn(pg.Client.prototype, "query");
    onTestFinished(() => sent.mockRestore());
    const messages = async (ledger: Ledger) => {
      sent.mockClear();
      await spend(ledger, 1n);
      return sent.mock.calls.length;
    };
    expect(await messages(one)).toBe(2);
    expect(await messages(other)).toBeGreaterThan(2);
    // What was assumed did not hold; two verbs under the lock, the second of which finds its own mark.
    expect(await messages(one)).toBe(1 + 2 + 2);
    expect(await messages(one)).toBe(2);
    expect(await counted(one)).toBe("6");
  });

  it("each count what the other has spent, to the last unit", async () => {
    const [one, other] = [await open(), await open()];
    for (let turn = 0; turn < 6; turn += 1) {
      // Runs of several, so that each also goes by what it knows.
      for (let time = 0; time < 3; time += 1) expect(await spend(turn % 2 === 0 ? one : other, 5n)).toBe(true);
    }
    expect([await spend(one, 11n), await spend(other, 11n)]).toEqual([false, false]);
    expect([await spend(one, 9n), await spend(one, 2n), await spend(other, 2n), await spend(other, 1n)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([await counted(one), await counted(other)]).toEqual(["100", "100"]);
  });

  it("know an attempt and an intent that only the other has seen", async () => {
    const [one, other] = [await open(), await open()];
    const attemptId = attemptAt(Date.now());
    const intent = { key: "rent", content: "to alice" };
    const lines = [{ unit: "amount", asset: native, amount: "5" } as const];
    const asked = { attemptId, stepId: "root", scopes: { wallet }, lines, limits, intent, arm: true };
    expect(await one.reserve(asked)).toMatchObject({ ok: true });
    expect(await spend(other, 1n)).toBe(true);
    expect(await spend(other, 1n)).toBe(true);
    // What the other knows from its own payments is all but these two.
    expect(await other.reserve(asked)).toMatchObject({ ok: true });
    expect(await other.reserve({ ...asked, attemptId: attemptAt(Date.now()) })).toMatchObject({ code: "intent_executed" });
    expect(await other.reserve({ ...asked, stepId: "root", lines: [] })).toMatchObject({ code: "idempotency_mismatch" });
    expect(await counted(other)).toBe("7");
  });

  it("trust their clock when nobody has asked anything for long, and not when one of both has stepped", async () => {
    const ledger = await open();
    await spend(ledger, 1n);
    const real = systemClock.uptime.bind(systemClock);
    const later = vi.spyOn(systemClock, "uptime").mockImplementation(() => real() + 60_000);
    onTestFinished(() => later.mockRestore());
    expect(ledger.clockIsTrusted()).toBe(true);
    const asked = reserveOf({ attemptId: attemptAt(Date.now()), amount: 1n, limits });
    expect(await ledger.reserve(asked)).toMatchObject({ ok: false, code: "clock_jumped" });
    expect(ledger.clockIsTrusted()).toBe(false);
  });

  it("go by the database's time where its clock and the process's own have come apart", async () => {
    const ledger = await open();
    await spend(ledger, 1n);
    const real = performance.now.bind(performance);
    const ahead = vi.spyOn(performance, "now").mockImplementation(() => real() + 60_000);
    onTestFinished(() => ahead.mockRestore());
    const attemptId = attemptAt(Date.now());
    const answer = await ledger.reserve(reserveOf({ attemptId, amount: 1n, limits }));
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && Math.abs(answer.now - Date.now())).toBeLessThan(10_000);
  });
});
