import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CloseRequest, Ledger, Limit } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, bob, closeOf, countLimit, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const times = { lifeMs: 900_000, settleWithinMs: 3_600_000, marginMs: 40_000 };
const carol = "eip155:84532:0x90f79bf6eb2c4f870365e785982e1f101e93b906";
const perPayee = limitOf(1_000, { id: "payee", per: ["counterparty"] });
const everyone = limitOf(1_000, { id: "all", per: [] });

/** What becomes of money whose close knows more, or less, than the reserve did. */
export function bookingContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`what a ${name} ledger books`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock, times });
    });
    afterEach(async () => await ledger.dispose());

    const counted = async (limit: Limit, counterparty?: string): Promise<string | undefined> => {
      const scopes = { wallet, ...(counterparty === undefined ? {} : { counterparty }) };
      return (await ledger.balances({ limits: [limit], scopes }))[0]?.counted;
    };
    const armed = async (...held: (readonly [counterparty: string | undefined, amount: string])[]): Promise<string> => {
      const attemptId = attemptAt(clock.now());
      const lines = held.map(([counterparty, amount]) => {
        return { unit: "amount", asset: native, amount, ...(counterparty === undefined ? {} : { counterparty }) } as const;
      });
      expect(await ledger.reserve({ attemptId, stepId: "root", scopes: { wallet }, lines, limits: [], arm: true })).toMatchObject(
        { ok: true },
      );
      return attemptId;
    };
    const close = async (attemptId: string, spent: CloseRequest["spent"], overrides: Partial<CloseRequest> = {}) =>
      await ledger.close(closeOf(attemptId, 0n, { spent, ...overrides }));
    const to = (counterparty: string | undefined, amount: string) => ({
      asset: native,
      amount,
      ...(counterparty === undefined ? {} : { counterparty }),
    });

    it("money without a receiver counts for the one counterparty that it was held for", async () => {
      await close(await armed([alice, "10"]), [to(undefined, "7")]);
      expect([await counted(perPayee, alice), await counted(everyone)]).toEqual(["7", "7"]);
    });

    it("money without a receiver counts for each counterparty that it may have reached, and once for all others", async () => {
      await close(await armed([alice, "10"], [bob, "5"]), [to(undefined, "7"), to(bob, "2")]);
      expect([await counted(perPayee, alice), await counted(perPayee, bob), await counted(perPayee, carol)]).toEqual([
        "7",
        "9",
        "0",
      ]);
      expect(await counted(everyone)).toBe("9");
    });

    it("money that nobody knew of counts for the receiver that the close names", async () => {
      await close(attemptAt(clock.now()), [to(carol, "7")]);
      expect([await counted(perPayee, carol), await counted(everyone)]).toEqual(["7", "7"]);
    });

    it("what is in flight is not counted twice, whether or not its receiver is named", async () => {
      const spents = [[to(undefined, "10")], [to(alice, "10")], [to(bob, "3")]];
      for (const spent of spents) {
        const attemptId = await armed([alice, "10"], [bob, "5"]);
        expect(await close(attemptId, spent, { inFlight: true })).toMatchObject({ state: "armed" });
        expect(await counted(everyone)).toBe("15");
        await close(attemptId, []);
        expect(await counted(everyone)).toBe("0");
      }
      await close(await armed([undefined, "10"]), [to(alice, "4")], { inFlight: true });
      expect([await counted(everyone), await counted(perPayee, alice)]).toEqual(["10", "4"]);
    });

    it("a later close raises what an earlier one booked as nothing, for the counterparty that it was held for", async () => {
      const attemptId = await armed([alice, "10"]);
      await close(attemptId, []);
      expect(await counted(everyone)).toBe("0");
      await close(attemptId, [to(undefined, "6")]);
      expect([await counted(everyone), await counted(perPayee, alice)]).toEqual(["6", "6"]);
    });

    it("a later close neither lowers nor repeats what an earlier one booked without a receiver", async () => {
      const attemptId = await armed([alice, "10"], [bob, "10"]);
      await close(attemptId, [to(undefined, "12")]);
      for (const amount of ["12", "3", "15", "15"]) await close(attemptId, [to(undefined, amount)]);
      expect([await counted(everyone), await counted(perPayee, alice), await counted(perPayee, bob)]).toEqual(["15", "15", "15"]);
      await close(attemptId, []);
      expect(await counted(everyone)).toBe("15");
    });

    it("a later close that raises dates the money anew, and one that repeats leaves the date", async () => {
      const attemptId = await armed([alice, "10"]);
      await close(attemptId, [to(alice, "4")]);
      clock.pass(1_800_000);
      const until = clock.now() + times.settleWithinMs;
      expect(await close(attemptId, [to(alice, "6")])).toMatchObject({ until });
      clock.pass(1_800_000);
      expect(await close(attemptId, [to(alice, "6")])).toMatchObject({ until });
    });

    it("other assets of the attempt are left as they are", async () => {
      const attemptId = await armed([alice, "10"]);
      const other = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
      await close(attemptId, [to(alice, "4"), { asset: other, amount: "9" }]);
      await close(attemptId, [{ asset: other, amount: "11" }]);
      expect([await counted(everyone), await counted(limitOf(100, { asset: other }))]).toEqual(["4", "11"]);
      expect(await ledger.assets()).toEqual([other, native]);
    });

    it("a scope that only the close names counts too, and one that the entry names stays", async () => {
      const attemptId = await armed([alice, "10"]);
      await close(attemptId, [to(alice, "4")], { scopes: { wallet: "eip155:0xother", user: "u1" } });
      const [user] = await ledger.balances({ limits: [limitOf(100, { per: ["user", "wallet"] })] });
      expect(user).toMatchObject({ scope: { user: "u1", wallet }, counted: "4" });
    });

    it("an action that was not entered by one account and was by another counts", async () => {
      const limit = countLimit(5, { window: { kind: "lifetime" } });
      const attemptId = attemptAt(clock.now());
      await ledger.reserve(reserveOf({ attemptId, amount: "1", limits: [limit], counted: true }));
      await close(attemptId, [], { entered: false });
      expect(await counted(limit)).toBe("0");
      await close(attemptId, []);
      expect(await counted(limit)).toBe("1");
      await close(attemptId, [], { entered: false });
      expect(await counted(limit)).toBe("1");
    });

    it.each([-86_400_000, 864_000_000])(
      "while the clock is off by %d ms, what was never armed is dated by the anchor",
      async (step) => {
        const attemptId = attemptAt(clock.now());
        clock.step(step);
        const right = clock.now() - step;
        expect(await close(attemptId, [to(alice, "7")])).toMatchObject({ state: "closed", until: right + times.settleWithinMs });
        expect(await counted(everyone)).toBe("7");
        clock.step(-step);
        expect(await counted(everyone)).toBe("7");
      },
    );

    it("an armed entry that aged counts as open for the margin, as a closed one does", async () => {
      await armed([alice, "10"]);
      const limit = limitOf(100, { window: { kind: "open" } });
      clock.pass(times.lifeMs + times.settleWithinMs + times.marginMs);
      expect(await counted(limit)).toBe("10");
      clock.pass(1);
      expect(await counted(limit)).toBe("0");
    });
  });
}
