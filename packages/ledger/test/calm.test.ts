import { describe, expect, it } from "vitest";
import { type ModelLedger, type ModelLimit, ModelRules } from "./search/rules.js";

/** A tick is a minute here; the times are the ledger's defaults. */
const times = { life: 15, leaveWithin: 5, settleWithin: 60, tolerance: 0, blockError: 1 };
const week = 7 * 24 * 60;

/** Payments of one, asked for every few minutes, each mined in the minute in which it was sent. */
function moved({ window, max }: ModelLimit, evidence: boolean): { readonly ours: number; readonly ideal: number } {
  const rules = new ModelRules(times, [{ window, max }], false);
  let ledger: ModelLedger = { highWater: 0, entries: {} };
  const ideal: number[] = [];
  let ours = 0;
  for (let attempt = 0; attempt * 7 < week; attempt += 1) {
    const now = 100_000 + attempt * 7;
    const reading = { now, jumped: false, highWater: ledger.highWater };
    // An ideal ledger knows what left, and when, and nothing else.
    const since =
      window.kind === "calendar"
        ? Math.floor(now / window.length) * window.length
        : "length" in window
          ? now - window.length + 1
          : 0;
    if (ideal.filter((at) => at >= since).length < max) ideal.push(now);
    const asked = rules.run(ledger, reading, {
      verb: "reserve",
      attempt,
      step: "root",
      amount: 1,
      arm: true,
      deadline: 0,
      relies: [],
    });
    ledger = asked.ledger;
    if (!asked.answer.ok) continue;
    ours += 1;
    const call = { call: 0, amount: 1, found: true, verdict: "live", block: 0 } as const;
    ledger = rules.run(ledger, reading, { verb: "close", attempt, calls: [call], inFlight: false }).ledger;
    if (evidence) ledger = rules.run(ledger, reading, { verb: "correct", attempt, call: 0, verdict: "moved", block: now }).ledger;
  }
  return { ours, ideal: ideal.length };
}

describe("in a calm world the ledger moves at least nine tenths of what one that knew everything would", () => {
  for (const window of [
    { kind: "rolling", length: 24 * 60 },
    { kind: "calendar", length: 24 * 60 },
    { kind: "rolling", length: 60 },
  ] as const) {
    it(`in a ${window.kind} window of ${window.length / 60} hours, with evidence`, () => {
      const { ours, ideal } = moved({ window, max: 5 }, true);
      expect(ideal).toBeGreaterThan(30);
      expect(ours / ideal).toBeGreaterThanOrEqual(0.9);
      expect(ours).toBeLessThanOrEqual(ideal);
    });
  }

  it("in a window of a day, without any evidence", () => {
    const { ours, ideal } = moved({ window: { kind: "rolling", length: 24 * 60 }, max: 5 }, false);
    expect(ours / ideal).toBeGreaterThanOrEqual(0.9);
    expect(ours).toBeLessThanOrEqual(ideal);
  });
});
