import fc from "fast-check";
import { expect, it } from "vitest";
import { isoTime } from "../src/iso-time.js";

it("writes every moment as a Date does, in whatever order they come", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }), { maxLength: 5 }),
      (moments) => {
        for (const ms of [...moments, ...moments.map((moment) => Math.min(moment + 1, 8_640_000_000_000_000))]) {
          expect(isoTime(ms)).toBe(new Date(ms).toISOString());
        }
      },
    ),
  );
});

it("knows no text for what is no time", () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 8_640_000_000_000_001]) expect(() => isoTime(ms)).toThrow(RangeError);
});
