import type { Effect, WalletCallFacts } from "@agentkit-policy/schema";
import { isEffect } from "@agentkit-policy/schema";
import { keccak_256 } from "@noble/hashes/sha3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../src/decode.js";
import { tokenMethods } from "../src/token-methods.js";
import { callOf, chainId, payee, runs, unlistedToken, usdc, wallet, word } from "./support.js";

const account = (address: string) => `${chainId}:${address}`;
const other = "0x00000000000000000000000000000000deadbeef";
const unknown = { kind: "unknown", basis: "decoded" };

/** The four bytes by which calldata names a function. */
function selectorOf(signature: string): string {
  return `0x${Buffer.from(keccak_256(signature)).toString("hex").slice(0, 8)}`;
}

/** Calldata as clients encode it: a text is an address, a bigint a number, and bytes and lists follow behind. */
function encode(signature: string, ...values: (string | bigint | boolean | Uint8Array | bigint[])[]): string {
  let tail = "";
  const heads = values.map((value) => {
    if (typeof value === "boolean") return word(value ? 1n : 0n);
    if (typeof value === "string" || typeof value === "bigint") return word(value);
    const offset = word(BigInt(values.length * 32 + tail.length / 2));
    const length = word(BigInt(value.length));
    const body = Array.isArray(value) ? value.map(word).join("") : Buffer.from(value).toString("hex");
    tail += length + body.padEnd(Math.ceil(body.length / 64) * 64, "0");
    return offset;
  });
  return selectorOf(signature) + heads.join("") + tail;
}

const callToken = (data: string, more: Partial<WalletCallFacts> = {}) => decode(callOf({ to: usdc, data, ...more }));
const callStranger = (data: string) => decode(callOf({ to: unlistedToken, data }));
const moved = (method: string, amount: bigint, to: string | undefined, token = usdc) => ({
  kind: "transfer",
  asset: `${chainId}/erc20:${token}`,
  amount: amount.toString(),
  ...(to === undefined ? {} : { counterparty: account(to) }),
  contract: account(token),
  method,
  basis: "decoded",
});
const granted = (method: string, amount: string, token = usdc) => ({
  ...moved(method, 0n, payee, token),
  kind: "approval",
  amount,
});
const opaque = (method: string, token = usdc) => ({
  kind: "contract_call",
  contract: account(token),
  method,
  basis: "decoded",
});

const none = new Uint8Array();
const some = Uint8Array.from({ length: 33 }, (_, index) => index + 1);

/** A payment that somebody signed (EIP-3009), with the signature in three words or in one piece. */
const authorized = (from: string, v = 27n) =>
  encode(
    "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)",
    ...[from, payee, 5n, 0n, 2n ** 256n - 1n, 2n ** 255n, v, 2n ** 254n, 2n ** 253n],
  );
const authorizedAtOnce = (from: string) =>
  encode(
    "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
    ...[from, payee, 5n, 0n, 2n ** 256n - 1n, 2n ** 255n, some],
  );

describe("every function that is known of tokens", () => {
  test.each([...tokenMethods])("%s is the selector of its name and its words", (selector, { name, words }) => {
    expect(`0x${selector}`).toBe(selectorOf(`${name}(${words.map(([, type]) => type).join(",")})`));
  });
});

describe("a token call that pays", () => {
  test.each<[string, string, Effect | object]>([
    ["transferAndCall", encode("transferAndCall(address,uint256)", payee, 5n), moved("transferAndCall", 5n, payee)],
    ["transferAndCall", encode("transferAndCall(address,uint256,bytes)", payee, 5n, none), moved("transferAndCall", 5n, payee)],
    ["transferAndCall", encode("transferAndCall(address,uint256,bytes)", payee, 5n, some), moved("transferAndCall", 5n, payee)],
    [
      "transferFromAndCall",
      encode("transferFromAndCall(address,address,uint256)", wallet, payee, 5n),
      moved("transferFromAndCall", 5n, payee),
    ],
    [
      "transferFromAndCall",
      encode("transferFromAndCall(address,address,uint256,bytes)", wallet, payee, 5n, some),
      moved("transferFromAndCall", 5n, payee),
    ],
    ["transfer", encode("transfer(address,uint256,bytes)", payee, 5n, some), moved("transfer", 5n, payee)],
    ["safeTransfer", encode("safeTransfer(address,uint256)", payee, 5n), moved("safeTransfer", 5n, payee)],
    ["safeTransfer", encode("safeTransfer(address,uint256,bytes)", payee, 5n, none), moved("safeTransfer", 5n, payee)],
    [
      "transferWithData",
      encode("transferWithData(address,uint256,bytes)", payee, 5n, some),
      moved("transferWithData", 5n, payee),
    ],
    [
      "transferFromWithData",
      encode("transferFromWithData(address,address,uint256,bytes)", wallet, payee, 5n, none),
      moved("transferFromWithData", 5n, payee),
    ],
    [
      "transferByPartition",
      encode("transferByPartition(bytes32,address,uint256,bytes)", 2n ** 256n - 1n, payee, 5n, some),
      moved("transferByPartition", 5n, payee),
    ],
    [
      "transferWithComment",
      encode("transferWithComment(address,uint256,string)", payee, 5n, some),
      moved("transferWithComment", 5n, payee),
    ],
    ["transferWithAuthorization", authorized(wallet), moved("transferWithAuthorization", 5n, payee)],
    ["transferWithAuthorization", authorizedAtOnce(wallet), moved("transferWithAuthorization", 5n, payee)],
    ["send", encode("send(address,uint256,bytes)", payee, 5n, some), moved("send", 5n, payee)],
    [
      "operatorSend",
      encode("operatorSend(address,address,uint256,bytes,bytes)", wallet, payee, 5n, some, none),
      moved("operatorSend", 5n, payee),
    ],
    ["burn", encode("burn(uint256)", 5n), moved("burn", 5n, undefined)],
    ["burn", encode("burn(uint256,bytes)", 5n, some), moved("burn", 5n, undefined)],
    ["burnFrom", encode("burnFrom(address,uint256)", wallet, 5n), moved("burnFrom", 5n, undefined)],
    [
      "operatorBurn",
      encode("operatorBurn(address,uint256,bytes,bytes)", wallet, 5n, none, some),
      moved("operatorBurn", 5n, undefined),
    ],
  ])("by %s is a transfer of the amount", (_method, data, effect) => {
    expect(callToken(data)).toEqual([effect]);
  });

  test.each([
    ["transferFromAndCall", encode("transferFromAndCall(address,address,uint256)", other, payee, 5n)],
    ["operatorSend", encode("operatorSend(address,address,uint256,bytes,bytes)", other, payee, 5n, some, none)],
    ["transferFromWithData", encode("transferFromWithData(address,address,uint256,bytes)", other, payee, 5n, some)],
    ["transferWithAuthorization", authorized(other)],
    ["transferWithAuthorization", authorizedAtOnce(other)],
    ["burnFrom", encode("burnFrom(address,uint256)", other, 5n)],
    ["operatorBurn", encode("operatorBurn(address,uint256,bytes,bytes)", other, 5n, none, some)],
  ])("by %s out of somebody else's account spends nothing of this wallet's", (method, data) => {
    expect(callToken(data)).toEqual([opaque(method)]);
  });

  test("out of an account counts where nobody says whose wallet it is: it may be the wallet's own", () => {
    const { from: _, ...nobody } = callOf({ to: usdc, data: encode("burnFrom(address,uint256)", other, 5n) });
    expect(decode(nobody)).toEqual([moved("burnFrom", 5n, undefined)]);
    expect(decode({ ...nobody, data: authorized(other) })).toEqual([moved("transferWithAuthorization", 5n, payee)]);
  });

  // Bridges have a send, vaults and positions a burn, treasuries a safeTransfer, of which nobody knows what else they move.
  test.each([
    ["send", encode("send(address,uint256,bytes)", payee, 5n, some), moved("send", 5n, payee, unlistedToken)],
    ["safeTransfer", encode("safeTransfer(address,uint256)", payee, 5n), moved("safeTransfer", 5n, payee, unlistedToken)],
    ["burn", encode("burn(uint256)", 5n), moved("burn", 5n, undefined, unlistedToken)],
    ["burn", encode("burn(uint256,bytes)", 5n, none), moved("burn", 5n, undefined, unlistedToken)],
  ])("by %s of a contract that is no known token is an opaque call of it as well", (method, data, effect) => {
    expect(callStranger(data)).toEqual([effect, opaque(method, unlistedToken)]);
  });
});

describe("a token call that grants", () => {
  test.each([
    ["increaseAllowance", "increaseAllowance(address,uint256)"],
    ["increaseApproval", "increaseApproval(address,uint256)"],
    ["approveAndCall", "approveAndCall(address,uint256)"],
  ])("by %s exposes what it adds, whether the token is listed or not", (method, signature) => {
    expect(callToken(encode(signature, payee, 100n))).toEqual([granted(method, "100")]);
    expect(callStranger(encode(signature, payee, 100n))).toEqual([granted(method, "100", unlistedToken)]);
    expect(callToken(encode(signature, payee, 2n ** 128n))).toEqual([granted(method, "unlimited")]);
    expect(callToken(encode(signature, payee, 2n ** 256n - 1n))).toEqual([granted(method, "unlimited")]);
  });

  test("by approveAndCall with data exposes what it grants", () => {
    expect(callToken(encode("approveAndCall(address,uint256,bytes)", payee, 7n, some))).toEqual([granted("approveAndCall", "7")]);
  });

  test.each([
    ["setApprovalForAll", encode("setApprovalForAll(address,bool)", payee, true)],
    ["authorizeOperator", encode("authorizeOperator(address)", payee)],
  ])("by %s lets an operator take everything", (method, data) => {
    const effect = { ...granted(method, "unlimited"), kind: "operator_approval" };
    expect(callToken(data)).toEqual([effect]);
  });

  test.each([
    ["setApprovalForAll", encode("setApprovalForAll(address,bool)", payee, false)],
    ["0xa457c2d7", encode("decreaseAllowance(address,uint256)", payee, 5n)],
    ["0x66188463", encode("decreaseApproval(address,uint256)", payee, 5n)],
    ["0xfad8b32a", encode("revokeOperator(address)", payee)],
  ])("takes a grant back by %s as a call like any other", (method, data) => {
    expect(callToken(data)).toMatchObject([opaque(method)]);
  });
});

describe("a call that hands on single tokens", () => {
  const forms: [string, string, (owner: string) => string][] = [
    ["safeTransferFrom", "of a collection", (owner) => encode("safeTransferFrom(address,address,uint256)", owner, payee, 7n)],
    [
      "safeTransferFrom",
      "of a collection, with data",
      (owner) => encode("safeTransferFrom(address,address,uint256,bytes)", owner, payee, 0n, some),
    ],
    [
      "safeTransferFrom",
      "of several kinds",
      (owner) => encode("safeTransferFrom(address,address,uint256,uint256,bytes)", owner, payee, 7n, 2n, none),
    ],
    [
      "safeBatchTransferFrom",
      "of several kinds at once",
      (owner) =>
        encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", owner, payee, [7n, 8n], [1n, 2n], some),
    ],
  ];

  // No amount says what such a token is worth, so that it is never admitted as some call to its contract.
  test.each(forms)("by %s %s has no amount, whosever they are, and says to whom", (method, _form, data) => {
    const effect = (token: string) => ({ ...unknown, contract: account(token), counterparty: account(payee), method });
    expect(callStranger(data(wallet))).toEqual([effect(unlistedToken)]);
    expect(callStranger(data(other))).toEqual([effect(unlistedToken)]);
    expect(callToken(data(wallet))).toEqual([effect(usdc)]);
  });
});

describe("a token call whose words are not as its standard has them", () => {
  const paying = encode("transferAndCall(address,uint256,bytes)", payee, 5n, some);
  const at = (data: string, index: number, text: string) => data.slice(0, index) + text + data.slice(index + text.length);
  const wordAt = (index: number) => 10 + index * 64;

  test.each([
    ["a selector alone", selectorOf("increaseAllowance(address,uint256)")],
    ["a dirty spender", at(encode("increaseAllowance(address,uint256)", payee, 5n), 10, "01")],
    ["a word too many", `${encode("increaseAllowance(address,uint256)", payee, 5n)}${word(5n)}`],
    ["a word too few", encode("increaseAllowance(address,uint256)", payee, 5n).slice(0, -64)],
    ["a flag that is neither", at(encode("setApprovalForAll(address,bool)", payee, true), wordAt(2) - 1, "2")],
    ["bytes that begin elsewhere", at(paying, wordAt(2), word(128n))],
    ["bytes that begin nowhere", at(paying, wordAt(2), word(2n ** 256n - 1n))],
    ["bytes that are longer than the data", at(paying, wordAt(3), word(2n ** 200n))],
    ["bytes that are shorter than the data", at(paying, wordAt(3), word(1n))],
    ["dirt behind its bytes", `${paying.slice(0, -2)}01`],
    ["a byte behind its end", `${paying}00`],
    [
      "a list without its end",
      encode("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", wallet, payee, [7n], [1n], none).slice(0, -64),
    ],
    ["a signature's number that is none", authorized(wallet, 256n)],
    ["a comment behind a gap", at(encode("transferWithComment(address,uint256,string)", payee, 5n, some), wordAt(2), word(128n))],
    ["a burn of nothing told", selectorOf("burn(uint256)")],
  ])("such as %s is unknown", (_what, data) => {
    expect(callToken(data)).toEqual([unknown]);
  });

  test("is never taken for some call to the token, and none loses an amount", () => {
    const signatures = fc.constantFrom(
      "transferAndCall(address,uint256,bytes)",
      "send(address,uint256,bytes)",
      "approveAndCall(address,uint256,bytes)",
    );
    const change = fc.record({ index: fc.nat({ max: 330 }), digit: fc.constantFrom(..."0123456789abcdef") });
    fc.assert(
      fc.property(signatures, fc.option(change), (signature, changed) => {
        const data = encode(signature, payee, 5n, some);
        const index = 10 + ((changed?.index ?? 0) % (data.length - 10));
        const [effect, ...rest] = callToken(changed === null ? data : at(data, index, changed.digit));
        expect(isEffect(effect)).toBe(true);
        expect(rest).toEqual([]);
        expect(["transfer", "approval", "unknown"]).toContain(effect?.kind);
        if (effect?.kind === "unknown") return;
        // What could be read is what the words say.
        const words = changed === null ? data : at(data, index, changed.digit);
        const amount = BigInt(`0x${words.slice(wordAt(1), wordAt(2))}`);
        expect(effect?.amount).toBe(effect?.kind === "approval" && amount >= 2n ** 128n ? "unlimited" : amount.toString());
        expect(effect?.counterparty).toBe(account(`0x${words.slice(34, 74)}`));
      }),
      runs(1000),
    );
  });
});
