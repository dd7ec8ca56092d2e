import type { Description } from "@agentkit-policy/core";
import { describe, expect, test } from "vitest";
import { createActionReader } from "../src/index.js";
import { calldata, callOf, chainId, factsOf, payee, selectors, unlistedToken, usdc, wallet } from "./support.js";

const account = (address: string) => `${chainId}:${address}`;
const asset = (token: string) => `${chainId}/erc20:${token}`;
const zero = (token: string) => callOf({ to: token, data: calldata(selectors.approve, payee, 0n) });
/** It says from whom only where a contract told its decimals, which a collection may do as well. */
const revoked = (token: string, counterparty?: string) => ({
  kind: "approval",
  asset: asset(token),
  amount: "0",
  ...(counterparty === undefined ? {} : { counterparty }),
  contract: account(token),
  method: "approve",
  basis: "decoded",
});
/** It says to whom, so that a list of payees judges it. */
const opaque = (method: string) => ({
  kind: "contract_call",
  contract: account(unlistedToken),
  counterparty: account(payee),
  method,
  basis: "decoded",
});

/** Describes an approval of nothing, for which a wallet is asked for the token's decimals. */
function approveNothing(reader: ReturnType<typeof createActionReader>, decimals: () => Promise<number>, token = unlistedToken) {
  const args = { amount: "0", tokenAddress: token, spenderAddress: payee };
  return reader.describe(factsOf("ERC20ActionProvider_approve", args), decimals);
}

describe("an approval of zero", () => {
  test("takes back an allowance of a token that is built in", () => {
    expect(createActionReader().decode(zero(usdc))).toEqual([revoked(usdc)]);
  });

  test("takes back an allowance of a token that the user gave decimals of", () => {
    const reader = createActionReader({ tokens: { [asset(unlistedToken)]: { decimals: 8 } } });
    expect(reader.decode(zero(unlistedToken))).toEqual([revoked(unlistedToken)]);
  });

  test("takes back an allowance of a token that told its decimals, on the chain where it did", async () => {
    const reader = createActionReader();
    await approveNothing(reader, () => Promise.resolve(8));
    expect(reader.decode(zero(unlistedToken))).toEqual([revoked(unlistedToken, account(payee))]);
    expect(reader.decode({ ...zero(unlistedToken), chainId: "eip155:1" })).toMatchObject([{ kind: "contract_call" }]);
    expect(createActionReader().decode(zero(unlistedToken))).toEqual([opaque("approve")]);
  });

  test("names nobody where it is known for a revoke, so that no list of payees keeps an allowance standing", () => {
    expect(createActionReader().decode(zero(usdc))[0]).not.toHaveProperty("counterparty");
    // One atomic unit lends something, to somebody.
    const one = callOf({ to: usdc, data: calldata(selectors.approve, payee, 1n) });
    expect(createActionReader().decode(one)).toMatchObject([{ amount: "1", counterparty: account(payee) }]);
  });

  test.each([
    ["is built in", usdc, {}],
    ["the user gave decimals of", unlistedToken, { [asset(unlistedToken)]: { decimals: 8 } }],
    ["told its decimals", unlistedToken, {}],
  ])("is declared of a token that %s as its call is decoded to", async (_what, token, tokens) => {
    const reader = createActionReader({ tokens });
    const { effects } = (await approveNothing(reader, () => Promise.resolve(8), token)) as Description;
    const { basis: _, ...declared } = effects[0] as Description["effects"][number];
    const [decoded] = reader.decode(zero(token));
    expect(decoded).toMatchObject(declared);
    expect(declared.counterparty).toBe(decoded?.counterparty);
    expect(declared).toMatchObject({ kind: "approval", amount: "0", contract: account(token) });
  });

  test("by approveAndCall says whom it calls", () => {
    const data = calldata("0x3177029f", payee, 0n);
    expect(createActionReader().decode(callOf({ to: usdc, data }))).toMatchObject([
      { amount: "0", counterparty: account(payee) },
    ]);
  });

  // A collection has the same function, with the id of a token for an amount, and its first token may have the id 0.
  test("is a call like any other to a contract of which nobody knows that it is such a token", () => {
    expect(createActionReader().decode(zero(unlistedToken))).toEqual([opaque("approve")]);
  });

  test.each([
    ["nothing", () => Promise.reject(new Error("no such function"))],
    ["what are no decimals", () => Promise.resolve(256)],
  ])("is so too where the contract told %s", async (_what, decimals) => {
    const reader = createActionReader();
    await approveNothing(reader, decimals);
    expect(reader.decode(zero(unlistedToken))).toEqual([opaque("approve")]);
  });

  test("is so again, and never the other way round, where too many tokens have told their decimals", async () => {
    const reader = createActionReader();
    await approveNothing(reader, () => Promise.resolve(8));
    for (let index = 1; index <= 1024; index += 1) {
      await approveNothing(reader, () => Promise.resolve(18), `0x${index.toString(16).padStart(40, "0")}`);
    }
    expect(reader.decode(zero(unlistedToken))).toEqual([opaque("approve")]);
  });
});

describe("any other amount of zero", () => {
  test.each([
    ["transfer", calldata(selectors.transfer, payee, 0n)],
    ["transferFrom", calldata(selectors.transferFrom, wallet, payee, 0n)],
    ["increaseAllowance", calldata("0x39509351", payee, 0n)],
  ])("by %s of a contract that is no known token says to whom, and is a call like any other", (method, data) => {
    expect(createActionReader().decode(callOf({ to: unlistedToken, data }))).toEqual([opaque(method)]);
  });

  test("by burn of a contract that is no known token is a call like any other", () => {
    const { counterparty: _, ...burned } = opaque("burn");
    expect(createActionReader().decode(callOf({ to: unlistedToken, data: calldata("0x42966c68", 0n) }))).toEqual([burned]);
  });

  test("of a known token moves and grants nothing", () => {
    const reader = createActionReader();
    const amountOf = (data: string) => reader.decode(callOf({ to: usdc, data }))[0]?.amount;
    expect(amountOf(calldata(selectors.transfer, payee, 0n))).toBe("0");
    expect(amountOf(calldata("0x39509351", payee, 0n))).toBe("0");
    expect(amountOf(calldata("0x42966c68", 0n))).toBe("0");
  });
});
