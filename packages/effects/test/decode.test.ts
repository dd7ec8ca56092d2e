import type { WalletCallFacts } from "@agentkit-policy/schema";
import { isEffect } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode } from "../src/decode.js";
import { tokenMethods } from "../src/token-methods.js";
import { calldata, callOf, chainId, payee, runs, selectors, usdc, wallet, word } from "./support.js";

const account = (address: string) => `${chainId}:${address}`;
const native = `${chainId}/slip44:60`;
const token = `${chainId}/erc20:${usdc}`;
const unknown = [{ kind: "unknown", basis: "decoded" }];
const valueMoved = (amount: string, to: string) => ({
  kind: "transfer",
  asset: native,
  amount,
  counterparty: account(to),
  basis: "decoded",
});

describe.each(["send", "sign_transaction"] as const)("a transaction by %s", (method) => {
  const transaction = (call: Partial<WalletCallFacts>) => decode(callOf({ method, ...call }));

  test("of value moves it to its recipient", () => {
    expect(transaction({ to: payee, value: "7" })).toEqual([valueMoved("7", payee)]);
    expect(transaction({ to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: "7", data: "0x" })).toEqual([
      valueMoved("7", payee),
    ]);
  });

  test("without value or data moves nothing, and says to whom", () => {
    expect(transaction({ to: payee })).toEqual([valueMoved("0", payee)]);
    expect(transaction({ to: payee, value: "0", data: "0x" })).toEqual([valueMoved("0", payee)]);
  });

  test("of an ERC-20 transfer moves the token", () => {
    const effect = {
      kind: "transfer",
      asset: token,
      amount: "1000000",
      counterparty: account(payee),
      contract: account(usdc),
      method: "transfer",
      basis: "decoded",
    };
    // The words as a client writes them, and the same in upper case.
    const data =
      "0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c800000000000000000000000000000000000000000000000000000000000f4240";
    expect(transaction({ to: usdc, data })).toEqual([effect]);
    expect(transaction({ to: usdc, data: `0x${data.slice(2).toUpperCase()}` })).toEqual([effect]);
    expect(transaction({ to: usdc, data, value: "5" })).toEqual([valueMoved("5", usdc), effect]);
  });

  test.each([
    [1n, "1"],
    [100n, "100"],
    [2n ** 96n - 1n, (2n ** 96n - 1n).toString()],
    [2n ** 128n - 1n, (2n ** 128n - 1n).toString()],
    [2n ** 128n, "unlimited"],
    [2n ** 160n - 1n, "unlimited"],
    [2n ** 255n - 1n, "unlimited"],
    [2n ** 256n - 1n, "unlimited"],
  ])("of an ERC-20 approval of %s exposes %s", (amount, exposure) => {
    expect(transaction({ to: usdc, data: calldata(selectors.approve, payee, amount) })).toEqual([
      {
        kind: "approval",
        asset: token,
        amount: exposure,
        counterparty: account(payee),
        contract: account(usdc),
        method: "approve",
        basis: "decoded",
      },
    ]);
  });

  test("of a transferFrom is a transfer only out of this wallet", () => {
    const own = calldata(selectors.transferFrom, wallet, payee, 9n);
    const transfer = {
      kind: "transfer",
      asset: token,
      amount: "9",
      counterparty: account(payee),
      contract: account(usdc),
      method: "transferFrom",
      basis: "decoded",
    };
    const opaque = { kind: "contract_call", contract: account(usdc), method: "transferFrom", basis: "decoded" };
    expect(transaction({ to: usdc, data: own })).toEqual([transfer]);
    expect(transaction({ to: usdc, data: own, from: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" })).toEqual([transfer]);
    expect(transaction({ to: usdc, data: calldata(selectors.transferFrom, payee, wallet, 9n) })).toEqual([opaque]);
    expect(transaction({ to: usdc, data: calldata(selectors.transferFrom, wallet, payee, 0n) })).toEqual([opaque]);
    // Where nobody says whose wallet it is, they may be its own tokens.
    const { from: _, ...nobody } = callOf({ method, to: usdc, data: own });
    expect(decode(nobody)).toEqual([transfer]);
  });

  test.each([
    ["another function", calldata("0xd0e30db0"), "0xd0e30db0"],
    ["fewer bytes than a selector", "0xA905", "0xa905"],
  ])("with %s is an opaque call", (_what, data, selector) => {
    const opaque = { kind: "contract_call", contract: account(usdc), method: selector, basis: "decoded" };
    expect(transaction({ to: usdc, data })).toEqual([opaque]);
    expect(transaction({ to: usdc, data, value: "3" })).toEqual([valueMoved("3", usdc), opaque]);
  });

  // A contract may read such words all the same, so that no rule about calls to a contract may admit them.
  test.each([
    ["a selector alone", selectors.transfer],
    ["one word too few", calldata(selectors.transfer, payee)],
    ["one word too many", calldata(selectors.transfer, payee, 5n, 5n)],
    ["one byte too many", `${calldata(selectors.transfer, payee, 5n)}00`],
    ["one byte too few", calldata(selectors.transfer, payee, 5n).slice(0, -2)],
    ["a dirty address", `${selectors.transfer}01${word(payee).slice(2)}${word(5n)}`],
    ["a dirty spender", `${selectors.approve}${"f".repeat(24)}${payee.slice(2)}${word(5n)}`],
    ["a dirty source", `${selectors.transferFrom}01${word(wallet).slice(2)}${word(payee)}${word(5n)}`],
    ["a transferFrom of two words", calldata(selectors.transferFrom, wallet, payee)],
  ])("that names a function of ERC-20 with %s is unknown", (_what, data) => {
    const unknown = { kind: "unknown", basis: "decoded" };
    expect(transaction({ to: usdc, data })).toEqual([unknown]);
    expect(transaction({ to: usdc, data, value: "3" })).toEqual([valueMoved("3", usdc), unknown]);
  });

  test("without a recipient deploys, and its value leaves", () => {
    expect(transaction({ data: "0x6000" })).toEqual([{ kind: "deploy", basis: "decoded" }]);
    expect(transaction({ data: "0x6000", value: "5" })).toEqual([
      { kind: "deploy", basis: "decoded" },
      { kind: "transfer", asset: native, amount: "5", basis: "decoded" },
    ]);
  });

  test.each<[string, Partial<WalletCallFacts>]>([
    ["fields beyond the known", { to: payee, value: "1", otherFields: ["authorizationList"] }],
    ["an empty recipient", { to: "", value: "1" }],
    ["a name for a recipient", { to: "vitalik.eth", value: "1" }],
    ["a wrong checksum", { to: "0x70997970C51812dc3A010C7d01b50e0d17dc79c8", value: "1" }],
    ["a value that is no number", { to: payee, value: "0x10" }],
    ["a negative value", { to: payee, value: "-1" }],
    ["data that is no bytes", { to: payee, data: "0x123" }],
    ["data that is no hexadecimal", { to: payee, data: "0xzz" }],
    ["a chain that is not EVM", { to: payee, value: "1", chainId: "solana:abc" }],
  ])("with %s is unknown", (_what, call) => {
    expect(transaction(call)).toEqual(unknown);
  });

  test("on a chain that is not told is unknown", () => {
    const { chainId: _, ...call } = callOf({ method, to: payee, value: "1" });
    expect(decode(call)).toEqual(unknown);
  });

  test("with an empty list of further fields is like any other", () => {
    expect(transaction({ to: payee, value: "7", otherFields: [] })).toEqual([valueMoved("7", payee)]);
  });
});

describe("a call that is no transaction", () => {
  test.each<[WalletCallFacts["method"], unknown]>([
    ["sign_message", { kind: "sign_message", basis: "decoded" }],
    ["sign_hash", { kind: "sign_hash", basis: "decoded" }],
    ["sign_typed_data", { kind: "unknown", basis: "decoded" }],
    ["escape", { kind: "escape", method: "getClient", basis: "decoded" }],
    ["unknown", { kind: "unknown", basis: "decoded" }],
  ])("of %s is named", (method, effect) => {
    expect(decode(callOf({ method, walletMethod: "getClient", payload: ["x"] }))).toEqual([effect]);
  });

  test("a message on another chain may be a transaction, and a message that cannot be read may be anything", () => {
    expect(decode(callOf({ method: "sign_message", chainId: "solana:abc" }))).toEqual(unknown);
    expect(decode(callOf({ method: "sign_message", otherFields: ["arguments"] }))).toEqual(unknown);
  });

  test("a raw hash and an escape are named wherever they happen", () => {
    expect(decode(callOf({ method: "sign_hash", chainId: "solana:abc" }))).toEqual([{ kind: "sign_hash", basis: "decoded" }]);
    expect(decode(callOf({ method: "escape", otherFields: ["arguments"] }))).toMatchObject([{ kind: "escape" }]);
  });
});

describe("any call", () => {
  const bytes = fc.uint8Array({ maxLength: 140 }).map((value) => `0x${Buffer.from(value).toString("hex")}`);
  const selector = fc.constantFrom(...[...tokenMethods.keys()].map((key) => `0x${key}`));
  const likeErc20 = fc.tuple(selector, bytes).map(([head, tail]) => head + tail.slice(2));

  test("decodes to effects that keep the contract, at least one, and never throws", () => {
    const call = fc.record(
      {
        method: fc.constantFrom<WalletCallFacts["method"]>(
          "send",
          "sign_transaction",
          "sign_typed_data",
          "sign_message",
          "escape",
          "unknown",
        ),
        chainId: fc.constantFrom("eip155:1", "eip155:84532", "solana:abc", "eip155:", "rubbish"),
        from: fc.oneof(fc.constant(wallet), fc.string()),
        to: fc.oneof(fc.constant(payee), fc.constant(usdc), fc.string()),
        value: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n }).map(String), fc.string()),
        data: fc.oneof(bytes, likeErc20, fc.string()),
        otherFields: fc.array(fc.string(), { maxLength: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(call, (fields) => {
        const effects = decode({ ...callOf({}), ...fields });
        expect(effects.length).toBeGreaterThan(0);
        for (const effect of effects) {
          expect(isEffect(effect)).toBe(true);
          expect(effect.basis).toBe("decoded");
        }
      }),
      runs(1000),
    );
  });

  test("with a dirty byte above an address is unknown", () => {
    const dirty = fc.bigInt({ min: 1n, max: 2n ** 96n - 1n });
    fc.assert(
      fc.property(
        fc.constantFrom(selectors.transfer, selectors.approve),
        dirty,
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        (head, dirt, amount) => {
          const data = `${head}${dirt.toString(16).padStart(24, "0")}${payee.slice(2)}${word(amount)}`;
          expect(decode(callOf({ to: usdc, data }))).toMatchObject([{ kind: "unknown" }]);
        },
      ),
      runs(500),
    );
  });

  test("of a clean transfer gives its amount exactly, and its own value beside it", () => {
    const amounts = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    fc.assert(
      fc.property(amounts, amounts, (amount, value) => {
        const effects = decode(callOf({ to: usdc, data: calldata(selectors.transfer, payee, amount), value: value.toString() }));
        expect(effects.at(-1)).toMatchObject({ kind: "transfer", asset: token, amount: amount.toString() });
        expect(effects.slice(0, -1)).toEqual(value === 0n ? [] : [valueMoved(value.toString(), usdc)]);
      }),
      runs(500),
    );
  });
});
