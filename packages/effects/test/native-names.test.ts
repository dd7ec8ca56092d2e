import type { Description } from "@agentkit-policy/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createActionReader, erc20Amount, formatUnits } from "../src/index.js";
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

describe("the chain's coin under the name of a token with fewer decimals", () => {
  const arc = "eip155:5042002";
  const usdcOfArc = "0x3600000000000000000000000000000000000000";
  const coinOfArc = `${arc}/slip44:60`;
  /** What 10^-6 of the token is of the coin. */
  const unit = 10n ** 12n;
  const callOfArc = (data: string) => reader.decode(callOf({ chainId: arc, to: usdcOfArc, data }));
  const describeOnArc = (name: string, args: unknown) => reader.describe(factsOf(name, args, { chainId: arc }), noRead);

  test.each([
    ["Arc", "eip155:5042", usdcOfArc],
    ["Arc's testnet", arc, usdcOfArc],
    ["Stable", "eip155:988", "0x779Ded0c9e1022225f8E0630b35a9b54bE713736"],
    ["Stable's testnet", "eip155:2201", "0x78Cf24370174180738C5B8E352B6D14c83a6c9A9"],
  ])("moves the coin on %s, in the coin's own units", (_chain, chain, token) => {
    const call = callOf({ chainId: chain, to: token, data: calldata(selectors.transfer, payee, 5_000_001n) });
    expect(reader.decode(call)).toMatchObject([{ kind: "transfer", asset: `${chain}/slip44:60`, amount: "5000001000000000000" }]);
    expect(erc20Amount(chain, token, 7n)).toBe(7n * unit);
  });

  test("counts in one unit however it leaves: transferred, burned, approved, or as the value of a call", () => {
    expect(callOfArc(calldata(selectors.approve, payee, 5n))).toMatchObject([
      { asset: coinOfArc, amount: (5n * unit).toString() },
    ]);
    expect(callOfArc(calldata("0x42966c68", 5n))).toMatchObject([{ asset: coinOfArc, amount: (5n * unit).toString() }]);
    expect(callOfArc(calldata(selectors.approve, payee, 2n ** 256n - 1n))).toMatchObject([{ amount: "unlimited" }]);
    expect(callOfArc(calldata(selectors.approve, payee, 0n))).toMatchObject([{ kind: "approval", amount: "0" }]);
    expect(reader.decode(callOf({ chainId: arc, to: payee, value: (5n * unit).toString() }))).toMatchObject([
      { asset: coinOfArc, amount: (5n * unit).toString() },
    ]);
  });

  test("is declared with the token's decimals, and covers its call", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), (amount) => {
        const args = { amount: formatUnits(amount, 6), tokenAddress: usdcOfArc, destinationAddress: payee };
        const { effects } = describeOnArc("ERC20ActionProvider_transfer", args) as Description;
        const { basis: _, ...declared } = effects[0] as Description["effects"][number];
        expect(declared).toMatchObject({ asset: coinOfArc, amount: (amount * unit).toString() });
        expect(callOfArc(calldata(selectors.transfer, payee, amount))).toMatchObject([declared]);
      }),
      runs(200),
    );
    const tooFine = { amount: "0.0000001", tokenAddress: usdcOfArc, destinationAddress: payee };
    expect(describeOnArc("ERC20ActionProvider_transfer", tooFine)).toEqual({ invalid: expect.any(String) });
  });

  test("is counted so where a description of one's own names the token", async () => {
    const effect = { kind: "transfer", asset: `${arc}/erc20:${usdcOfArc}`, amount: "5", basis: "declared" } as const;
    const own = createActionReader({ describe: { pay: () => ({ effects: [effect], spends: true, throughWallet: true }) } });
    expect(await own.describe(factsOf("pay", {}, { chainId: arc }), noRead)).toMatchObject({
      effects: [{ asset: coinOfArc, amount: (5n * unit).toString() }],
    });
    expect(own.named?.({ ...effect, amount: "unlimited" })).toMatchObject({ asset: coinOfArc, amount: "unlimited" });
    const { amount: _, ...untold } = effect;
    expect(own.named?.(untold)).toEqual({ ...untold, asset: coinOfArc });
  });

  test("has the units of any other token elsewhere", () => {
    expect(erc20Amount("eip155:8453", usdcOfArc, 7n)).toBe(7n);
    expect(erc20Amount(chainId, celo, 7n)).toBe(7n);
  });
});
