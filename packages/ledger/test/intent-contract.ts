import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { Ledger } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, closeOf, limitOf, native, reserveOf } from "./support/requests.js";

const minute = 60_000;
const times = { lifeMs: 15 * minute, settleWithinMs: 60 * minute, marginMs: 40_000 };

/** What every driver makes of intents: one intended payment executes once. */
export function intentContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`an intent in the ${name} ledger`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock, times });
    });
    afterEach(async () => await ledger.dispose());

    const intent = { key: "i1", content: "5 to alice" };
    const attempt = async ({ key, content } = intent, arm = false) => {
      const attemptId = attemptAt(clock.now());
      const request = { ...reserveOf({ attemptId, amount: "5", limits: [limitOf(100)], arm }), intent: { key, content } };
      return { attemptId, request, answer: await ledger.reserve(request) };
    };
    const failed = { nothingDone: true };

    it("is held by one attempt, and another one at the same is told so", async () => {
      expect((await attempt()).answer.ok).toBe(true);
      expect((await attempt()).answer).toMatchObject({ ok: false, code: "intent_executed" });
      expect((await ledger.balances({ limits: [limitOf(100)] }))[0]?.counted).toBe("5");
    });

    it("with other content is a conflict, whatever became of the first", async () => {
      const first = await attempt();
      const other = { ...intent, content: "6 to alice" };
      expect((await attempt(other)).answer).toMatchObject({ ok: false, code: "intent_conflict" });
      await ledger.close(closeOf(first.attemptId, "5"));
      expect((await attempt(other)).answer).toMatchObject({ ok: false, code: "intent_conflict" });
    });

    it("of another name, or of none, is another payment", async () => {
      await attempt();
      expect((await attempt({ ...intent, key: "i2" })).answer.ok).toBe(true);
      const attemptId = attemptAt(clock.now());
      expect(await ledger.reserve(reserveOf({ attemptId, amount: "5", limits: [limitOf(100)] }))).toMatchObject({ ok: true });
    });

    it("stays with the attempt that spent, and is free where it is proven that nothing came of it", async () => {
      const spender = await attempt(intent, true);
      await ledger.close(closeOf(spender.attemptId, "5"));
      expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      const loser = await attempt({ ...intent, key: "i2" }, true);
      await ledger.close(closeOf(loser.attemptId, "0", failed));
      expect((await attempt({ key: "i2", content: "something else" })).answer.ok).toBe(true);
    });

    describe("in the midst of other payments", () => {
      // Some drivers go by what they know, once a few verbs have gone by undisturbed.
      beforeEach(async () => {
        for (const key of ["i2", "i3"]) await ledger.close(closeOf((await attempt({ ...intent, key }, true)).attemptId, "5"));
      });

      it("stays with the attempt that has just spent", async () => {
        const { attemptId } = await attempt(intent, true);
        await ledger.close(closeOf(attemptId, "5"));
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
        expect((await attempt({ ...intent, content: "6 to alice" })).answer).toMatchObject({ code: "intent_conflict" });
      });

      it("is free to whoever asks in the moment in which it is proven that nothing came of it", async () => {
        const { attemptId } = await attempt(intent, true);
        await ledger.close(closeOf(attemptId, "0"));
        const [, again] = await Promise.all([ledger.close(closeOf(attemptId, "0", failed)), attempt()]);
        expect(again.answer.ok).toBe(true);
      });
    });

    it.each<[string, (attemptId: string) => unknown]>([
      ["its own settlement", (attemptId) => ledger.close(closeOf(attemptId, "5"))],
      [
        "what an operator has set",
        async (attemptId) => {
          await ledger.close(closeOf(attemptId, "0"));
          await ledger.adjust({ attemptId, spent: [{ asset: native, amount: "5" }], reason: "seen on the explorer" });
        },
      ],
    ])("that has spent by %s stays with it, whatever a late or another settlement says", async (_, spend) => {
      const { attemptId } = await attempt(intent, true);
      await spend(attemptId);
      await ledger.close(closeOf(attemptId, "0", failed));
      expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      expect((await ledger.balances({ limits: [limitOf(100)] }))[0]?.counted).toBe("5");
    });

    it("stays where nobody can tell what came of it", async () => {
      const { attemptId } = await attempt(intent, true);
      await ledger.close(closeOf(attemptId, "0"));
      expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
    });

    describe("that a transaction was sent for", () => {
      const lines = [{ asset: native, amount: "5", counterparty: alice }];
      const call = { callId: "c", chainId: "eip155:84532", transactionId: "0xc", lines };
      const sent = async (): Promise<string> => {
        const { attemptId } = await attempt(intent, true);
        await ledger.close({ ...closeOf(attemptId, "5"), spent: lines, calls: [call] });
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
        return attemptId;
      };

      it("stays with the attempt whose call has moved, whatever a late settlement says", async () => {
        const attemptId = await sent();
        await ledger.correct({ attemptId, evidence: [{ callId: "c", verdict: { kind: "moved", blockTime: clock.now() } }] });
        await ledger.close(closeOf(attemptId, "0", failed));
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      });

      it("is free once it is proven that none of it moved anything", async () => {
        const attemptId = await sent();
        await ledger.correct({ attemptId, evidence: [{ callId: "c", verdict: { kind: "never" } }] });
        expect((await attempt()).answer.ok).toBe(true);
      });

      /** An attempt of an intent of its own, whose one call is proven never to have moved anything, and which closes once more. */
      async function closedAgain(key: string, more: object): Promise<boolean> {
        const { attemptId } = await attempt({ ...intent, key }, true);
        const settlement = { ...closeOf(attemptId, "5"), spent: lines, calls: [call] };
        await ledger.close(settlement);
        await ledger.correct({ attemptId, evidence: [{ callId: "c", verdict: { kind: "never" } }] });
        await ledger.close({ ...settlement, ...more });
        return (await attempt({ ...intent, key })).answer.ok;
      }

      it("stays free where the same settlement comes again after the proof", async () => {
        expect(await closedAgain("again", {})).toBe(true);
      });

      it.each([
        ["another call", { calls: [call, { ...call, callId: "d", transactionId: "0xd", lines: [] }] }],
        ["more money", { spent: [{ asset: native, amount: "6", counterparty: alice }] }],
        ["that calls may be missing", { calls: [] }],
        ["that a call has not answered", { inFlight: true }],
      ])("is taken again where a settlement after the proof tells of %s", async (_what, news) => {
        expect(await closedAgain("news", news)).toBe(false);
      });

      it("stays once it is proven that it moved", async () => {
        const attemptId = await sent();
        await ledger.correct({ attemptId, evidence: [{ callId: "c", verdict: { kind: "moved", blockTime: clock.now() } }] });
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      });

      it("stays with an attempt that says it is done, though nothing that it called has left", async () => {
        const { attemptId } = await attempt(intent, true);
        await ledger.close({ ...closeOf(attemptId, "0"), spent: [], calls: [{ ...call, verdict: { kind: "never" } }] });
        await ledger.correct({ attemptId, evidence: [{ callId: "another", verdict: { kind: "never" } }] });
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      });

      it("stays while one of several calls is unproven", async () => {
        const { attemptId } = await attempt(intent, true);
        await ledger.close({ ...closeOf(attemptId, "5"), spent: lines, calls: [call, { ...call, callId: "d", lines: [] }] });
        await ledger.correct({ attemptId, evidence: [{ callId: "c", verdict: { kind: "never" } }] });
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      });

      it("is free where an operator says that nothing was spent, and stays where one says how much", async () => {
        const attemptId = await sent();
        await ledger.adjust({ attemptId, spent: lines, reason: "the explorer shows it" });
        expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
        await ledger.adjust({ attemptId, spent: [], reason: "it was dropped" });
        expect((await attempt()).answer.ok).toBe(true);
      });
    });

    it("stays while a call is in flight, whatever the action said, and when money turns up after all", async () => {
      const { attemptId } = await attempt(intent, true);
      await ledger.close(closeOf(attemptId, "0", { ...failed, inFlight: true }));
      expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
      await ledger.close(closeOf(attemptId, "0", failed));
      await ledger.close(closeOf(attemptId, "5"));
      expect((await attempt()).answer).toMatchObject({ code: "intent_executed" });
    });

    it("that several hold is told by the oldest of them, and its conflict by the oldest that meant something else", async () => {
      const [elder, younger] = [attemptAt(clock.now()), attemptAt(clock.now())];
      const asked = (attemptId: string, content: string) =>
        ledger.reserve({
          ...reserveOf({ attemptId, amount: "5", limits: [limitOf(100)], arm: true }),
          intent: { key: "i1", content },
        });
      // The younger one was given up as nothing done, and its money turned up when the elder had taken its place.
      expect((await asked(younger, "5 to alice")).ok).toBe(true);
      await ledger.close(closeOf(younger, "0", failed));
      expect((await asked(elder, "6 to alice")).ok).toBe(true);
      await ledger.close(closeOf(younger, "5"));
      const third = attemptAt(clock.now());
      expect(await asked(third, "5 to alice")).toMatchObject({ code: "intent_conflict", reason: expect.stringContaining(elder) });
      expect(await asked(third, "6 to alice")).toMatchObject({
        code: "intent_conflict",
        reason: expect.stringContaining(younger),
      });
      expect(await asked(third, "7 to alice")).toMatchObject({ code: "intent_conflict", reason: expect.stringContaining(elder) });
    });

    it("that was only reserved is free after its time, one that was armed is not", async () => {
      await attempt();
      const armed = await attempt({ ...intent, key: "i2" }, true);
      expect(armed.answer.ok).toBe(true);
      clock.pass(times.lifeMs + 1);
      expect((await attempt()).answer.ok).toBe(true);
      expect((await attempt({ ...intent, key: "i2" })).answer).toMatchObject({ code: "intent_executed" });
    });

    it("is no hindrance to the same request again, nor to later steps of its own attempt", async () => {
      const { attemptId, request, answer } = await attempt();
      expect(await ledger.reserve(request)).toEqual(answer);
      const later = reserveOf({ attemptId, stepId: "call", amount: "1", limits: [limitOf(100)] });
      expect(await ledger.reserve(later)).toMatchObject({ ok: true });
    });

    it("is part of the request: the same step with another intent is another request", async () => {
      const { request } = await attempt();
      expect(await ledger.reserve({ ...request, intent: { ...intent, key: "i9" } })).toMatchObject({
        code: "idempotency_mismatch",
      });
    });

    it("is free again when its attempt was refused for want of room", async () => {
      const attemptId = attemptAt(clock.now());
      const request = { ...reserveOf({ attemptId, amount: "101", limits: [limitOf(100)] }), intent };
      expect(await ledger.reserve(request)).toMatchObject({ code: "over_limit" });
      expect((await attempt()).answer.ok).toBe(true);
    });

    it("goes to exactly one of many that ask at once", async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => attempt()));
      expect(answers.filter(({ answer }) => answer.ok)).toHaveLength(1);
    });

    it.each([
      ["without a key", { key: "", content: "x" }],
      ["without content", { key: "x", content: "" }],
      ["whose key holds a NUL", { key: "a\0b", content: "x" }],
    ])("%s is no request", async (_name, odd) => {
      expect((await attempt(odd)).answer).toMatchObject({ code: "invalid_request" });
    });
  });
}
