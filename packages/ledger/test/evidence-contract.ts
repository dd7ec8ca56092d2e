import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CallReport, CloseRequest, Ledger, Limit, Verdict } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, bob, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const chainId = "eip155:84532";

/** What evidence does to entries. */
export function evidenceContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`evidence in the ${name} ledger`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    const limit: Limit = limitOf(100, { window: { kind: "rolling", ms: day } });

    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock });
    });

    const counted = async (of: Limit = limit) => (await ledger.balances({ limits: [of], scopes: { wallet } }))[0]?.counted;
    const call = (callId: string, amount: string, more: Partial<CallReport> = {}): CallReport => {
      return { callId, lines: [{ asset: native, amount, counterparty: alice }], chainId, transactionId: `0x${callId}`, ...more };
    };

    /** An attempt that was armed for so much, and has closed with these calls. */
    async function closed(amount: string, calls: readonly CallReport[], overrides: Partial<CloseRequest> = {}): Promise<string> {
      const attemptId = attemptAt(clock.now());
      expect(await ledger.reserve(reserveOf({ attemptId, amount, limits: [limit], arm: true }))).toMatchObject({ ok: true });
      await close(attemptId, calls, overrides);
      return attemptId;
    }

    async function close(attemptId: string, calls: readonly CallReport[], overrides: Partial<CloseRequest> = {}) {
      const spent = calls.filter(({ verdict }) => verdict?.kind !== "never").flatMap(({ lines }) => lines);
      return await ledger.close({ attemptId, scopes: { wallet }, entered: true, inFlight: false, spent, calls, ...overrides });
    }

    const prove = async (attemptId: string, callId: string, verdict: Verdict) =>
      await ledger.correct({ attemptId, evidence: [{ callId, verdict }] });

    it("that a call never moved anything frees what it held, and nothing else", async () => {
      const attemptId = await closed("50", [call("a", "20"), call("b", "30")]);
      expect(await counted()).toBe("50");
      expect(await prove(attemptId, "a", { kind: "never" })).toMatchObject({ ok: true, state: "closed" });
      expect(await counted()).toBe("30");
    });

    it("that every call is final dates the money at its last block, and not before", async () => {
      const attemptId = await closed("50", [call("a", "20"), call("b", "30")]);
      clock.pass(10 * minute);
      const blockTime = clock.now() - 5 * minute;
      const first = await prove(attemptId, "a", { kind: "moved", blockTime });
      expect(first).toMatchObject({ until: clock.now() + 50 * minute });
      expect(await prove(attemptId, "b", { kind: "moved", blockTime: blockTime - minute })).toMatchObject({ until: blockTime });
      expect(await counted()).toBe("50");
      clock.pass(day - 3 * minute);
      expect(await counted()).toBe("0");
    });

    it("comes twice, in any order, and is told once", async () => {
      const attemptId = await closed("50", [call("a", "20"), call("b", "30")]);
      await prove(attemptId, "b", { kind: "never" });
      await prove(attemptId, "b", { kind: "moved", blockTime: clock.now() });
      await close(attemptId, [call("a", "20"), call("b", "30")]);
      expect(await counted()).toBe("20");
      await prove(attemptId, "a", { kind: "never" });
      await prove(attemptId, "a", { kind: "never" });
      expect(await counted()).toBe("0");
    });

    it("of a call that no close has listed proves nothing, and neither does any of an entry that is open", async () => {
      const attemptId = await closed("50", [call("a", "20")]);
      await prove(attemptId, "b", { kind: "never" });
      expect(await counted()).toBe("20");
      const armed = attemptAt(clock.now());
      await ledger.reserve(reserveOf({ attemptId: armed, amount: "40", limits: [limit], arm: true }));
      expect(await prove(armed, "a", { kind: "never" })).toMatchObject({ ok: true, state: "armed" });
      expect(await counted()).toBe("60");
      expect(await prove(attemptAt(clock.now()), "a", { kind: "never" })).toMatchObject({ ok: false, code: "unknown_step" });
    });

    it("counts for a call in flight once it has answered", async () => {
      const attemptId = await closed("50", [call("a", "20"), call("b", "30")], { inFlight: true });
      await prove(attemptId, "a", { kind: "never" });
      expect(await counted()).toBe("50");
      await close(attemptId, [call("a", "20"), call("b", "30")]);
      expect(await counted()).toBe("30");
    });

    it("never lowers what was spent beyond the calls that were listed, nor its date", async () => {
      const attemptId = await closed("50", [call("a", "20")], { spent: [{ asset: native, amount: "45", counterparty: alice }] });
      expect(await counted()).toBe("45");
      expect(await prove(attemptId, "a", { kind: "moved", blockTime: clock.now() })).toMatchObject({
        until: clock.now() + hour,
      });
      await prove(attemptId, "a", { kind: "never" });
      expect(await counted()).toBe("45");
    });

    it("may come with the close: what failed before it left counts nothing, and cannot be raised by repetition", async () => {
      const attemptId = await closed("50", [call("a", "20", { verdict: { kind: "never" } }), call("b", "30")]);
      expect(await counted()).toBe("30");
      await close(attemptId, [call("a", "20", { verdict: { kind: "never" } }), call("b", "30")]);
      expect(await counted()).toBe("30");
    });

    describe("from a chain, which knows a transaction and no call of the attempt's", () => {
      const seen = (amount: string): CallReport => ({ ...call("0xa", amount), transactionId: "0xa" });

      it("counts once with the attempt's own report, whichever comes first", async () => {
        const early = await closed("30", [seen("30")]);
        await close(early, [call("a", "30")]);
        expect(await counted()).toBe("30");
        const late = await closed("20", [call("b", "20")]);
        await close(late, [{ ...call("0xb", "20"), transactionId: "0xb" }]);
        expect(await counted()).toBe("50");
        for (const { attemptId, callId } of await ledger.unproven(10)) await prove(attemptId, callId, { kind: "never" });
        expect(await counted()).toBe("0");
        expect(await ledger.unproven(10)).toEqual([]);
      });

      it("is proven for the attempt's own report too, which may tell more than a chain shows", async () => {
        const attemptId = await closed("30", [seen("30")]);
        await prove(attemptId, "0xa", { kind: "moved", blockTime: clock.now() });
        await close(attemptId, [call("a", "30"), call("b", "15")]);
        expect(await counted()).toBe("45");
      });

      it("counts all of several calls that one transaction carried", async () => {
        const attemptId = await closed("40", [seen("10")]);
        await close(attemptId, [call("a", "15"), call("b", "25", { transactionId: "0xa" })]);
        expect(await counted()).toBe("40");
      });

      describe("is the attempt's own call whose send raised, and which has no transaction's id", () => {
        const raised = (callId: string, amount: string, more: Partial<CallReport> = {}): CallReport => {
          const { transactionId: _unknown, ...report } = call(callId, amount, more);
          return report;
        };
        const moved = (name: string, amount: string, more: Partial<CallReport> = {}): CallReport => ({
          ...call(name, amount, { nonce: "7", from: wallet, ...more }),
          transactionId: name,
          verdict: { kind: "moved", blockTime: clock.now() },
        });
        const ever = limitOf(100, { window: { kind: "lifetime" } });

        it("counts once, however often its process settles late", async () => {
          const attemptId = await closed("30", [moved("0xa", "30")]);
          for (let time = 0; time < 2; time += 1)
            expect(await close(attemptId, [raised("a", "30", { from: wallet })])).toMatchObject({ until: clock.now() });
          expect(await counted(ever)).toBe("30");
        });

        it.each<[string, () => [readonly CallReport[], readonly CallReport[]], string]>([
          ["there are two calls of as much", () => [[moved("0xa", "30")], [raised("a", "30"), raised("b", "30")]], "60"],
          ["the chain has shown two", () => [[moved("0xa", "30"), moved("0xb", "30")], [raised("a", "30")]], "60"],
          [
            "another report names its transaction",
            () => [[moved("0xa", "30")], [call("a", "30", { transactionId: "0xa" }), raised("b", "30")]],
            "60",
          ],
          ["it moves more", () => [[moved("0xa", "30")], [raised("a", "31")]], "61"],
          [
            "it pays somebody else",
            () => [[moved("0xa", "30")], [raised("a", "30", { lines: [{ asset: native, amount: "30", counterparty: bob }] })]],
            "60",
          ],
          ["its nonce is another", () => [[moved("0xa", "30")], [raised("a", "30", { nonce: "8" })]], "60"],
          ["its wallet is another", () => [[moved("0xa", "30")], [raised("a", "30", { from: "eip155:0xother" })]], "60"],
          ["its chain is another", () => [[moved("0xa", "30")], [raised("a", "30", { chainId: "eip155:1" })]], "60"],
          ["the attempt itself has told what moved", () => [[{ ...moved("0xa", "30"), callId: "a" }], [raised("b", "30")]], "60"],
          ["it may move still", () => [[{ ...call("0xa", "30"), transactionId: "0xa" }], [raised("a", "30")]], "60"],
        ])("but counts beside it where %s", async (_why, calls, counts) => {
          const [first, then] = calls();
          const attemptId = await closed("60", first);
          await close(attemptId, then);
          expect(await counted(ever)).toBe(counts);
        });
      });

      it("is another transaction where the chain is another", async () => {
        const attemptId = await closed("40", [seen("15")]);
        await close(attemptId, [call("a", "15", { chainId: "eip155:1" })]);
        expect(await counted()).toBe("30");
      });
    });

    it("is looked for by transaction, as long as there is something to prove", async () => {
      const attemptId = await closed("50", [call("a", "20", { nonce: "7", from: wallet })]);
      const { transactionId: _unknown, ...withoutId } = call("b", "10");
      await closed("20", [withoutId]);
      expect(await ledger.unproven(10)).toEqual([
        {
          attemptId,
          callId: "a",
          chainId,
          transactionId: "0xa",
          nonce: "7",
          from: wallet,
          reservedAt: clock.now(),
          lines: [{ asset: native, amount: "20", counterparty: alice }],
        },
      ]);
      await prove(attemptId, "a", { kind: "moved", blockTime: clock.now() });
      expect(await ledger.unproven(10)).toEqual([]);
      const later = await closed("10", [call("c", "10")]);
      expect((await ledger.unproven(10)).map((unproven) => unproven.attemptId)).toEqual([later]);
      clock.pass(2 * hour);
      expect(await ledger.unproven(10)).toEqual([]);
    });

    it("that a signature can be used for ever keeps its money in every window, one that is asked for later too", async () => {
      const attemptId = attemptAt(clock.now());
      const signatureDeadline = 8_640_000_000_000_000;
      await ledger.reserve({ ...reserveOf({ attemptId, amount: "60", limits: [limit], arm: true }), signatureDeadline });
      await close(attemptId, [call("a", "60")]);
      expect(await counted(limitOf(100, { id: "later", window: { kind: "calendar", unit: "month" } }))).toBe("60");
      await ledger.adjust({ attemptId, spent: [], reason: "it was never used" });
      expect(await counted()).toBe("0");
      expect(await counted(limitOf(100, { id: "later", window: { kind: "calendar", unit: "month" } }))).toBe("0");
    });

    it("of a block from before the attempt is none: it would take the money out of the windows that it belongs to", async () => {
      const attemptId = await closed("50", [call("a", "20")]);
      const today = limitOf(100);
      const reservedAt = clock.now();
      for (const blockTime of [0, reservedAt - day, reservedAt - 40_001])
        expect(await prove(attemptId, "a", { kind: "moved", blockTime })).toMatchObject({ ok: false, code: "invalid_request" });
      expect(await counted(today)).toBe("20");
      expect(await ledger.unproven(10)).toHaveLength(1);
      // Clocks may be off, and a block's own.
      expect(await prove(attemptId, "a", { kind: "moved", blockTime: reservedAt - 40_000 })).toMatchObject({ ok: true });
    });

    it("of a block from before the attempt, told with its close, dates nothing: the money counts as what nobody has proven", async () => {
      const [today, reservedAt] = [limitOf(100), clock.now()];
      const moved = (blockTime: number) => ({ verdict: { kind: "moved", blockTime } }) as const;
      for (const blockTime of [0, reservedAt - 30 * day, reservedAt - 40_001])
        await closed("10", [call(`early-${blockTime}`, "10", moved(blockTime))]);
      expect([await counted(today), (await ledger.unproven(10)).length]).toEqual(["30", 3]);
      await closed("10", [call("in-time", "10", moved(reservedAt - 40_000))]);
      expect([await counted(today), (await ledger.unproven(10)).length]).toEqual(["40", 3]);
    });

    it("may be older than the entry where a late close was the first that the ledger heard of an attempt", async () => {
      const attemptId = attemptAt(clock.now());
      const blockTime = clock.now() + minute;
      clock.pass(hour);
      await close(attemptId, [call("a", "20")]);
      expect(await prove(attemptId, "a", { kind: "moved", blockTime })).toMatchObject({ ok: true, until: blockTime });
    });

    it("that is no evidence is refused before it touches anything", async () => {
      const attemptId = await closed("50", [call("a", "20")]);
      const blockTimes = [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY];
      for (const blockTime of blockTimes)
        await expect(async () => await prove(attemptId, "a", { kind: "moved", blockTime })).rejects.toThrow(RangeError);
      expect(await counted()).toBe("20");
    });

    it("is what held money waits for, however long that takes", async () => {
      ledger = await open({ clock, times: { unresolved: "hold" } });
      const armed = attemptAt(clock.now());
      await ledger.reserve(reserveOf({ attemptId: armed, amount: "40", limits: [limit], arm: true }));
      const attemptId = await closed("30", [call("a", "30")]);
      clock.pass(100 * day);
      expect(await counted()).toBe("70");
      expect(await ledger.unproven(10)).toHaveLength(1);
      await prove(attemptId, "a", { kind: "moved", blockTime: clock.now() - 2 * day });
      expect(await counted()).toBe("40");
      // Nothing is held where nothing can have left.
      const nothing = attemptAt(clock.now());
      await ledger.reserve(reserveOf({ attemptId: nothing, amount: "30", limits: [limit], arm: true }));
      await close(nothing, []);
      expect(await counted()).toBe("40");
    });

    it("is not waited for where a call moves nothing: a message that was signed keeps no payment beside it", async () => {
      ledger = await open({ clock, times: { unresolved: "hold" } });
      const { transactionId: _none, ...nameless } = call("s", "0", { lines: [] });
      const attemptId = await closed("30", [{ ...nameless, message: true }, call("a", "30")]);
      clock.pass(100 * day);
      expect(await counted()).toBe("30");
      await prove(attemptId, "a", { kind: "moved", blockTime: clock.now() - 2 * day });
      expect(await counted()).toBe("0");
      // One that may move something is.
      const lines = [{ asset: native, amount: "10" }];
      const permitted = await closed("30", [{ ...nameless, callId: "p", lines, message: true }, call("b", "20")]);
      clock.pass(100 * day);
      expect(await prove(permitted, "b", { kind: "moved", blockTime: clock.now() - 2 * day })).toMatchObject({ ok: true });
      expect(await counted()).toBe("30");
    });

    it.each([
      ["that a chain can be asked for", true],
      ["whose send raised, so that no chain can be", false],
    ])("dates what was approved by the call that uses it, one %s", async (_kind, isFound) => {
      const { transactionId: _none, ...nameless } = call("use", "0", { lines: [] });
      const use = isFound ? call("use", "0", { lines: [] }) : nameless;
      const attemptId = await closed("30", [call("approve", "30"), use]);
      const until = clock.now() + hour;
      const approvedAt = clock.now() - 30_000;
      expect(await prove(attemptId, "approve", { kind: "moved", blockTime: approvedAt })).toMatchObject({ until });
      const usedAt = clock.now() + 30 * minute;
      expect(await prove(attemptId, "use", { kind: "moved", blockTime: usedAt })).toMatchObject({ until: usedAt });
    });

    it("dates what was approved by its own block, where the call that was to use it was reverted", async () => {
      const attemptId = await closed("30", [call("approve", "30"), call("use", "0", { lines: [] })]);
      const blockTime = clock.now();
      await prove(attemptId, "approve", { kind: "moved", blockTime });
      expect(await prove(attemptId, "use", { kind: "never" })).toMatchObject({ until: blockTime });
    });

    it("arms a signature's step for as long as the signature lasts", async () => {
      const attemptId = attemptAt(clock.now());
      const signatureDeadline = clock.now() + 5 * hour;
      const request = { ...reserveOf({ attemptId, amount: "10", limits: [limit], arm: true }), signatureDeadline };
      expect(await ledger.reserve(request)).toMatchObject({ until: signatureDeadline });
      expect(await close(attemptId, [call("a", "10")])).toMatchObject({ until: signatureDeadline });
      expect(
        await ledger.reserve({
          ...reserveOf({ attemptId: attemptAt(clock.now()), amount: "10", limits: [limit], arm: true }),
          signatureDeadline: -1,
        }),
      ).toMatchObject({ code: "invalid_request" });
    });

    it("does not arm a step whose earlier steps the ledger has lost", async () => {
      const attemptId = attemptAt(clock.now());
      const later = { ...reserveOf({ attemptId, stepId: "call-1", amount: "10", limits: [limit], arm: true }), relies: ["root"] };
      expect(await ledger.reserve(later)).toMatchObject({ ok: false, code: "unknown_step" });
      expect(await counted()).toBe("0");
      await ledger.reserve(reserveOf({ attemptId, amount: "20", limits: [limit] }));
      expect(await ledger.reserve(later)).toMatchObject({ ok: true, state: "armed" });
      expect(await counted()).toBe("30");
    });
  });
}
