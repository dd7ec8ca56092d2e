import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { Ledger, Limit, ReserveRequest } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { alice, attemptAt, closeOf, countLimit, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const times = { lifeMs: 900_000, settleWithinMs: 3_600_000, marginMs: 40_000 };

/** Limits that say nothing exact; one that was let through would count too little. */
const badLimits: readonly (readonly [string, unknown])[] = [
  ["a window of no length", { window: { kind: "rolling", ms: 0 } }],
  ["a window of negative length", { window: { kind: "rolling", ms: -1 } }],
  ["a window whose length is no number", { window: { kind: "rolling", ms: Number.NaN } }],
  ["a window of endless length", { window: { kind: "rolling", ms: Number.POSITIVE_INFINITY } }],
  ["a window whose length is text", { window: { kind: "rolling", ms: "3600000" } }],
  ["a window that does not exist", { window: { kind: "fortnight" } }],
  ["a calendar unit that does not exist", { window: { kind: "calendar", unit: "fortnight" } }],
  ["a scope that does not exist", { per: ["team"] }],
  ["a scope that every object inherits", { per: ["constructor"] }],
  ["no asset", { asset: undefined }],
  ["an asset with a blank, which parts the names of balances", { asset: `${native} user` }],
  ["a unit that does not exist", { unit: "dollars" }],
  ["an asset for a count", { unit: "actions" }],
  ["a maximum with a fraction", { max: "1.5" }],
  ["a maximum that is a number", { max: 100 }],
  ["an empty maximum", { max: "" }],
];

/** What every driver refuses before it looks at any budget. */
export function requestContract(name: string, open: (options: LedgerOptions) => Promise<Ledger>): void {
  describe(`what a ${name} ledger is asked`, () => {
    let clock: ManualClock;
    let ledger: Ledger;
    beforeEach(async () => {
      clock = new ManualClock();
      ledger = await open({ clock, times });
    });
    afterEach(async () => await ledger.dispose());

    const fresh = (): string => attemptAt(clock.now());
    const request = (overrides: Partial<ReserveRequest> = {}): ReserveRequest => ({
      ...reserveOf({ attemptId: fresh(), amount: "1", limits: [limitOf(100)] }),
      ...overrides,
    });

    it.each(badLimits)("is refused with a limit that has %s, by a balance too", async (_what, overrides) => {
      const limit = { ...limitOf(100), ...(overrides as object) } as Limit;
      expect(await ledger.reserve(request({ limits: [limit] }))).toMatchObject({
        ok: false,
        code: "invalid_request",
        limitId: "budget",
      });
      await expect(ledger.balances({ limits: [limit] })).rejects.toThrow(RangeError);
    });

    it("is granted with every window that exists", async () => {
      const calendar = (["hour", "day", "week", "month"] as const).map((unit) => ({ kind: "calendar", unit }) as const);
      const windows = [
        { kind: "attempt" },
        { kind: "rolling", ms: 1 },
        { kind: "lifetime" },
        { kind: "open" },
        ...calendar,
      ] as const;
      const limits = windows.map((window) => limitOf(100, { window, per: ["wallet", "counterparty"] }));
      expect(await ledger.reserve(request({ limits: [...limits, countLimit(1)] }))).toMatchObject({ ok: true });
    });

    it.each([
      ["an asset that is empty", { lines: [{ unit: "amount", asset: "", amount: "1" }] }],
      ["an asset with a blank", { lines: [{ unit: "amount", asset: `${native} wallet`, amount: "1" }] }],
      ["an amount that is a number", { lines: [{ unit: "amount", asset: native, amount: 1 }] }],
      ["a unit that does not exist", { lines: [{ unit: "dollars", amount: "1" }] }],
      ["a counterparty with a NUL", { lines: [{ unit: "amount", asset: native, amount: "1", counterparty: `${alice}\0` }] }],
      ["a scope value with a NUL", { scopes: { wallet, user: "u1\0u2" } }],
      ["a scope value with half a character", { scopes: { wallet, user: "u1\ud83d" } }],
      ["a scope value that is no text", { scopes: { wallet, user: 1 } }],
      ["an empty step", { stepId: "" }],
      ["an upper-case id", { attemptId: "019ABC00-0000-7000-8000-000000000000" }],
      ["an id of another version", { attemptId: "019abc00-0000-4000-8000-000000000000" }],
    ])("is refused with %s", async (_what, overrides) => {
      expect(await ledger.reserve(request(overrides as unknown as Partial<ReserveRequest>))).toMatchObject({
        code: "invalid_request",
      });
      expect(await ledger.assets()).toEqual([]);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, -1, 1.5])(
      "is not armed for a signature until %d",
      async (signatureDeadline) => {
        const first = request();
        const answer = await ledger.reserve(first);
        expect(await ledger.arm({ attemptId: first.attemptId, steps: ["root"], signatureDeadline })).toMatchObject({
          code: "invalid_request",
        });
        expect(await ledger.reserve(first)).toEqual(answer);
        expect(await ledger.arm({ attemptId: first.attemptId, steps: ["root"], signatureDeadline: clock.now() })).toMatchObject({
          ok: true,
        });
      },
    );

    it("is refused where a step names another wallet than the attempt's first, and granted where it names none", async () => {
      const first = request();
      await ledger.reserve(first);
      const step = request({ attemptId: first.attemptId, stepId: "call-1", limits: [limitOf(100)] });
      expect(await ledger.reserve({ ...step, scopes: { wallet: "eip155:0xother" } })).toMatchObject({ code: "invalid_request" });
      expect(await ledger.reserve({ ...step, scopes: {} })).toMatchObject({ ok: true });
      expect((await ledger.balances({ limits: [limitOf(100)] })).map(({ counted }) => counted)).toEqual(["2"]);
    });

    it("counts an attempt's earlier steps under a scope that a later step is the first to name", async () => {
      const limits = [limitOf(100, { per: ["user"] })];
      const attemptId = fresh();
      const step = async (stepId: string, amount: string) =>
        await ledger.reserve(reserveOf({ attemptId, stepId, amount, limits, scopes: { wallet, user: "u1" } }));
      await ledger.reserve(reserveOf({ attemptId, amount: "60", limits: [] }));
      expect(await step("call-1", "41")).toMatchObject({ ok: false, code: "over_limit" });
      expect(await step("call-2", "40")).toMatchObject({ ok: true });
      expect(await ledger.balances({ limits })).toMatchObject([{ scope: { user: "u1" }, counted: "100", left: "0" }]);
    });

    it("asks a limit nothing where the amount is nothing: not its scope, nor its room", async () => {
      const attemptId = fresh();
      await ledger.close(closeOf(attemptId, 500n));
      const none = reserveOf({
        attemptId: fresh(),
        amount: "0",
        limits: [limitOf(100), limitOf(0, { id: "user", per: ["user"] })],
      });
      expect(await ledger.reserve(none)).toMatchObject({ ok: true });
      expect(await ledger.reserve(request({ limits: [limitOf(0)] }))).toMatchObject({ code: "over_limit" });
    });

    it("a clock that tells parts of a millisecond does no harm, neither then nor later", async () => {
      for (const part of [0.25, 0.5, -0.75]) {
        clock.step(part);
        expect(await ledger.reserve(request({ attemptId: attemptAt(Math.floor(clock.now())) }))).toMatchObject({ ok: true });
      }
    });

    it("a clock that reads nothing is not trusted", async () => {
      clock.step(Number.NaN);
      expect(await ledger.reserve(request({ attemptId: "019abc00-0000-7000-8000-000000000000" }))).toMatchObject({
        code: "clock_jumped",
      });
    });
  });
}
