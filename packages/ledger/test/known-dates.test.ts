import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KnownDates } from "../src/known-dates.js";

const runs = Math.ceil(300 * Number(process.env["TEST_SCALE"] ?? 1));

/** Dates go up, with some from before; a window begins further on from time to time. */
const step = fc.record({
  later: fc.integer({ min: 0, max: 3 }),
  back: fc.constantFrom(0, 0, 0, 1, 40),
  amount: fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  moves: fc.constantFrom(0, 0, 1, 5),
});
const way = fc.record({
  stored: fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 80 }),
  limit: fc.constantFrom(0, 3, 64),
  steps: fc.array(step, { minLength: 1, maxLength: 400 }),
});

/** What a database would tell of a window: its first dates, and before which there are no others. */
function fetched(all: ReadonlyMap<number, bigint>, since: number, limit: number) {
  const sorted = [...all].filter(([date]) => date >= since).sort(([one], [other]) => one - other);
  const dates = sorted.slice(0, limit).map(([date, amount]) => [date, amount.toString()] as const);
  return { name: "w", since, sum: "0", dates, before: sorted.length < limit ? null : (dates.at(-1)?.[0] ?? since) };
}

function sumOf(all: ReadonlyMap<number, bigint>, from: number, before: number): bigint {
  return [...all].reduce((sum, [date, amount]) => (date >= from && date < before ? sum + amount : sum), 0n);
}

describe("what is known of a tally's dates", () => {
  it("is what there is, or is not told, whatever is added and however its window moves", () => {
    let told = 0;
    fc.assert(
      fc.property(way, ({ stored, limit, steps }) => {
        const all = new Map(stored.map((date) => [date, BigInt(date + 1)]));
        let since = 5;
        const known = limit === 0 && stored.length === 0 ? KnownDates.none() : KnownDates.of([fetched(all, since, limit)]);
        let now = 90;
        for (const { later, back, amount, moves } of steps) {
          now += later;
          const date = Math.max(0, now - back);
          all.set(date, (all.get(date) ?? 0n) + amount);
          since += moves;
          known.add(new Map([[date, amount]]), new Map([["w", { since, sum: 0n }]]));
          for (const [from, before] of [
            [since, since + 5],
            [since, now + 1],
            [since - 3, since],
            [now - 2, Number.MAX_SAFE_INTEGER],
          ] as const) {
            const sum = known.sum(from, before);
            if (sum === undefined) continue;
            told += 1;
            expect(sum).toBe(sumOf(all, from, before));
          }
        }
      }),
      { numRuns: runs },
    );
    // Something is told in most worlds, or this tests nothing.
    expect(told).toBeGreaterThan(3 * runs);
  });

  it("goes on to be told as its window moves over as many dates as one likes", () => {
    const known = KnownDates.none();
    for (let now = 0; now < 10_000; now += 1) {
      const since = Math.max(0, now - 50);
      expect(known.sum(since - 1, since)).toBe(since === 0 ? undefined : 2n);
      known.add(new Map([[now, 2n]]), new Map([["w", { since, sum: 0n }]]));
    }
  });

  it("holds no more than a bounded number of dates, the next ones to leave", () => {
    const known = KnownDates.none();
    const windows = new Map([["w", { since: 0, sum: 0n }]]);
    for (let now = 0; now < 1_000; now += 1) known.add(new Map([[now, 1n]]), windows);
    expect([known.sum(0, 64), known.sum(0, 129), known.sum(0, 1_000)]).toEqual([64n, undefined, undefined]);
  });
});
