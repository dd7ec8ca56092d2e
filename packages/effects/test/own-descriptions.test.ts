import type { Description } from "@agentkit-policy/core";
import type { Effect } from "@agentkit-policy/schema";
import { describe, expect, test } from "vitest";
import { createActionReader } from "../src/index.js";
import { calldata, callOf, chainId, factsOf, noRead, payee, selectors, usdc } from "./support.js";

const own = "ShopActionProvider_pay";
const checksummedUsdc = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
const checksummedPayee = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const payment = {
  kind: "transfer",
  asset: `${chainId}/erc20:${usdc}`,
  amount: "60000000",
  counterparty: `${chainId}:${payee}`,
  contract: `${chainId}:${usdc}`,
  basis: "declared",
} as const;

/** What an action of the user's own is read as, whose description has these effects. */
async function described(effects: unknown, wait = false): Promise<Description> {
  const description = { effects: effects as Effect[], spends: true, throughWallet: false };
  const reader = createActionReader({ describe: { [own]: () => (wait ? Promise.resolve(description) : description) } });
  return (await reader.describe(factsOf(own, {}), noRead)) as Description;
}

describe("what an action of one's own is said to do", () => {
  test.each([
    ["in lower case", payment],
    [
      "with checksums",
      { ...payment, asset: `${chainId}/erc20:${checksummedUsdc}`, counterparty: `${chainId}:${checksummedPayee}` },
    ],
    ["with a checksummed contract", { ...payment, contract: `${chainId}:${checksummedUsdc}` }],
    ["in upper case", { ...payment, asset: payment.asset.toUpperCase().replace("ERC20", "erc20") }],
  ])("%s has the names that rules and calls have", async (_how, effect) => {
    for (const wait of [false, true]) {
      expect(await described([effect], wait)).toEqual({ effects: [payment], spends: true, throughWallet: false });
    }
  });

  test("with the checksums of its arguments is what its call is decoded to, so that it is counted once", async () => {
    const { effects } = await described([{ ...payment, asset: `${chainId}/erc20:${checksummedUsdc}` }]);
    const { basis: _, ...declared } = effects[0] as Effect;
    const call = callOf({ to: checksummedUsdc, data: calldata(selectors.transfer, payee, 60_000_000n) });
    expect(createActionReader().decode(call)).toMatchObject([declared]);
  });

  test("by the token that is the chain's own coin is of the coin", async () => {
    const celo = "eip155:42220/erc20:0x471EcE3750Da237f93B8E339c536989b8978a438";
    expect((await described([{ ...payment, asset: celo }])).effects).toEqual([{ ...payment, asset: "eip155:42220/slip44:60" }]);
  });

  test.each<[string, unknown]>([
    ["of another chain than an EVM one", { kind: "transfer", asset: "solana:abc/slip44:501", amount: "5", basis: "declared" }],
    ["without an amount", { kind: "transfer", asset: payment.asset, basis: "declared" }],
    ["unlimited", { kind: "approval", asset: payment.asset, amount: "unlimited", basis: "declared" }],
    ["unknown", { kind: "unknown", basis: "declared" }],
  ])("stays as it is where it is %s", async (_what, effect) => {
    expect((await described([effect])).effects).toEqual([effect]);
  });

  test.each<[string, unknown]>([
    ["a symbol for an asset", { ...payment, asset: "USDC" }],
    ["a word for an asset", { ...payment, asset: "native" }],
    ["another number for the coin", { ...payment, asset: "eip155:137/slip44:966" }],
    ["an amount of nothing in particular", { kind: "transfer", amount: "60000000", basis: "declared" }],
    ["an amount that is a number", { ...payment, amount: 60_000_000 }],
    ["an amount that is no plain number", { ...payment, amount: "1e9" }],
    ["a payee without its chain", { ...payment, counterparty: payee }],
    ["a word that is no kind", { ...payment, kind: "pay" }],
    ["nothing", undefined],
  ])("is refused where it has %s: no limit would count it", async (_what, effect) => {
    await expect(described([effect])).rejects.toThrow(/no effect of the contract/);
    await expect(described([payment, effect], true)).rejects.toThrow(/no effect of the contract \(number 1\)/);
  });

  test("is refused where it is no list", async () => {
    await expect(described(undefined)).rejects.toThrow(TypeError);
  });
});
