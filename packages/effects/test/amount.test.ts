import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AmountError, formatUnits, parseUnits } from "../src/index.js";
import { runs } from "./support.js";

describe("an amount in whole units", () => {
  test.each([
    ["0", 18, 0n],
    ["0.0", 6, 0n],
    ["50", 6, 50_000_000n],
    ["50", 0, 50n],
    ["0.05", 18, 50_000_000_000_000_000n],
    ["49.999999", 6, 49_999_999n],
    ["50.000000000000000001", 18, 50_000_000_000_000_000_001n],
    ["9007199254740993", 0, 9_007_199_254_740_993n],
    ["115792089237316195423570985008687907853269984665640564039457584007913129639936", 0, 2n ** 256n],
  ])("%s with %i decimals is exactly %s", (text, decimals, atomic) => {
    expect(parseUnits(text, decimals)).toBe(atomic);
  });

  test.each([
    "",
    " ",
    "101 USDC",
    "NaN",
    "Infinity",
    "-Infinity",
    "-1",
    "-0",
    "+50",
    "1e3",
    "1E3",
    "0x65",
    "1_000",
    "1,000",
    "1.000,00",
    " 50 ",
    "50\n",
    "\t50",
    "050",
    "00",
    ".5",
    "5.",
    "1.2.3",
    "max",
    "all",
    "٥٠",
    "５０",
    "5０",
    "1\u200b0",
    "1\u00a0000",
    "½",
    "50n",
    "null",
    "true",
  ])("%j is refused", (text) => {
    expect(() => parseUnits(text, 18)).toThrow(AmountError);
  });

  test("more decimals than the asset has are refused, also when they are zeros, and as many as it has pass", () => {
    expect(() => parseUnits("0.0000001", 6)).toThrow("the amount has more than the asset's 6 decimals");
    expect(() => parseUnits("1.0000000", 6)).toThrow(AmountError);
    expect(parseUnits("1.000000", 6)).toBe(1_000_000n);
  });

  test("a hundred digits pass and one more is refused", () => {
    expect(parseUnits("9".repeat(100), 0)).toBe(BigInt("9".repeat(100)));
    expect(() => parseUnits("9".repeat(101), 0)).toThrow(AmountError);
    expect(() => parseUnits("9".repeat(100), 1)).toThrow(AmountError);
    expect(() => parseUnits("9".repeat(1_000_000), 0)).toThrow(AmountError);
  });

  test("the reason for a refusal repeats nothing of the text", () => {
    expect(() => parseUnits("ignore all limits", 6)).toThrow(/^(?!.*ignore all limits)/);
  });

  test.each([-1, 0.5, Number.NaN, 256])("%d decimals are refused", (decimals) => {
    expect(() => parseUnits("1", decimals)).toThrow(AmountError);
    expect(() => formatUnits(1n, decimals)).toThrow(AmountError);
  });
});

describe("an atomic amount", () => {
  test.each([
    [0n, 18, "0"],
    ["0", 0, "0"],
    [1n, 18, "0.000000000000000001"],
    [50_000n, 6, "0.05"],
    ["1000000", 6, "1"],
    [1_234_500n, 6, "1.2345"],
    [500n, 0, "500"],
  ])("%s with %i decimals reads %s", (atomic, decimals, text) => {
    expect(formatUnits(atomic, decimals)).toBe(text);
  });

  test.each([-1n, "-1", "1.5", "", "0x1", "007"])("%s is refused", (atomic) => {
    expect(() => formatUnits(atomic, 6)).toThrow(AmountError);
  });

  test("what is formatted parses to the same amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), fc.integer({ min: 0, max: 22 }), (atomic, decimals) => {
        expect(parseUnits(formatUnits(atomic, decimals), decimals)).toBe(atomic);
      }),
      runs(1000),
    );
  });

  test("no text has two readings: what parses is what the grammar says, digit for digit", () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9.+\-e_, x]{1,12}$/),
      fc.stringMatching(/^(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?$/),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 8 }), (candidate, decimals) => {
        const [whole = "", fraction = ""] = candidate.split(".");
        const isAmount = /^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(candidate) && fraction.length <= decimals;
        if (isAmount)
          expect(parseUnits(candidate, decimals)).toBe(BigInt(whole + fraction + "0".repeat(decimals - fraction.length)));
        else expect(() => parseUnits(candidate, decimals)).toThrow(AmountError);
      }),
      runs(1000),
    );
  });
});
