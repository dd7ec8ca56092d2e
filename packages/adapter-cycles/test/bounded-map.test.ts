import { expect, test } from "vitest";
import { BoundedMap } from "../src/bounded-map.js";

/** A map of at least a hundred, in which the keys up to `last` have been set, one after another, each to itself. */
function filled(last: number): BoundedMap<number, number> {
  const map = new BoundedMap<number, number>(100);
  for (let key = 1; key <= last; key += 1) map.set(key, key);
  return map;
}

function kept(map: BoundedMap<number, number>, last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1).filter((key) => map.get(key) !== undefined);
}

test.each([1, 99, 100, 101, 199, 200, 201, 1_234])(
  "of %d, the latest hundred are known, and never more than two hundred",
  (last) => {
    const known = kept(filled(last), last);
    expect(known.at(-1)).toBe(last);
    expect(known.length).toBeGreaterThanOrEqual(Math.min(last, 100));
    expect(known.length).toBeLessThanOrEqual(200);
    // All that is known was set later than all that is not.
    expect(known).toEqual(Array.from({ length: known.length }, (_, index) => last - known.length + 1 + index));
  },
);

test("what was set again counts as set now, with what it was set to last", () => {
  const map = filled(100);
  map.set(1, -1);
  for (let key = 101; key <= 199; key += 1) map.set(key, key);
  expect(map.get(1)).toBe(-1);
  expect(map.get(2)).toBeUndefined();
});
