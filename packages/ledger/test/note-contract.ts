import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CloseRequest, Ledger, NoteRequest } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const second = 1_000;
const lifeMs = 15 * 60 * second;
/** How long an attempt's own process is left to tell. */
const ownTurnMs = 10 * second;

/** What becomes of what is to be told to others about an entry. */
export function noteContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`notes in the ${name} ledger`, () => {
    let clock: ManualClock;
    let ledger: Ledger;

    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock });
    });

    /** An attempt that is armed for 50, with a note. */
    async function noted(note = "held by others"): Promise<string> {
      const attemptId = attemptAt(clock.now());
      await ledger.reserve(reserveOf({ attemptId, amount: "50", limits: [limitOf(1_000)] }));
      expect(await ledger.arm({ attemptId, steps: ["root"], note })).toMatchObject({ ok: true, state: "armed" });
      return attemptId;
    }

    const close = async (attemptId: string, amount: string, more: Partial<CloseRequest> = {}) => {
      const spent = [{ asset: native, amount, counterparty: alice }];
      return await ledger.close({ attemptId, scopes: { wallet }, entered: true, inFlight: false, spent, ...more });
    };
    const mark = async (attemptId: string, of: NoteRequest["mark"]) => await ledger.note({ attemptId, mark: of });
    const untold = async () => (await ledger.untold(10)).map(({ attemptId }) => attemptId);

    it("tells of a closed entry what it counts, once its own process has had time to", async () => {
      const attemptId = await noted();
      await close(attemptId, "20");
      clock.pass(ownTurnMs - 1);
      expect(await ledger.untold(10)).toEqual([]);
      clock.pass(1);
      const spent = [{ asset: native, amount: "20", counterparty: alice }];
      expect(await ledger.untold(10)).toMatchObject([{ attemptId, note: "held by others", state: "closed", spent }]);
    });

    it("tells of an entry that nobody has closed all that it holds, once nobody may act on it", async () => {
      const attemptId = await noted();
      clock.pass(lifeMs + ownTurnMs - 1);
      expect(await untold()).toEqual([]);
      clock.pass(1);
      const spent = [{ asset: native, amount: "50", counterparty: alice }];
      expect(await ledger.untold(10)).toMatchObject([{ attemptId, state: "armed", spent }]);
    });

    it("gives an attempt whose call is still in flight the time to close", async () => {
      const attemptId = await noted();
      await close(attemptId, "50", { inFlight: true });
      clock.pass(ownTurnMs);
      expect(await untold()).toEqual([]);
      clock.pass(lifeMs);
      expect(await untold()).toEqual([attemptId]);
    });

    it("tells nothing of what was told, or never had a note", async () => {
      const [told, other] = [await noted(), attemptAt(clock.now())];
      await ledger.reserve(reserveOf({ attemptId: other, amount: "1", limits: [limitOf(1_000)], arm: true }));
      for (const attemptId of [told, other]) await close(attemptId, "1");
      expect(await mark(told, { kind: "told" })).toMatchObject({ ok: true, state: "closed" });
      clock.pass(lifeMs);
      expect(await untold()).toEqual([]);
      // Twice is once.
      expect(await mark(told, { kind: "told" })).toMatchObject({ ok: true });
      expect((await ledger.balances({ limits: [limitOf(1_000)], scopes: { wallet } }))[0]?.counted).toBe("2");
    });

    it("has the note of the last arm that brought one", async () => {
      const attemptId = await noted("first");
      await ledger.arm({ attemptId, steps: ["root"], note: "second" });
      await ledger.arm({ attemptId, steps: ["root"] });
      clock.pass(lifeMs + ownTurnMs);
      expect(await ledger.untold(10)).toMatchObject([{ note: "second" }]);
    });

    it("leaves a note alone until the moment that it was put off to, in every process", async () => {
      const attemptId = await noted();
      await close(attemptId, "20");
      await mark(attemptId, { kind: "later", afterMs: 60 * second });
      clock.pass(60 * second - 1);
      expect(await untold()).toEqual([]);
      clock.pass(1);
      expect(await untold()).toEqual([attemptId]);
    });

    it("keeps what a note was replaced with", async () => {
      const attemptId = await noted();
      await mark(attemptId, { kind: "replaced", note: "something else" });
      await close(attemptId, "20");
      clock.pass(ownTurnMs);
      expect(await ledger.untold(10)).toMatchObject([{ note: "something else" }]);
    });

    it("never tells what was set aside, and goes on with the others", async () => {
      const [broken, sound] = [await noted(), await noted()];
      await mark(broken, { kind: "set_aside", reason: "nobody can read it" });
      for (const attemptId of [broken, sound]) await close(attemptId, "20");
      await mark(broken, { kind: "later", afterMs: 0 });
      clock.pass(lifeMs);
      expect(await untold()).toEqual([sound]);
    });

    it("tells what is due first, and not more than was asked for", async () => {
      const attempts: string[] = [];
      for (let index = 0; index < 4; index += 1) {
        attempts.push(await noted());
        await close(attempts[index] ?? "", "1");
        clock.pass(second);
      }
      await mark(attempts[0] ?? "", { kind: "later", afterMs: ownTurnMs });
      clock.pass(ownTurnMs);
      expect((await ledger.untold(3)).map(({ attemptId }) => attemptId)).toEqual([attempts[1], attempts[2], attempts[3]]);
      expect(await untold()).toEqual([attempts[1], attempts[2], attempts[3], attempts[0]]);
    });

    it("takes no note that says nothing, no time that is none and no attempt that it does not know", async () => {
      const attemptId = await noted();
      expect(await ledger.arm({ attemptId, steps: ["root"], note: "" })).toMatchObject({ ok: false, code: "invalid_request" });
      await expect(async () => await mark(attemptId, { kind: "later", afterMs: Number.NaN })).rejects.toThrow(RangeError);
      await expect(async () => await mark(attemptId, { kind: "replaced", note: "" })).rejects.toThrow(RangeError);
      await expect(async () => await mark(attemptId, { kind: "set_aside", reason: "" })).rejects.toThrow(RangeError);
      expect(await mark(attemptAt(clock.now()), { kind: "told" })).toMatchObject({ ok: false, code: "unknown_step" });
    });
  });
}
