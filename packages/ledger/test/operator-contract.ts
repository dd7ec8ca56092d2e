import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { Ledger, Limit } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, bob, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const hour = 3_600_000;
const day = 24 * hour;
const chainId = "eip155:84532";

/** What operators do to entries, and to a clock. */
export function operatorContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`an operator of the ${name} ledger`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    const limit: Limit = limitOf(100);

    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock });
    });

    const reserve = async (scopes: Parameters<typeof reserveOf>[0]["scopes"] = { wallet }, arm = false) => {
      const attemptId = attemptAt(clock.now());
      return { attemptId, answer: await ledger.reserve(reserveOf({ attemptId, amount: "10", limits: [limit], scopes, arm })) };
    };
    const counted = async () => (await ledger.balances({ limits: [limit], scopes: { wallet } }))[0]?.counted;

    it.each([
      ["a wallet", { scope: "wallet", value: wallet }, { wallet }, { wallet: "eip155:0xother" }],
      ["a user", { scope: "user", value: "mallory" }, { wallet, user: "mallory" }, { wallet, user: "alice" }],
      ["an action", { scope: "action", value: "a.b" }, { wallet, action: "a.b" }, { wallet, action: "a.c" }],
    ] as const)(
      "freezes %s: it reserves and arms nothing, others go on, and what has left is settled",
      async (_what, freeze, its, others) => {
        const { attemptId } = await reserve(its);
        const armed = await reserve(its, true);
        await ledger.freeze({ ...freeze, reason: "stolen" });
        expect((await reserve(its)).answer).toMatchObject({
          ok: false,
          code: "frozen",
          reason: expect.stringContaining("stolen"),
        });
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: false, code: "frozen" });
        expect((await reserve(others)).answer).toMatchObject({ ok: true });
        const spent = [{ asset: native, amount: "10", counterparty: bob }];
        expect(
          await ledger.close({ attemptId: armed.attemptId, scopes: its, entered: true, inFlight: false, spent }),
        ).toMatchObject({ state: "closed" });
        expect(await ledger.freezes()).toEqual([{ ...freeze, reason: "stolen", since: clock.now() }]);
        expect(await ledger.unfreeze(freeze)).toBe(true);
        expect(await ledger.unfreeze(freeze)).toBe(false);
        expect(await ledger.arm({ attemptId, steps: ["root"] })).toMatchObject({ ok: true });
      },
    );

    it("freezes everything at once", async () => {
      await ledger.freeze({ scope: "all", value: "", reason: "drill" });
      expect((await reserve()).answer).toMatchObject({ code: "frozen" });
      await ledger.unfreeze({ scope: "all", value: "" });
      expect((await reserve()).answer).toMatchObject({ ok: true });
    });

    it("cannot freeze what is no scope, has no value, or for no reason", async () => {
      for (const wrong of [
        { scope: "planet", value: "mars", reason: "r" },
        { scope: "user", value: "", reason: "r" },
        { scope: "all", value: "everybody", reason: "r" },
        { scope: "user", value: "u", reason: "" },
        { scope: "user", value: "u", reason: " \t" },
      ])
        await expect(ledger.freeze(wrong as never)).rejects.toThrow(RangeError);
      expect(await ledger.freezes()).toEqual([]);
    });

    it("sets what an attempt counts, with a reason that is kept, and no evidence changes it afterwards", async () => {
      const { attemptId } = await reserve({ wallet }, true);
      expect(
        await ledger.adjust({ attemptId, spent: [{ asset: native, amount: "4" }], reason: "seen on the explorer" }),
      ).toMatchObject({ ok: true, state: "closed" });
      expect(await counted()).toBe("4");
      await ledger.correct({ attemptId, evidence: [{ callId: "a", verdict: { kind: "never" } }] });
      expect(await counted()).toBe("4");
      expect(await ledger.adjust({ attemptId, spent: [], reason: "it was refunded" })).toMatchObject({ ok: true });
      expect(await counted()).toBe("0");
      for (const reason of ["", " "])
        await expect(async () => await ledger.adjust({ attemptId, spent: [], reason })).rejects.toThrow(RangeError);
      expect(await ledger.adjust({ attemptId: attemptAt(clock.now()), spent: [], reason: "r" })).toMatchObject({
        code: "unknown_step",
      });
    });

    it.each([
      ["its date stays where its attempt came to its date", "age", "0"],
      ["it has a date from then on where it was held until evidence", "hold", "9"],
    ] as const)("sets what an attempt that nobody closed counts: %s", async (_what, unresolved, today) => {
      ledger = await open({ clock, times: { unresolved } });
      const ever = limitOf(100, { window: { kind: "lifetime" } });
      const { attemptId } = await reserve({ wallet }, true);
      clock.pass(5 * day);
      expect(await counted()).toBe(unresolved === "hold" ? "10" : "0");
      await ledger.adjust({ attemptId, spent: [{ asset: native, amount: "9" }], reason: "only 9 of it left" });
      expect(await counted()).toBe(today);
      expect(await ledger.balances({ limits: [ever], scopes: { wallet } })).toMatchObject([{ counted: "9" }]);
      clock.pass(5 * day);
      expect(await counted()).toBe("0");
    });

    it.each([
      ["armed", true],
      ["reserved", false],
    ])("gives what an attempt that is still %s counts the whole time in which it can move", async (_state, arm) => {
      const { attemptId } = await reserve({ wallet }, arm);
      expect(await ledger.adjust({ attemptId, spent: [{ asset: native, amount: "9" }], reason: "seen" })).toMatchObject({
        until: clock.now() + hour,
      });
    });

    it("decides what counts until more is told than that: what the attempt itself says is the same money", async () => {
      const { attemptId } = await reserve({ wallet }, true);
      await ledger.adjust({ attemptId, spent: [{ asset: native, amount: "40" }], reason: "seen on the explorer" });
      const lines = (amount: string) => [{ asset: native, amount, counterparty: alice }];
      const told = (amount: string, callId: string) =>
        ledger.close({
          ...{ attemptId, scopes: { wallet }, entered: true, inFlight: false, spent: lines(amount) },
          calls: [{ callId, lines: lines(amount), chainId, transactionId: `0x${callId}` }],
        });
      await told("40", "a");
      expect(await counted()).toBe("40");
      await told("30", "a");
      expect(await counted()).toBe("40");
      await told("45", "b");
      expect(await counted()).toBe("45");
      await ledger.correct({ attemptId, evidence: [{ callId: "b", verdict: { kind: "never" } }] });
      expect(await counted()).toBe("45");
    });

    it("vouches for a clock that was set, and so does a chain that agrees with it", async () => {
      clock.step(hour);
      expect((await reserve()).answer).toMatchObject({ code: "clock_jumped" });
      expect(ledger.clockIsTrusted()).toBe(false);
      expect(ledger.trustClock({ blockTime: clock.now() - 6_000 })).toBe(false);
      // What a program hands on where no node has told it a time.
      for (const none of [{ blockTime: Number.NaN }, { blockTime: undefined }, {}, { operator: false }, { operator: "yes" }])
        expect(ledger.trustClock(none as never), JSON.stringify(none)).toBe(false);
      expect((await reserve()).answer).toMatchObject({ code: "clock_jumped" });
      expect(ledger.trustClock({ blockTime: clock.now() - 4_000 })).toBe(true);
      expect((await reserve()).answer).toMatchObject({ ok: true });
      clock.step(hour);
      expect((await reserve()).answer).toMatchObject({ code: "clock_jumped" });
      expect(ledger.trustClock({ operator: true })).toBe(true);
      expect((await reserve()).answer).toMatchObject({ ok: true });
    });

    it("says that it was written to by a clock ahead, once that is set right, and goes on when true time has come", async () => {
      clock.step(hour);
      ledger.trustClock({ operator: true });
      expect((await reserve({ wallet }, true)).answer).toMatchObject({ ok: true });
      clock.step(-hour);
      ledger.trustClock({ operator: true });
      const aheadUntil = new Date(clock.now() + hour).toISOString();
      expect((await reserve()).answer).toMatchObject({ code: "clock_jumped", reason: expect.stringContaining(aheadUntil) });
      // An old id is old by either clock.
      const attemptId = attemptAt(clock.now() - hour);
      expect(await ledger.reserve(reserveOf({ attemptId, amount: "10", limits: [limit] }))).toMatchObject({ code: "expired" });
      clock.pass(hour);
      expect((await reserve()).answer).toMatchObject({ ok: true });
      expect(await counted()).toBe("20");
    });
  });
}
