import type { Description } from "@agentkit-policy/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createActionReader, formatUnits } from "../src/index.js";
import { calldata, callOf, factsOf, noRead, payee, runs, selectors, wallet } from "./support.js";

const chainId = "eip155:42220";
const celo = "0x471ece3750da237f93b8e339c536989b8978a438";
const coin = `${chainId}/slip44:60`;
const reader = createActionReader();
const callOfCelo = (data: string, value = "0") => reader.decode(callOf({ chainId, to: celo, data, value }));

describe("the chain's coin under the name of a token", () => {
  test("is the coin where it is transferred, approved and burned, so that one limit counts both", () => {
    expect(callOfCelo(calldata(selectors.transfer, payee, 5n))).toEqual([
      {
        kind: "transfer",
        asset: coin,
        amount: "5",
        counterparty: `${chainId}:${payee}`,
        contract: `${chainId}:${celo}`,
        method: "transfer",
        basis: "decoded",
      },
    ]);
    expect(callOfCelo(calldata(selectors.transferFrom, wallet, payee, 5n))).toMatchObject([{ kind: "transfer", asset: coin }]);
    expect(callOfCelo(calldata(selectors.approve, payee, 5n))).toMatchObject([{ kind: "approval", asset: coin, amount: "5" }]);
    expect(callOfCelo(calldata("0x39509351", payee, 5n))).toMatchObject([{ kind: "approval", asset: coin, amount: "5" }]);
    expect(callOfCelo(calldata("0x42966c68", 5n))).toMatchObject([{ kind: "transfer", asset: coin, amount: "5" }]);
  });

  test("is known, so that taking back an allowance of it is a revoke", () => {
    expect(callOfCelo(calldata(selectors.approve, payee, 0n))).toMatchObject([{ kind: "approval", asset: coin, amount: "0" }]);
  });

  test("counts beside the value of a call: never less than may move", () => {
    const amounts = callOfCelo(calldata(selectors.transfer, payee, 5n), "7").map(({ asset, amount }) => [asset, amount]);
    expect(amounts).toEqual([
      [coin, "7"],
      [coin, "5"],
    ]);
  });

  test("is declared as the coin, with the coin's decimals and without a look at the chain, and covers its call", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), (amount) => {
        const args = { amount: formatUnits(amount, 18), tokenAddress: celo, destinationAddress: payee };
        const { effects } = reader.describe(factsOf("ERC20ActionProvider_transfer", args, { chainId }), noRead) as Description;
        expect(effects).toHaveLength(1);
        const { basis: _, ...declared } = effects[0] as Description["effects"][number];
        expect(declared).toMatchObject({ asset: coin, amount: amount.toString() });
        expect(callOfCelo(calldata(selectors.transfer, payee, amount))).toMatchObject([declared]);
      }),
      runs(200),
    );
  });

  test("is no token that could be given decimals", () => {
    expect(() => createActionReader({ tokens: { [`${chainId}/erc20:${celo}`]: { decimals: 18 } } })).toThrow(
      `"${chainId}/erc20:${celo}" is the chain's own coin: write ${coin}`,
    );
  });

  test("is another token on another chain", () => {
    const elsewhere = callOf({ chainId: "eip155:8453", to: celo, data: calldata(selectors.transfer, payee, 5n) });
    expect(reader.decode(elsewhere)).toMatchObject([{ kind: "transfer", asset: `eip155:8453/erc20:${celo}` }]);
  });
});
