import fc from "fast-check";
import { expect, it } from "vitest";
import { cyclesAdapterOptions, fixedPrices } from "../src/cycles-adapter-options.js";
import { priceOfText, priceText, worthOf } from "../src/price.js";

const scale = Number(process.env["TEST_SCALE"] ?? "1");
const [eth, usdc] = ["eip155:84532/slip44:60", "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"];

function pricesOf(prices: Record<string, { worth: string; decimals: number }>, unit?: "CREDITS") {
  const options = { baseUrl: "https://cycles.example.com", apiKey: "k", tenant: "acme", prices, ...(unit && { unit }) };
  return fixedPrices(cyclesAdapterOptions.parse(options));
}

it("is exact in the units of a budget: a dollar is 10^8 USD_MICROCENTS", () => {
  const prices = pricesOf({ [usdc]: { worth: "1", decimals: 6 }, [eth]: { worth: "2500.50", decimals: 18 } });
  expect(worthOf([{ asset: usdc, amount: "1" }], prices)).toBe(100n);
  expect(worthOf([{ asset: eth, amount: "1000000000000000000" }], prices)).toBe(250_050_000_000n);
  expect(
    worthOf(
      [
        { asset: eth, amount: "1" },
        { asset: usdc, amount: "7" },
      ],
      prices,
    ),
    "a wei is rounded up, once",
  ).toBe(701n);
  expect(worthOf([], prices)).toBe(0n);
});

it("counts units of another kind as they are", () => {
  expect(worthOf([{ asset: usdc, amount: "2500000" }], pricesOf({ [usdc]: { worth: "2", decimals: 6 } }, "CREDITS"))).toBe(5n);
});

it("tells which asset has no price, and that an amount has no bound", () => {
  const prices = pricesOf({ [usdc]: { worth: "1", decimals: 6 } });
  expect(
    worthOf(
      [
        { asset: usdc, amount: "1" },
        { asset: eth, amount: "1" },
      ],
      prices,
    ),
  ).toEqual({ unpriced: eth });
  expect(worthOf([{ asset: usdc, amount: "unlimited" }], prices)).toBe("unlimited");
});

it("is never less than what was spent, and less than one unit more", () => {
  const price = fc.record({ units: fc.bigInt(1n, 2n ** 90n), atomic: fc.bigInt(1n, 2n ** 90n) });
  const line = fc.record({ amount: fc.bigInt(0n, 2n ** 256n - 1n), price });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      const prices = new Map(lines.map(({ price: of }, index) => [`a${index}`, of]));
      const worth = worthOf(
        lines.map(({ amount }, index) => ({ asset: `a${index}`, amount: String(amount) })),
        prices,
      );
      // Every fraction over the product of all denominators.
      const over = lines.reduce((product, { price: { atomic } }) => product * atomic, 1n);
      const exact = lines.reduce((sum, { amount, price: { units, atomic } }) => sum + amount * units * (over / atomic), 0n);
      if (typeof worth !== "bigint") throw new Error(`no worth: ${JSON.stringify(worth)}`);
      expect(worth * over >= exact && (worth - 1n) * over < exact).toBe(true);
    }),
    { numRuns: 300 * scale },
  );
});

it("goes through text and comes back, and rubbish does not", () => {
  const price = { units: 2n ** 80n, atomic: 10n ** 18n };
  expect(priceOfText(priceText(price))).toEqual(price);
  for (const text of ["", "1", "1/0", "-1/1", "1/1/1", "1.5/1", "1/"]) expect(() => priceOfText(text), text).toThrow(SyntaxError);
});

it.each(["0", "0.00", "-1", "1e3", ".5", "1.", "01", " 1", "١"])("is not given as %j", (worth) => {
  expect(() => pricesOf({ [usdc]: { worth, decimals: 6 } })).toThrow();
});
