import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTimeZone, periodStart } from "../src/calendar.js";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CalendarWindow, Limit } from "../src/ledger.js";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { attemptAt, limitOf, reserveOf, wallet } from "./support/requests.js";

const hour = 3_600_000;

const startOf = (unit: CalendarWindow["unit"], timeZone: string | undefined, moment: string): string => {
  const window = timeZone === undefined ? { kind: "calendar", unit } : { kind: "calendar", unit, timeZone };
  return new Date(periodStart(window as CalendarWindow, Date.parse(moment))).toISOString().replace(".000Z", "Z");
};

describe("a calendar window begins", () => {
  it.each([
    // unit, zone, moment, start
    ["hour", undefined, "2026-11-25T12:34:56Z", "2026-11-25T12:00:00Z"],
    ["day", undefined, "2026-11-25T23:59:59.999Z", "2026-11-25T00:00:00Z"],
    ["week", undefined, "2026-11-25T12:00:00Z", "2026-11-23T00:00:00Z"],
    ["month", undefined, "2026-02-28T12:00:00Z", "2026-02-01T00:00:00Z"],
    ["day", "Europe/Berlin", "2026-11-25T23:30:00Z", "2026-11-25T23:00:00Z"],
    ["day", "America/New_York", "2026-11-25T04:59:59Z", "2026-11-24T05:00:00Z"],
    ["week", "Asia/Kathmandu", "2026-11-22T18:15:00Z", "2026-11-22T18:15:00Z"],
    ["week", "Asia/Kathmandu", "2026-11-22T18:14:59Z", "2026-11-15T18:15:00Z"],
    ["month", "Pacific/Kiritimati", "2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z"],
    ["hour", "Asia/Kathmandu", "2026-11-25T12:34:56Z", "2026-11-25T12:15:00Z"],
    // Where midnight is left out, the day begins after it.
    ["day", "America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z"],
    // A day that a zone has skipped altogether.
    ["day", "Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z"],
  ] as const)("%s in %s at %s: %s", (unit, zone, moment, start) => {
    expect(startOf(unit, zone, moment)).toBe(start);
  });

  it.each([
    ["2026-03-29", 23],
    ["2026-10-25", 25],
    ["2026-11-25", 24],
  ])("so that %s has %d hours in Berlin", (date, hours) => {
    const noon = Date.parse(`${date}T12:00:00Z`);
    const window = { kind: "calendar", unit: "day", timeZone: "Europe/Berlin" } as const;
    const start = periodStart(window, noon);
    const next = periodStart(window, noon + 24 * hour);
    expect((next - start) / hour).toBe(hours);
  });

  it("no later than the moment, and at its own start", () => {
    const zone = fc.constantFrom(
      undefined,
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Asia/Tehran",
      "Pacific/Apia",
    );
    const unit = fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const);
    fc.assert(
      fc.property(zone, unit, fc.integer({ min: 0, max: Date.UTC(2040, 0, 1) }), (timeZone, of, moment) => {
        const window: CalendarWindow =
          timeZone === undefined ? { kind: "calendar", unit: of } : { kind: "calendar", unit: of, timeZone };
        const start = periodStart(window, moment);
        const longest = { hour: 1, day: 50, week: 8 * 24, month: 32 * 24 }[of] * hour;
        expect(start).toBeLessThanOrEqual(moment);
        expect(moment - start).toBeLessThan(longest);
        expect(periodStart(window, start)).toBe(start);
      }),
      { numRuns: 300 },
    );
  });

  it("in no zone that does not exist", () => {
    expect(["Europe/Berlin", "UTC"].map(isTimeZone)).toEqual([true, true]);
    expect(["Mars/Olympus", "", "Europe/Berlin; DROP"].map(isTimeZone)).toEqual([false, false, false]);
  });
});

describe("at midnight", () => {
  const native = "eip155:84532/slip44:60";

  /** Moves 99 of 100 at a time of day, and asks for 99 more at one of the next day. */
  async function bothDays(first: string, second: string, window: Limit["window"]): Promise<boolean> {
    const clock = new ManualClock(Date.parse(`2026-11-25T${first}Z`));
    const ledger = openMemoryLedger({ clock });
    const ask = async (attemptId: string) =>
      await ledger.reserve(reserveOf({ attemptId, amount: "99", limits: [limitOf(100, { window })], arm: true }));
    const attemptId = attemptAt(clock.now());
    expect(await ask(attemptId)).toMatchObject({ ok: true });
    const call = { callId: "a", chainId: "eip155:84532", transactionId: "0xa", lines: [{ asset: native, amount: "99" }] };
    await ledger.close({ attemptId, scopes: { wallet }, entered: true, inFlight: false, spent: call.lines, calls: [call] });
    await ledger.correct({ attemptId, evidence: [{ callId: "a", verdict: { kind: "moved", blockTime: clock.now() } }] });
    clock.pass(Date.parse(`2026-11-26T${second}Z`) - clock.now());
    return (await ask(attemptAt(clock.now()))).ok;
  }

  it.each([
    // What moved within the margin of clocks before midnight may have moved after it: it counts in both days.
    ["23:59:59.999", "00:00:00.000", { kind: "calendar", unit: "day" }, false],
    ["23:59:59.999", "12:00:00.000", { kind: "calendar", unit: "day" }, false],
    ["23:59:00.000", "00:00:00.000", { kind: "calendar", unit: "day" }, false],
    ["23:59:00.000", "00:00:40.000", { kind: "calendar", unit: "day" }, true],
    ["23:59:00.000", "00:00:40.000", { kind: "calendar", unit: "day", timeZone: "America/New_York" }, false],
    ["04:59:00.000", "00:00:40.000", { kind: "calendar", unit: "day", timeZone: "America/New_York" }, true],
    ["23:59:00.000", "00:00:40.000", { kind: "rolling", ms: 24 * hour }, false],
    ["23:59:00.000", "23:59:00.000", { kind: "rolling", ms: 24 * hour }, false],
    ["23:59:00.000", "23:59:00.000", { kind: "rolling", ms: 23 * hour }, true],
  ] as const)("99 at %s and 99 at %s of the next day, in %j: %s", async (first, second, window, isGranted) => {
    expect(await bothDays(first, second, window)).toBe(isGranted);
  });
});
