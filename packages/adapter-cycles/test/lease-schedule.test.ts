import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LeaseSchedule, type LeaseStep } from "../src/lease-schedule.js";

const scale = Number(process.env["TEST_SCALE"] ?? "1");

function delayOf(step: LeaseStep): number {
  if (step.kind !== "extend") throw new Error(step.problem);
  return step.afterMs;
}

describe("after an answer", () => {
  it("the next extension leaves room for one that fails, one that repeats it, and a margin: the protocol's own example", () => {
    const step = new LeaseSchedule(10_000).succeeded({ remainingMs: 61_500, rttMs: 1_500, nowMs: 0 });
    expect(step).toEqual({ kind: "extend", afterMs: 37_000, isRetry: false });
    expect(delayOf(new LeaseSchedule(30_000).succeeded({ remainingMs: 60_000, rttMs: 1_500, nowMs: 0 }))).toBe(0);
  });

  it("a lease that is too short is extended at once, and given up if that does not make it longer", () => {
    const schedule = new LeaseSchedule(2_000);
    expect(schedule.succeeded({ remainingMs: 3_000, rttMs: 10, nowMs: 0 })).toEqual({
      kind: "extend",
      afterMs: 0,
      isRetry: false,
    });
    expect(schedule.succeeded({ remainingMs: 3_000, rttMs: 10, nowMs: 20 })).toMatchObject({ kind: "stop" });
    const additive = new LeaseSchedule(2_000);
    additive.succeeded({ remainingMs: 3_000, rttMs: 10, nowMs: 0 });
    expect(delayOf(additive.succeeded({ remainingMs: 63_000, rttMs: 10, nowMs: 20 }))).toBeGreaterThan(0);
  });

  it("the slowest answer so far is what is planned with", () => {
    const schedule = new LeaseSchedule(1_000);
    schedule.succeeded({ remainingMs: 60_000, rttMs: 4_000, nowMs: 0 });
    expect(delayOf(schedule.succeeded({ remainingMs: 60_000, rttMs: 0, nowMs: 9_000 }))).toBe(60_000 - 2 * 8_000 - 8_000);
  });

  it("two whole attempts and the margin always fit before the end, whatever the numbers", () => {
    const times = fc.record({
      timeoutMs: fc.integer({ min: 1, max: 60_000 }),
      remainingMs: fc.integer({ min: 0, max: 86_400_000 }),
      rttMs: fc.double({ min: 0, max: 120_000, noNaN: true }),
    });
    fc.assert(
      fc.property(times, ({ timeoutMs, remainingMs, rttMs }) => {
        const step = new LeaseSchedule(timeoutMs).succeeded({ remainingMs, rttMs, nowMs: 0 });
        const afterMs = delayOf(step);
        expect(Number.isInteger(afterMs) && afterMs >= 0).toBe(true);
        if (afterMs > 0)
          expect(afterMs + 2 * Math.max(timeoutMs, 1_000, 2 * rttMs) + Math.max(1_000, 2 * rttMs)).toBeLessThanOrEqual(
            remainingMs - rttMs,
          );
      }),
      { numRuns: 500 * scale },
    );
  });
});

describe("after a failure", () => {
  /** A lease of a minute, of which the last answer was at 0. */
  function aMinute(): LeaseSchedule {
    const schedule = new LeaseSchedule(2_000);
    schedule.succeeded({ remainingMs: 60_000, rttMs: 0, nowMs: 0 });
    return schedule;
  }

  it("it is repeated with its key after a quarter of what is left, and sooner each time", () => {
    const schedule = aMinute();
    expect(schedule.failed({ nowMs: 40_000, isBusy: false })).toEqual({ kind: "extend", afterMs: 5_000, isRetry: true });
    expect(schedule.failed({ nowMs: 47_000, isBusy: false })).toEqual({ kind: "extend", afterMs: 3_250, isRetry: true });
    expect(schedule.failed({ nowMs: 53_000, isBusy: false }), "what fits before an attempt and the margin").toMatchObject({
      afterMs: 1_750,
    });
  });

  it("it is given up once no whole attempt and its margin fit", () => {
    expect(aMinute().failed({ nowMs: 57_000, isBusy: false })).toMatchObject({ afterMs: 0 });
    expect(aMinute().failed({ nowMs: 57_001, isBusy: false })).toMatchObject({ kind: "stop" });
  });

  it("without any time between two of them it is given up", () => {
    const schedule = aMinute();
    schedule.failed({ nowMs: 40_000, isBusy: false });
    expect(schedule.failed({ nowMs: 40_000, isBusy: false })).toMatchObject({ kind: "stop" });
    const atTheEdge = aMinute();
    atTheEdge.failed({ nowMs: 57_000, isBusy: false });
    expect(atTheEdge.failed({ nowMs: 57_000, isBusy: false })).toMatchObject({ kind: "stop" });
  });

  it("a server that asks for patience gets exactly that, or the lease is given up", () => {
    expect(aMinute().failed({ nowMs: 40_000, isBusy: true, retryAfterMs: 17_000 })).toEqual({
      kind: "extend",
      afterMs: 17_000,
      isRetry: true,
    });
    expect(aMinute().failed({ nowMs: 40_000, isBusy: true, retryAfterMs: 17_001 })).toMatchObject({ kind: "stop" });
    expect(aMinute().failed({ nowMs: 40_000, isBusy: true })).toMatchObject({ kind: "stop" });
  });

  it("an answer makes everything as new", () => {
    const schedule = aMinute();
    schedule.failed({ nowMs: 40_000, isBusy: false });
    schedule.succeeded({ remainingMs: 60_000, rttMs: 0, nowMs: 46_000 });
    expect(schedule.failed({ nowMs: 46_000, isBusy: false })).toMatchObject({ kind: "extend", afterMs: 15_000 });
  });
});
