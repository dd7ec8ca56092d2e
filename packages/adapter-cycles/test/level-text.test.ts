import fc from "fast-check";
import { expect, it } from "vitest";
import { levelText } from "../src/level-text.js";

const scale = Number(process.env["TEST_SCALE"] ?? "1");

it.each([
  ["treasurer_1", "treasurer_1"],
  ["0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"],
  ["eip155:1", "eip155.3a1"],
  ["Agent", ".41gent"],
  ["a.b", "a.2eb"],
  ["ü", ".c3.bc"],
  ["a/b", "a.2fb"],
])("%s is written as %s", (value, text) => {
  expect(levelText(value)).toBe(text);
});

it("keeps different values different, although Cycles folds capitals, and fits its alphabet and its length", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.stringMatching(/^[aA.:h]{0,140}$/),
  );
  fc.assert(
    fc.property(value, value, (one, other) => {
      for (const text of [levelText(one), levelText(other)]) expect(text).toMatch(/^[a-z0-9_.-]{1,128}$/);
      expect(levelText(one).toLowerCase() === levelText(other).toLowerCase()).toBe(wellFormed(one) === wellFormed(other));
    }),
    { numRuns: 1_000 * scale },
  );
});

it("tells two addresses apart that differ in a capital only", () => {
  expect(levelText("DRpbCBMxVnDK7maPM5tGv6MvB3v1sRMC86PZ8okm21hy")).not.toBe(
    levelText("dRpbCBMxVnDK7maPM5tGv6MvB3v1sRMC86PZ8okm21hy"),
  );
});

/** Half a character has no bytes of its own. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
