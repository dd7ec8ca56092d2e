import { systemClock } from "@agentkit-policy/schema";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { Ledger } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { openPostgresLedger } from "../src/postgres-ledger.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, closeOf, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const server = postgresOfTests();
const limits = [limitOf(100)];

/** From now on and until the test is over, a clock of this process tells a minute more. */
function stepByAMinute<Name extends string>(clock: Record<Name, () => number>, name: Name): void {
  const real = clock[name].bind(clock);
  const stepped = vi.spyOn(clock as Record<string, () => number>, name).mockImplementation(() => real() + 60_000);
  onTestFinished(() => stepped.mockRestore());
}

describe("ledgers that write to one PostgreSQL in turn", () => {
  let url: string;

  beforeEach(async () => {
    url = await server().newDatabase();
  });

  async function open(options: LedgerOptions = {}): Promise<Ledger> {
    const ledger = await openPostgresLedger(url, options);
    onTestFinished(async () => await ledger.dispose());
    return ledger;
  }

  const spend = async (ledger: Ledger, amount: bigint, { of = limits, at = Date.now() } = {}) => {
    const attemptId = attemptAt(at);
    const answer = await ledger.reserve(reserveOf({ attemptId, amount, limits: of, arm: true }));
    if (answer.ok) await ledger.close(closeOf(attemptId, amount));
    return answer.ok;
  };
  const counted = async (ledger: Ledger, of = limits) => (await ledger.balances({ limits: of, scopes: { wallet } }))[0]?.counted;

  /** What each connection has sent since the work began, whatever goes on after it. */
  async function sentIn(work: () => Promise<unknown>): Promise<() => string[][]> {
    const sent = vi.spyOn(pg.Client.prototype, "query");
    onTestFinished(() => sent.mockRestore());
    await work();
    return () => {
      const messages = sent.mock.calls.map(([query]) => JSON.stringify(query));
      return [...new Set(sent.mock.contexts)].map((client) =>
        messages.filter((_, place) => sent.mock.contexts[place] === client),
      );
    };
  }
  const count = (messages: readonly string[], part: string) => messages.filter((message) => message.includes(part)).length;

  it("read a few rows for a verb, however many the tables have come to hold since they were looked at first", async () => {
    const admin = new pg.Client(url);
    await admin.connect();
    onTestFinished(async () => await admin.end());
    // Of tables that the database has not counted it believes what it saw when the plans were made: they were empty.
    const ledgers = [await openPostgresLedger(url), await openPostgresLedger(url)];
    for (const table of ["entries", "dates", "tallies"])
      await admin.query(`ALTER TABLE agentkit_policy.${table} SET (autovacuum_enabled = off)`);
    const spends = 400;
    // Whoever comes after the other has to read what both have written.
    for (let index = 0; index < spends; index += 1) await spend(ledgers[index % 2] as Ledger, 1n, { of: [limitOf(spends)] });
    // A connection that ends has told what it read.
    await Promise.all(ledgers.map((ledger) => ledger.dispose()));
    const read = async () => {
      const { rows } = await admin.query(
        "SELECT relname, (seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_user_tables WHERE relname IN ('entries', 'dates', 'tallies')",
      );
      return rows as { relname: string; read: number }[];
    };
    await expect.poll(read).toSatisfy((rows: { read: number }[]) => rows.every((row) => row.read > 0));
    // Each of the two turns of a spend reads the first 64 dates of its window at most, and what it names of the others.
    const most: Record<string, number> = { dates: 2 * 64, entries: 4, tallies: 12 };
    for (const { relname, read: count } of await read()) expect(count / spends, relname).toBeLessThanOrEqual(most[relname] ?? 0);
  });

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
    // Again where it is more: on a busy machine a moment that was assumed may be long gone when the message is read.
    await expect.poll(async () => await messages(one)).toBe(2);
    expect(await messages(other)).toBeGreaterThan(2);
    // What was assumed did not hold; two verbs under the lock, the second of which finds its own mark.
    expect(await messages(one)).toBe(1 + 2 + 2);
    await expect.poll(async () => await messages(one)).toBe(2);
  });

  it("ask anew for what they know after a hundred and twenty-eight payments, and go on as before", async () => {
    const one = await open();
    const of = [limitOf(1_000)];
    const pay = async (times: number) => {
      for (let time = 0; time < times; time += 1) expect(await spend(one, 1n, { of })).toBe(true);
    };
    await pay(3);
    const sent = await sentIn(async () => await pay(300));
    expect(count(sent().flat(), "BEGIN; ")).toBe(2);
    expect(await counted(await open(), of)).toBe("303");
  });

  it("keep what was dated at one moment as one sum, and let go of all of it", async () => {
    const clock = new ManualClock();
    const of = [limitOf(100, { window: { kind: "rolling", ms: 60_000 } })];
    const one = await open({ clock });
    for (let time = 0; time < 8; time += 1) expect(await spend(one, 1n, { of, at: clock.now() })).toBe(true);
    const other = await open({ clock });
    expect(await counted(other, of)).toBe("8");
    clock.pass(24 * 60 * 60_000);
    expect(await counted(other, of)).toBe("0");
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

  describe("that go by what they know find out", () => {
    const lines = [{ unit: "amount", asset: native, amount: "5" } as const];
    const requestOf = (attemptId: string) => ({ attemptId, stepId: "root", scopes: { wallet }, lines, limits, arm: true });
    let other: Ledger;

    /** A ledger whose last two payments nobody has disturbed, so that the next verb is decided on what it knows. */
    async function afterItsOwnPayments(): Promise<void> {
      for (let time = 0; time < 2; time += 1) expect(await spend(other, 1n)).toBe(true);
    }

    beforeEach(async () => {
      other = await open();
    });

    it("an attempt that only another has seen", async () => {
      const asked = requestOf(attemptAt(Date.now()));
      expect(await (await open()).reserve(asked)).toMatchObject({ ok: true });
      await afterItsOwnPayments();
      expect(await other.reserve(asked)).toMatchObject({ ok: true });
      await afterItsOwnPayments();
      expect(await other.reserve({ ...asked, lines: [] })).toMatchObject({ code: "idempotency_mismatch" });
      expect(await counted(other)).toBe("9");
    });

    it("an intent that only another has seen", async () => {
      const intent = { key: "rent", content: "to alice" };
      expect(await (await open()).reserve({ ...requestOf(attemptAt(Date.now())), intent })).toMatchObject({ ok: true });
      await afterItsOwnPayments();
      const asked = { ...requestOf(attemptAt(Date.now())), intent };
      expect(await other.reserve(asked)).toMatchObject({ code: "intent_executed" });
      expect(await other.reserve({ ...asked, intent: { ...intent, key: "food" } })).toMatchObject({ ok: true });
      expect(await counted(other)).toBe("12");
    });

    it("that time has passed while they waited for the lock, where whoever held it has written nothing", async () => {
      await afterItsOwnPayments();
      const [holder, watcher] = [new pg.Client(url), new pg.Client(url)];
      for (const client of [holder, watcher]) await client.connect();
      onTestFinished(async () => void (await Promise.all([holder.end(), watcher.end()])));
      await holder.query("BEGIN; SELECT * FROM agentkit_policy.head FOR UPDATE");
      const sent = await sentIn(async () => {
        const answer = other.reserve(requestOf(attemptAt(Date.now())));
        // Longer than a tenth of a second, by which the clock may be off.
        const longAgo = "query_start < clock_timestamp() - interval '0.2 seconds'";
        const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ${longAgo} AND datname = current_database()`;
        await expect.poll(async () => (await watcher.query(waiting)).rows.length).toBe(1);
        await holder.query("ROLLBACK");
        expect(await answer).toMatchObject({ ok: true });
      });
      const messages = sent().flat();
      expect([count(messages, "save_if"), count(messages, "BEGIN; ")]).toEqual([1, 1]);
      expect(await counted(other)).toBe("7");
    });

    it("that it is another ledger, where it was left just so", async () => {
      await afterItsOwnPayments();
      const admin = new pg.Client(url);
      await admin.connect();
      await admin.query("UPDATE agentkit_policy.head SET ledger_id = 'another'");
      await admin.end();
      await expect(other.reserve(requestOf(attemptAt(Date.now())))).rejects.toMatchObject({ code: "ledger_replaced" });
    });
  });

  describe("and have several verbs waiting", () => {
    /** Each pays 1 again and again, by several callers at once. @returns how much was granted */
    async function payAtOnce(ledgers: readonly Ledger[], callers: number, of = limits): Promise<number> {
      let granted = 0;
      const caller = async (ledger: Ledger) => {
        while (await spend(ledger, 1n, { of })) granted += 1;
      };
      await Promise.all(ledgers.flatMap((ledger) => Array.from({ length: callers }, () => caller(ledger))));
      return granted;
    }

    const asks = "pg_advisory_lock(";
    const ends = "pg_advisory_unlock(";

    /** What a connection has sent in each of its turns. */
    function turnsIn(messages: readonly string[]): string[][] {
      const begins = messages.flatMap((message, place) => (message.includes(asks) ? [place] : []));
      return begins.map((begin) => {
        const length = messages.slice(begin).findIndex((message) => message.includes(ends));
        return messages.slice(begin + 1, begin + length);
      });
    }

    it("take turns, in which a verb is one message again, and grant the same to the last unit", async () => {
      const ledgers = [await open(), await open(), await open()];
      const sent = await sentIn(async () => expect(await payAtOnce(ledgers, 4)).toBe(100));
      await expect.poll(() => count(sent().flat(), ends)).toBe(count(sent().flat(), asks));
      const turns = sent().flatMap(turnsIn);
      expect(turns.length).toBeGreaterThan(2);
      // It looks once at what the others have left, and then knows, unless a busy machine has held it up in between.
      const looksOnce = turns.filter((messages) => count(messages, "BEGIN; ") === 1);
      expect(looksOnce.length).toBeGreaterThan(turns.length / 2);
      for (const ledger of ledgers) expect(await counted(ledger)).toBe("100");
    });

    it("have room in a turn for several messages", async () => {
      const ledgers = [await open(), await open()];
      let round = 0;
      // A turn is ended by the clock: on a busy machine it may take a few rounds until one had the time.
      await expect
        .poll(async () => {
          round += 1;
          const of = [limitOf(100, { id: `round ${round}` })];
          const sent = await sentIn(async () => await payAtOnce(ledgers, 4, of));
          return Math.max(
            ...sent()
              .flatMap(turnsIn)
              .map((messages) => count(messages, "save_if")),
          );
        })
        .toBeGreaterThan(1);
    });

    it("ask for no turn while they are alone, however many wait", async () => {
      const ledger = await open();
      const sent = await sentIn(async () => await payAtOnce([ledger], 8));
      expect(count(sent().flat(), asks)).toBe(0);
    });

    it("go on without turns where somebody has one and does not end it", async () => {
      const sleeper = new pg.Client(url);
      await sleeper.connect();
      onTestFinished(async () => await sleeper.end());
      const ledgers = [await open(), await open()];
      await sleeper.query("SELECT pg_advisory_lock(20561, 1)");
      const sent = await sentIn(async () => expect(await payAtOnce(ledgers, 4)).toBe(100));
      // Each has asked once, and asks no more for a while.
      expect([count(sent().flat(), asks), count(sent().flat(), ends)]).toEqual([2, 0]);
    });
  });

  it("give back what another has reserved and forgotten, though nobody has written since", async () => {
    const times = { lifeMs: 2_000 };
    const [one, other] = [await open({ times }), await open({ times })];
    const asked = { amount: 60n, limits };
    expect(await one.reserve(reserveOf({ attemptId: attemptAt(Date.now()), ...asked }))).toMatchObject({ ok: true });
    // From here on it goes by what it knows, and no entry of the other is among that.
    expect([await spend(other, 1n), await spend(other, 1n)]).toEqual([true, true]);
    const isGranted = async () => (await other.reserve(reserveOf({ attemptId: attemptAt(Date.now()), ...asked }))).ok;
    expect(await isGranted()).toBe(false);
    await expect.poll(isGranted, { interval: 200 }).toBe(true);
  });

  it("trust their clock when nobody has asked anything for long, and not when one of both has stepped", async () => {
    const ledger = await open();
    await spend(ledger, 1n);
    stepByAMinute(systemClock, "uptime");
    expect(ledger.clockIsTrusted()).toBe(true);
    const asked = reserveOf({ attemptId: attemptAt(Date.now()), amount: 1n, limits });
    expect(await ledger.reserve(asked)).toMatchObject({ ok: false, code: "clock_jumped" });
    expect(ledger.clockIsTrusted()).toBe(false);
  });

  it("go by the database's time where its clock and the process's own have come apart", async () => {
    const ledger = await open();
    await spend(ledger, 1n);
    stepByAMinute(performance, "now");
    const attemptId = attemptAt(Date.now());
    const answer = await ledger.reserve(reserveOf({ attemptId, amount: 1n, limits }));
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && Math.abs(answer.now - Date.now())).toBeLessThan(10_000);
  });
});
