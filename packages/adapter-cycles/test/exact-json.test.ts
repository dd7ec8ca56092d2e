import fc from "fast-check";
import { parse } from "lossless-json";
import { expect, it } from "vitest";
import { readExact, writeExact } from "../src/wire/exact-json.js";

const scale = Number(process.env["TEST_SCALE"] ?? "1");

it("keeps every digit of every whole number, wherever it stands", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n })), fc.string(), (amounts, name) => {
      expect(readExact(writeExact({ [`a${name}`]: amounts }))).toEqual({ [`a${name}`]: amounts });
    }),
    { numRuns: 500 * scale },
  );
});

it("writes what any other reader of JSON understands, and reads what any other writes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const body = { value };
      expect(JSON.parse(writeExact(body))).toEqual(JSON.parse(JSON.stringify(body)));
      const back = JSON.stringify(readExact(JSON.stringify(body)), (_, part: unknown) =>
        typeof part === "bigint" ? Number(part) : part,
      );
      expect(JSON.parse(back)).toEqual(JSON.parse(JSON.stringify(body)));
    }),
    { numRuns: 500 * scale },
  );
});

it("leaves out what is undefined", () => {
  expect(writeExact({ a: 9_223_372_036_854_775_807n, b: undefined, c: null })).toBe('{"a":9223372036854775807,"c":null}');
});

it.each([
  '{"amount":1}',
  '{"amount":9007199254740993}',
  '{"amount": -12, "more": [1.5, 2e3, 1.0, -0], "none": {} }',
  '{"text":"\\"amount\\": 1.5, 12345678901234567890"}',
  '{"a":{"amount":1},"b":{"amount":1},"c":[{"amount":1}]}',
  '{"amount" : 1}',
  '{"amount":1,"amount":1}',
  "12345678901234567890",
  "-1",
  "null",
])("reads %s as the exact reader does, whichever has read it", (text) => {
  const exact = parse(text, undefined, (digits) => (/^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits)));
  expect(readExact(text)).toEqual(exact);
});

it("reads any JSON as the exact reader does, however it is spaced", () => {
  const spaced = fc.tuple(fc.jsonValue(), fc.constantFrom(0, 1, "\t"));
  fc.assert(
    fc.property(spaced, ([value, space]) => {
      const text = JSON.stringify(value, undefined, space);
      const exact = parse(text, undefined, (digits) => (/^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits)));
      expect(readExact(text)).toEqual(exact);
    }),
    { numRuns: 500 * scale },
  );
});

it.each([
  ["two values under one key", '{"amount":1,"amount":2}'],
  ["two values under one key, differently spaced", '{"amount":1,"amount" :2}'],
  ["two values under one key, beside text that looks like a name", '{"amount":1,"amount":2,"text":"\\":"}'],
  ["a number with a zero before it", '{"amount":01}'],
  ["half a body", '{"amount":1'],
  ["nothing", ""],
  ["more after the end", '{"amount":1} {}'],
  ["a nesting that overflows the stack", "[".repeat(100_000)],
])("refuses %s", (_, text) => {
  expect(() => readExact(text)).toThrow(SyntaxError);
});

it("reads objects that inherit nothing, not even what a program was polluted with", () => {
  const polluted = Object.prototype as { decision?: string };
  polluted.decision = "ALLOW";
  try {
    expect((readExact('{"a":{}}') as { a: { decision?: string } }).a.decision).toBeUndefined();
  } finally {
    delete polluted.decision;
  }
});

it("reads a member called __proto__ as a member", () => {
  const read = readExact('{"__proto__":{"decision":"ALLOW"}}') as { decision?: unknown };
  expect(read.decision).toBeUndefined();
  expect(Object.keys(read)).toEqual(["__proto__"]);
});
