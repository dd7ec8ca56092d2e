import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress, toAccountId } from "../src/index.js";
import { runs } from "./support.js";

// The examples of EIP-55's own text.
const checksummed = [
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];
const oneCase = [
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  "0xde709f2102306220921060314715629080e2fb77",
  "0x27b1fdb04752bbc536007a920d24acb045561c26",
];

describe("an EVM address", () => {
  test.each([...checksummed, ...oneCase])("%s is read in lower case", (text) => {
    expect(parseAddress(text)).toBe(text.toLowerCase());
  });

  test.each(checksummed)("%s is one address in lower case and in upper", (text) => {
    expect(parseAddress(text.toLowerCase())).toBe(text.toLowerCase());
    expect(parseAddress(`0x${text.slice(2).toUpperCase()}`)).toBe(text.toLowerCase());
  });

  test.each(checksummed)("%s with the case of any one letter changed is none", (text) => {
    for (let index = 2; index < text.length; index += 1) {
      const digit = text.charAt(index);
      const changed = digit === digit.toLowerCase() ? digit.toUpperCase() : digit.toLowerCase();
      if (changed === digit) continue;
      expect(parseAddress(text.slice(0, index) + changed + text.slice(index + 1))).toBeUndefined();
    }
  });

  test("a wrong checksum is none on the second look either", () => {
    const wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
    expect(parseAddress(wrong)).toBeUndefined();
    expect(parseAddress(wrong)).toBeUndefined();
  });

  test.each([
    "",
    "0x",
    "0X27b1fdb04752bbc536007a920d24acb045561c26",
    "27b1fdb04752bbc536007a920d24acb045561c26",
    "0x27b1fdb04752bbc536007a920d24acb045561c2",
    "0x27b1fdb04752bbc536007a920d24acb045561c261",
    " 0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x27b1fdb04752bbc536007a920d24acb045561c26\n",
    "0x27b1fdb04752bbc536007a920d24acb045561c2g",
    "0x27b1fdb04752bbc536007a920d24acb045561c2\u0430",
    `0x04${"ab".repeat(64)}`,
    "vitalik.eth",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test("what is no text is none", () => {
    for (const value of [undefined, null, 5, {}, [checksummed[0]]]) expect(parseAddress(value as string)).toBeUndefined();
  });

  test("an account is the chain and the address in lower case", () => {
    expect(toAccountId("eip155:1", checksummed[0] as string)).toBe("eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
  });

  test("any 40 lower-case digits are an address, however many were looked at before", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0x[0-9a-f]{40}$/), fc.stringMatching(/^0x[0-9a-fA-F]{40}$/), (lower, mixed) => {
        expect(parseAddress(lower)).toBe(lower);
        expect([undefined, mixed.toLowerCase()]).toContain(parseAddress(mixed));
      }),
      runs(2000),
    );
  });
});
