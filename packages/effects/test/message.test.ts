import type { JsonValue } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../src/decode.js";
import { callOf, runs } from "./support.js";

/** The kind of what a wallet is asked to sign as a message, by its arguments as the guard holds them. */
function kindOf(...payload: JsonValue[]): string | undefined {
  const effects = decode(callOf({ method: "sign_message", walletMethod: "signMessage", payload }));
  expect(effects).toHaveLength(1);
  return effects[0]?.kind;
}

const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;
const tagged = (bytes: Uint8Array) => ({ $bytes: Buffer.from(bytes).toString("base64") });
const hash = Uint8Array.from({ length: 32 }, (_, index) => 255 - 7 * index);

describe("a message of exactly 32 bytes", () => {
  // A smart account's owner signs a user operation, or a transaction of a Safe, in this very way.
  test.each<[string, JsonValue]>([
    ["hexadecimal text", hexOf(hash)],
    ["hexadecimal text in upper case", `0x${hexOf(hash).slice(2).toUpperCase()}`],
    ["bytes, as Python and TypeScript hand them over", tagged(hash)],
    ["viem's raw text", { raw: hexOf(hash) }],
    ["viem's raw bytes", { raw: tagged(hash) }],
    ["nothing but zeros", tagged(new Uint8Array(32))],
    ["raw letters", tagged(new TextEncoder().encode("a".repeat(32)))],
    ["text with what no person writes", `${"a".repeat(31)}\u0001`],
    ["text of fewer letters beyond ASCII", "é".repeat(16)],
  ])("as %s may be a hash", (_what, message) => {
    expect(kindOf(message)).toBe("sign_hash");
  });

  test.each([
    "Sign in to example.com, 30 July.",
    "a".repeat(32),
    "0123456789abcdef0123456789abcdef",
    `line one\n${"b".repeat(23)}`,
  ])("as plain text, such as %j, is a message", (text) => {
    expect(Buffer.byteLength(text)).toBe(32);
    expect(kindOf(text)).toBe("sign_message");
  });

  test("is never taken for a message where it is given as bytes, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        for (const message of [hexOf(bytes), tagged(bytes), { raw: hexOf(bytes) }, { raw: tagged(bytes) }]) {
          expect(kindOf(message)).toBe("sign_hash");
        }
      }),
      runs(200),
    );
  });
});

describe("a message of another length", () => {
  test.each<[string, JsonValue]>([
    ["text", "hello"],
    ["no text at all", ""],
    ["digits without 0x", hexOf(hash).slice(2)],
    ["a hash that a sentence names", `I agree to ${hexOf(hash)}`],
    ["hexadecimal text of 31 bytes", hexOf(hash.slice(1))],
    ["hexadecimal text of 33 bytes", `${hexOf(hash)}00`],
    ["bytes", tagged(hash.slice(1))],
    ["viem's raw text", { raw: "0xabcd" }],
    ["viem's raw bytes", { raw: tagged(hash.slice(1)) }],
  ])("such as %s is a message", (_what, message) => {
    expect(kindOf(message)).toBe("sign_message");
  });

  test("stays one whatever it says", () => {
    const texts = fc.string({ unit: "grapheme", maxLength: 200 }).filter((text) => Buffer.byteLength(text) !== 32);
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!/^0x[0-9a-f]{64}$/i.test(text));
        expect(kindOf(text)).toBe("sign_message");
      }),
      runs(500),
    );
  });
});

describe("a message that nobody can read", () => {
  test.each<[string, JsonValue[]]>([
    ["nothing", []],
    ["a number", [5]],
    ["an object of another form", [{ message: "hello" }]],
    ["raw text that is no bytes", [{ raw: "hello" }]],
    ["raw bytes with more beside them", [{ raw: hexOf(hash), prefix: "" }]],
    ["a list", [["hello"]]],
    ["something after it", ["hello", "eip712"]],
  ])("such as %s is unknown", (_what, payload) => {
    expect(kindOf(...payload)).toBe("unknown");
  });

  test("is unknown where the host does not show it", () => {
    expect(decode(callOf({ method: "sign_message" }))).toEqual([{ kind: "unknown", basis: "decoded" }]);
  });

  test("is none because of arguments that are left out behind it", () => {
    expect(kindOf("hello", null)).toBe("sign_message");
  });
});
