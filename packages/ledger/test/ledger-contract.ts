import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CloseRequest, Ledger } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, bob, closeOf, countLimit, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const times = { lifeMs: 15 * minute, settleWithinMs: hour, marginMs: 40_000 };

/** What every driver has to do. A driver hands in how it is opened; the rest is the design's section 8. */
export function ledgerContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`the ${name} ledger`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock, times });
    });
    afterEach(async () => await ledger.dispose());

    const fresh = (): string => attemptAt(clock.now());
    const left = async (limit = limitOf(100)): Promise<string | undefined> =>
      (await ledger.balances({ limits: [limit], scopes: { wallet } }))[0]?.left;
    const reserve = async (amount: bigint | string, max: bigint | string = "100", attemptId = fresh()) => {
      const answer = await ledger.reserve(reserveOf({ attemptId, amount, limits: [limitOf(max)] }));
      return { attemptId, answer };
    };

    it("is not opened with times between two milliseconds, which would be no dates", async () => {
      await expect(open({ clock, times: { ...times, lifeMs: 0.5 } })).rejects.toThrow(RangeError);
    });

    describe("a reserve", () => {
      it("is granted up to the maximum and not one unit beyond", async () => {
        expect((await reserve("60")).answer).toMatchObject({ ok: true, state: "reserved", sendBy: clock.now() + times.lifeMs });
        expect((await reserve("41")).answer).toMatchObject({ ok: false, code: "over_limit", limitId: "budget" });
        expect((await reserve("40")).answer.ok).toBe(true);
        expect((await reserve("1")).answer.ok).toBe(false);
        expect(await left()).toBe("0");
      });

      it.each([2n ** 53n, 2n ** 63n, 2n ** 64n, 2n ** 128n, 2n ** 256n, 2n ** 256n + 2n ** 64n])(
        "is exact at %d",
        async (max) => {
          expect((await reserve(max - 1n, max)).answer.ok).toBe(true);
          expect((await reserve(2n, max)).answer.ok).toBe(false);
          expect((await reserve(1n, max)).answer.ok).toBe(true);
          expect((await ledger.balances({ limits: [limitOf(max)], scopes: { wallet } }))[0]).toMatchObject({
            counted: max.toString(),
            left: "0",
          });
        },
      );

      it("adds amounts of every size up to the last digit", async () => {
        const amounts = [2n ** 53n, 2n ** 64n, 2n ** 128n, 2n ** 256n, 1n];
        const max = amounts.reduce((sum, amount) => sum + amount);
        for (const amount of amounts)
          expect((await reserve(amount.toString(), max.toString())).answer).toMatchObject({ ok: true });
        expect((await reserve("1", max.toString())).answer).toMatchObject({ ok: false, code: "over_limit" });
        expect(await ledger.balances({ limits: [limitOf(max)] })).toMatchObject([{ counted: max.toString(), left: "0" }]);
      });

      it("counts the same request once, and refuses another under the same key", async () => {
        const { attemptId, answer } = await reserve("60");
        expect((await reserve("60", "100", attemptId)).answer).toEqual(answer);
        expect((await reserve("61", "100", attemptId)).answer).toMatchObject({ ok: false, code: "idempotency_mismatch" });
        expect(await left()).toBe("40");
      });

      it("keeps the scopes that it was asked with, whatever the caller makes of them afterwards", async () => {
        const scopes = { wallet };
        await ledger.reserve(reserveOf({ attemptId: fresh(), amount: 60n, limits: [limitOf(100)], scopes }));
        await ledger.close(closeOf(fresh(), 40n, { scopes }));
        scopes.wallet = "eip155:0x0000000000000000000000000000000000000001";
        expect(await left()).toBe("0");
      });

      it("takes all limits or none", async () => {
        const attemptId = fresh();
        const limits = [limitOf(100), limitOf(5, { id: "small", per: [] })];
        expect(await ledger.reserve(reserveOf({ attemptId, amount: "10", limits }))).toMatchObject({
          ok: false,
          limitId: "small",
        });
        expect(await left()).toBe("100");
        expect((await reserve("100", "100", attemptId)).answer.ok).toBe(true);
      });

      it("names the scope that an attempt lacks", async () => {
        const answer = await ledger.reserve(
          reserveOf({ attemptId: fresh(), amount: "1", limits: [limitOf(100, { per: ["wallet", "user"] })] }),
        );
        expect(answer).toMatchObject({ ok: false, code: "missing_scope", reason: expect.stringContaining("per user") });
      });

      it("is not asked for a scope by a limit on another asset", async () => {
        const other = limitOf(100, { asset: "eip155:1/slip44:60", per: ["user"] });
        expect((await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "1", limits: [other] }))).ok).toBe(true);
      });

      it("keeps budgets of different scope values apart", async () => {
        const limits = [limitOf(100)];
        expect((await reserve("100")).answer.ok).toBe(true);
        expect(
          (await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "100", limits, scopes: { wallet: "eip155:0xother" } })))
            .ok,
        ).toBe(true);
      });

      it("counts per counterparty by line", async () => {
        const limits = [limitOf(100, { per: ["counterparty"] })];
        const pay = async (counterparty: string, amount: string) =>
          (await ledger.reserve(reserveOf({ attemptId: fresh(), amount, limits, counterparty }))).ok;
        expect([await pay(alice, "100"), await pay(bob, "100"), await pay(alice, "1")]).toEqual([true, true, false]);
      });

      it("is a query: another id, another maximum or a reload finds the same balance, and a new limit the stored lines", async () => {
        await reserve("60");
        expect(
          (await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "50", limits: [limitOf(100, { id: "renamed" })] }))).ok,
        ).toBe(false);
        expect(
          (await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "50", limits: [limitOf(109, { per: [] })] }))).ok,
        ).toBe(false);
        expect(
          (await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "50", limits: [limitOf(110, { per: [] })] }))).ok,
        ).toBe(true);
      });

      it.each(["-1", "1.5", "1e3", "", "01", " 1", "0x1"])("refuses the amount %j", async (amount) => {
        expect((await reserve(amount)).answer).toMatchObject({ ok: false, code: "invalid_request" });
      });

      it("refuses an id that is older than a life, and one from the future", async () => {
        expect((await reserve("1", "100", attemptAt(clock.now() - times.lifeMs - 1))).answer).toMatchObject({ code: "expired" });
        expect((await reserve("1", "100", attemptAt(clock.now() + 60_000))).answer).toMatchObject({ code: "clock_jumped" });
        expect((await reserve("1", "100", attemptAt(clock.now() + 9_000))).answer.ok).toBe(true);
        expect((await reserve("1", "100", "1")).answer).toMatchObject({ code: "invalid_request" });
        expect((await reserve("1", "100", attemptAt(clock.now() - times.lifeMs))).answer.ok).toBe(true);
      });
    });

    describe("a reserved entry", () => {
      it("counts until its time to send has passed, and then not at all", async () => {
        const { attemptId, answer } = await reserve("60");
        clock.pass(times.lifeMs);
        expect(await left()).toBe("40");
        clock.pass(1);
        expect(await left()).toBe("100");
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "expired" });
        expect(answer).toMatchObject({ state: "reserved" });
      });

      it("takes further steps, which do not move its time", async () => {
        const { attemptId, answer } = await reserve("60");
        clock.pass(minute);
        const step = await ledger.reserve(reserveOf({ attemptId, stepId: "call-1", amount: "10", limits: [limitOf(100)] }));
        expect(step).toEqual({ ...answer, now: clock.now() });
        expect(await left()).toBe("30");
      });

      it("is free again when it is closed with nothing spent", async () => {
        const { attemptId } = await reserve("60");
        expect(await ledger.close(closeOf(attemptId, 0n))).toMatchObject({ state: "closed" });
        expect(await left()).toBe("100");
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "closed" });
        expect((await reserve("60", "100", attemptId)).answer).toMatchObject({ ok: false, code: "closed" });
      });
    });

    describe("an armed entry", () => {
      const armed = async (amount = "60") => {
        const { attemptId } = await reserve(amount);
        return { attemptId, answer: await ledger.arm({ attemptId, steps: ["root"] }) };
      };

      it("has until its sending time plus the horizon", async () => {
        const { answer } = await armed();
        const sendBy = clock.now() + times.lifeMs;
        expect(answer).toEqual({ ok: true, state: "armed", now: clock.now(), sendBy, until: sendBy + times.settleWithinMs });
      });

      it("is the same when it was reserved and armed at once", async () => {
        const answer = await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "60", limits: [limitOf(100)], arm: true }));
        const sendBy = clock.now() + times.lifeMs;
        expect(answer).toEqual({ ok: true, state: "armed", now: clock.now(), sendBy, until: sendBy + times.settleWithinMs });
      });

      it("counts everywhere until then, and afterwards at that date, without any close", async () => {
        const { answer } = await armed();
        const limit = limitOf(100, { window: { kind: "rolling", ms: hour } });
        const until = answer.ok ? answer.until : 0;
        clock.pass(until - clock.now());
        expect(await left(limit)).toBe("40");
        clock.pass(hour + 2 * times.marginMs);
        expect(await left(limit)).toBe("40");
        clock.pass(1);
        expect(await left(limit)).toBe("100");
        expect(await left(limitOf(100, { window: { kind: "lifetime" } }))).toBe("40");
      });

      it("is renewed while it may be sent, and never afterwards", async () => {
        const { attemptId } = await armed();
        clock.pass(times.lifeMs);
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: true, sendBy: clock.now() + times.lifeMs });
        clock.pass(times.lifeMs + 1);
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "expired" });
      });

      it("lasts as long as the signature it covers", async () => {
        const { attemptId } = await reserve("60");
        const signatureDeadline = clock.now() + 10 * hour;
        expect(await ledger.arm({ attemptId, steps: ["root"], signatureDeadline })).toMatchObject({ until: signatureDeadline });
        expect(await ledger.close(closeOf(attemptId, 60n))).toMatchObject({ until: signatureDeadline });
      });

      it("relies on steps that were reserved", async () => {
        const { attemptId } = await reserve("60");
        expect(await ledger.arm({ attemptId, steps: ["root", "call-1"] })).toMatchObject({ ok: false, code: "unknown_step" });
        expect(await ledger.arm({ attemptId: fresh(), steps: ["root"] })).toMatchObject({ ok: false, code: "unknown_step" });
      });

      it("is the same request whatever else was reserved meanwhile, which it relies on too", async () => {
        const { attemptId } = await armed();
        const step = {
          ...reserveOf({ attemptId, stepId: "call-1", amount: "10", limits: [limitOf(100)], arm: true }),
          relies: ["root"],
        };
        expect(await ledger.reserve(step)).toMatchObject({ ok: true });
        expect(await ledger.reserve({ ...step, relies: ["root", "call-1"] })).toMatchObject({ ok: true });
        expect((await ledger.balances({ limits: [limitOf(100)] }))[0]?.counted).toBe("70");
      });

      it("takes further steps until its sending time", async () => {
        const { attemptId } = await armed();
        const step = { attemptId, stepId: "call-1", amount: "10", limits: [limitOf(100)] };
        expect(await ledger.reserve(reserveOf(step))).toMatchObject({ ok: true, state: "armed" });
        clock.pass(times.lifeMs + 1);
        expect(await ledger.reserve(reserveOf({ ...step, stepId: "call-2" }))).toMatchObject({ ok: false, code: "expired" });
      });

      it("closes with what was spent; the rest is free", async () => {
        const { attemptId } = await armed();
        expect(await ledger.close(closeOf(attemptId, 25n))).toEqual({
          ok: true,
          state: "closed",
          now: clock.now(),
          sendBy: clock.now() + times.lifeMs,
          until: clock.now() + times.settleWithinMs,
        });
        expect(await left()).toBe("75");
      });

      it("stays armed while a call is in flight, and closes once it has answered", async () => {
        const { attemptId } = await armed();
        expect(await ledger.close(closeOf(attemptId, 25n, { inFlight: true }))).toMatchObject({ state: "armed" });
        expect(await left()).toBe("40");
        expect(await ledger.close(closeOf(attemptId, 25n))).toMatchObject({ state: "closed" });
        expect(await left()).toBe("75");
      });

      it("books the truth above what was reserved, and blocks further spending", async () => {
        const { attemptId } = await armed();
        await ledger.close(closeOf(attemptId, 500n));
        expect((await ledger.balances({ limits: [limitOf(100)], scopes: { wallet } }))[0]).toMatchObject({
          counted: "500",
          left: "0",
        });
        expect((await reserve("1")).answer.ok).toBe(false);
      });
    });

    describe("a closed entry", () => {
      it("is raised by a later close, and never lowered", async () => {
        const { attemptId } = await reserve("60");
        await ledger.arm({ attemptId, steps: ["root"] });
        await ledger.close(closeOf(attemptId, 25n));
        for (const spent of [40n, 10n, 0n, 40n]) await ledger.close(closeOf(attemptId, spent));
        expect(await left()).toBe("60");
      });

      it("counts in the window of its date, and leaves it with the window", async () => {
        clock.pass(11 * hour);
        const { attemptId } = await reserve("60");
        await ledger.arm({ attemptId, steps: ["root"] });
        // Closed at 23:00 it may still move until midnight, and with the margin it counts for the next day too.
        await ledger.close(closeOf(attemptId, 60n));
        clock.pass(hour + 2 * times.marginMs);
        expect(await left()).toBe("40");
        clock.pass(day);
        expect(await left()).toBe("100");
      });
    });

    describe("an attempt that the ledger does not know", () => {
      it("is refused for ever once it was closed: a late reserve finds the tombstone", async () => {
        const attemptId = fresh();
        expect(await ledger.close(closeOf(attemptId, 0n, { entered: false }))).toMatchObject({ state: "void" });
        expect((await reserve("60", "100", attemptId)).answer).toMatchObject({ ok: false, code: "closed" });
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "closed" });
        expect(await left()).toBe("100");
      });

      it("is booked when money was spent all the same", async () => {
        const attemptId = fresh();
        expect(await ledger.close(closeOf(attemptId, 30n))).toMatchObject({ state: "closed" });
        expect(await left()).toBe("70");
      });
    });

    describe("a limit on actions", () => {
      const limits = [countLimit(2, { window: { kind: "rolling", ms: hour } })];
      const act = async () => {
        const attemptId = fresh();
        return { attemptId, answer: await ledger.reserve(reserveOf({ attemptId, amount: "0", limits, counted: true })) };
      };

      it("counts attempts, also when they closed or expired", async () => {
        const first = await act();
        await ledger.close(closeOf(first.attemptId, 0n));
        expect((await act()).answer.ok).toBe(true);
        clock.pass(times.lifeMs + 1);
        expect((await act()).answer).toMatchObject({ ok: false, code: "over_limit" });
      });

      it("does not count one whose body was never entered", async () => {
        const first = await act();
        await ledger.close(closeOf(first.attemptId, 0n, { entered: false }));
        expect([(await act()).answer.ok, (await act()).answer.ok, (await act()).answer.ok]).toEqual([true, true, false]);
      });

      it("that are open counts them for as long as their entry is open", async () => {
        const open = [countLimit(1, { window: { kind: "open" } })];
        const begin = async () => {
          const attemptId = fresh();
          const answer = await ledger.reserve(reserveOf({ attemptId, amount: "0", limits: open, counted: true, arm: true }));
          return { attemptId, granted: answer.ok };
        };
        const first = await begin();
        clock.pass(10 * minute);
        expect((await begin()).granted).toBe(false);
        await ledger.close(closeOf(first.attemptId, 0n));
        expect((await begin()).granted).toBe(true);
      });

      it("that are open counts one until what it sent is final, as a limit on its money does", async () => {
        const open = [countLimit(1, { window: { kind: "open" } }), limitOf(1, { window: { kind: "open" } })];
        const ofActions = open.slice(0, 1);
        const begin = async (limits = ofActions) => {
          const attemptId = fresh();
          const request = reserveOf({ attemptId, amount: "1", limits, counted: true, arm: true });
          return { attemptId, granted: (await ledger.reserve(request)).ok };
        };
        const send = async (limits = ofActions) => {
          const { attemptId } = await begin(limits);
          const lines = [{ asset: native, amount: "1", counterparty: alice }];
          const calls = [{ callId: "c", lines, chainId: "eip155:84532", transactionId: "0x1" }];
          await ledger.close(closeOf(attemptId, 1n, { calls }));
          return attemptId;
        };
        const proven = await send(open);
        expect((await ledger.balances({ limits: open })).map(({ counted }) => counted)).toEqual(["1", "1"]);
        expect((await begin()).granted).toBe(false);
        await ledger.correct({
          attemptId: proven,
          evidence: [{ callId: "c", verdict: { kind: "moved", blockTime: clock.now() } }],
        });
        clock.pass(times.marginMs);
        expect((await begin()).granted).toBe(false);
        clock.pass(1);
        // What never was in a block lets go at once, and what nobody proves at its date.
        const never = await send();
        await ledger.correct({ attemptId: never, evidence: [{ callId: "c", verdict: { kind: "never" } }] });
        await send();
        clock.pass(times.settleWithinMs + times.marginMs);
        expect((await begin()).granted).toBe(false);
        clock.pass(1);
        // And what nobody closes at its own.
        expect((await begin()).granted).toBe(true);
        clock.pass(times.lifeMs + times.settleWithinMs + times.marginMs);
        expect((await begin()).granted).toBe(false);
        clock.pass(1);
        expect((await begin()).granted).toBe(true);
      });

      it("shows as open no more than it counts: an action of yesterday is none of today's", async () => {
        const day = countLimit(5);
        clock.pass(Date.parse("2026-11-25T23:55:00Z") - clock.now());
        const attempt = reserveOf({ attemptId: fresh(), amount: "0", limits: [day], counted: true, arm: true });
        expect(await ledger.reserve(attempt)).toMatchObject({ ok: true });
        expect(await ledger.balances({ limits: [day] })).toMatchObject([{ counted: "1", open: "1" }]);
        clock.pass(6 * minute);
        expect(await ledger.balances({ limits: [day], scopes: { wallet } })).toMatchObject([
          { counted: "0", open: "0", left: "5" },
        ]);
      });

      it("dates them by their reserve", async () => {
        await act();
        clock.pass(30 * minute);
        await act();
        clock.pass(30 * minute + 2 * times.marginMs + 1);
        expect([(await act()).answer.ok, (await act()).answer.ok]).toEqual([true, false]);
      });
    });

    describe("a window", () => {
      it("of an attempt counts that attempt's steps only", async () => {
        const limits = [limitOf(10, { window: { kind: "attempt" } })];
        const attemptId = fresh();
        const step = async (id: string, stepId: string) =>
          (await ledger.reserve(reserveOf({ attemptId: id, stepId, amount: "6", limits }))).ok;
        expect([await step(attemptId, "root"), await step(attemptId, "call-1"), await step(fresh(), "root")]).toEqual([
          true,
          false,
          true,
        ]);
      });

      it("of what is open frees itself when an entry is closed and its money cannot move any more", async () => {
        const limit = limitOf(100, { window: { kind: "open" } });
        const { attemptId } = await reserve("60");
        await ledger.arm({ attemptId, steps: ["root"] });
        expect(await left(limit)).toBe("40");
        await ledger.close(closeOf(attemptId, 60n));
        expect(await left(limit)).toBe("40");
        clock.pass(times.settleWithinMs + times.marginMs + 1);
        expect(await left(limit)).toBe("100");
      });

      it.each([
        ["hour", "2026-11-25T12:59:00Z", "2026-11-25T14:00:00Z"],
        ["day", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z"],
        ["week", "2026-11-25T12:00:00Z", "2026-11-30T00:00:00Z"],
        ["month", "2026-11-25T12:00:00Z", "2026-12-01T00:00:00Z"],
      ] as const)("of a calendar %s ends where the calendar says, after the margins", async (unit, from, end) => {
        const limit = limitOf(100, { window: { kind: "calendar", unit } });
        clock.pass(Date.parse(from) - clock.now());
        const { attemptId } = await reserve("60");
        await ledger.arm({ attemptId, steps: ["root"] });
        await ledger.close(closeOf(attemptId, 60n));
        clock.pass(Date.parse(end) + times.marginMs - 1 - clock.now());
        expect(await left(limit)).toBe("40");
        clock.pass(1);
        expect(await left(limit)).toBe("100");
      });
    });

    describe("the clock", () => {
      it.each([6_000, -6_000, 86_400_000])(
        "that stepped by %d ms refuses reserve and arm until it is right again",
        async (step) => {
          const { attemptId } = await reserve("60");
          clock.step(step);
          expect((await reserve("1", "100", attemptAt(clock.now()))).answer).toMatchObject({ ok: false, code: "clock_jumped" });
          expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "clock_jumped" });
          clock.step(-step);
          expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: true });
          expect(await left()).toBe("40");
        },
      );

      it("within its tolerance goes on, and never backwards", async () => {
        const { answer } = await reserve("1");
        clock.step(-4_000);
        const later = await reserve("1", "100", attemptAt(clock.now()));
        expect(later.answer).toMatchObject({ ok: true, sendBy: answer.ok ? answer.sendBy : 0 });
      });

      it("that jumped leaves the date of what is closed meanwhile", async () => {
        const { attemptId } = await reserve("60");
        const answer = await ledger.arm({ attemptId, steps: ["root"] });
        clock.step(-day);
        expect(await ledger.close(closeOf(attemptId, 60n))).toMatchObject({
          state: "closed",
          until: answer.ok ? answer.until : 0,
        });
      });
    });

    describe("balances", () => {
      it("list every combination of scope values, and what of it is open", async () => {
        const { attemptId } = await reserve("60");
        await ledger.reserve(reserveOf({ attemptId: fresh(), amount: "5", limits: [], scopes: { wallet: "eip155:0xother" } }));
        await ledger.close(closeOf(attemptId, 20n));
        const balances = await ledger.balances({ limits: [limitOf(100), limitOf(100, { id: "all", per: [] })] });
        const base = { asset: native, unit: "amount", max: "100" };
        expect(balances).toHaveLength(3);
        expect(balances).toEqual(
          expect.arrayContaining([
            { ...base, limitId: "budget", scope: { wallet }, counted: "20", open: "0", left: "80" },
            { ...base, limitId: "budget", scope: { wallet: "eip155:0xother" }, counted: "5", open: "5", left: "95" },
            { ...base, limitId: "all", scope: {}, counted: "25", open: "5", left: "75" },
          ]),
        );
        expect(await ledger.assets()).toEqual([native]);
      });

      it("of nothing are zero for everybody and absent for nobody", async () => {
        expect(await ledger.balances({ limits: [limitOf(100, { per: [] }), limitOf(100)] })).toMatchObject([
          { counted: "0", left: "100", scope: {} },
        ]);
      });
    });

    it("refuses to be closed with what is no amount, and every verb once it is disposed", async () => {
      const attemptId = fresh();
      const close = async (request: CloseRequest): Promise<unknown> => await ledger.close(request);
      await expect(close({ ...closeOf(attemptId, 1n), spent: [{ asset: native, amount: "1.5" }] })).rejects.toThrow(RangeError);
      await ledger.dispose();
      await expect(close(closeOf(attemptId, 1n))).rejects.toMatchObject({ code: "ledger_disposed" });
      await expect(ledger.balances({ limits: [] })).rejects.toMatchObject({ code: "ledger_disposed" });
    });
  });
}
