import type { Description } from "@agentkit-policy/core";
import { isEffect } from "@agentkit-policy/schema";
import { describe, expect, test } from "vitest";
import { catalogue } from "../src/catalogue.js";
import { createActionReader } from "../src/index.js";
import { factsOf, noRead, payee } from "./support.js";

const unknown = [{ kind: "unknown", basis: "declared" }];

describe("the reader", () => {
  const reader = createActionReader();

  test("says of an action that only reads that it moves nothing", () => {
    expect(reader.describe(factsOf("ERC20ActionProvider_get_balance", { tokenAddress: "anything", more: 1 }), noRead)).toEqual({
      canonicalAction: "erc20.get_balance",
      effects: [],
      spends: false,
      throughWallet: true,
    });
  });

  test("says of an action that acts on the world only that it does", () => {
    expect(reader.describe(factsOf("TwitterActionProvider_post_tweet", { tweet: "hello" }), noRead)).toEqual({
      canonicalAction: "twitter.post_tweet",
      effects: [{ kind: "external", basis: "declared" }],
      spends: false,
      throughWallet: true,
    });
  });

  test.each([
    ["WethActionProvider_wrap_eth", true],
    ["AcrossActionProvider_bridge_token", false],
    ["OpenseaActionProvider_list_nft", false],
    ["CdpEvmWalletActionProvider_swap", false],
    ["ClankerActionProvider_clank_token", true],
  ])("says of %s that nobody knows how much it moves, and whether the guard sees it: %s", (name, throughWallet) => {
    expect(reader.describe(factsOf(name, {}), noRead)).toMatchObject({ effects: unknown, spends: true, throughWallet });
  });

  test("sees a paid request on an EVM chain only: elsewhere the action takes the raw key pair", () => {
    const name = "X402ActionProvider_make_http_request_with_x402";
    expect(reader.describe(factsOf(name, {}), noRead)).toMatchObject({ effects: unknown, throughWallet: true });
    expect(reader.describe(factsOf(name, {}, { chainId: "solana:abc" }), noRead)).toMatchObject({
      effects: unknown,
      throughWallet: false,
    });
    const { chainId: _, ...withoutChain } = factsOf(name, {});
    expect(reader.describe(withoutChain, noRead)).toMatchObject({ throughWallet: false });
  });

  test("leaves no effect out: every built-in action that may spend declares one that keeps the contract", () => {
    for (const entry of catalogue) {
      const described = reader.describe(factsOf(entry.name, {}), noRead) as Description | { invalid: string };
      if ("invalid" in described) continue;
      expect(described.effects.every((effect) => isEffect(effect))).toBe(true);
      expect(described.effects.length > 0).toBe(entry.movement !== "reads");
      expect(described.spends).toBe(entry.spends);
    }
  });

  test("lets the user describe an action of their own, and one of AgentKit's", () => {
    const description: Description = { canonicalAction: "shop.buy", effects: [], spends: true, throughWallet: true };
    const own = createActionReader({
      describe: {
        CustomActionProvider_buy: () => description,
        WalletActionProvider_native_transfer: () => ({ invalid: "not here" }),
      },
    });
    expect(own.describe(factsOf("CustomActionProvider_buy", {}), noRead)).toEqual(description);
    expect(own.describe(factsOf("WalletActionProvider_native_transfer", { to: payee, value: "1" }), noRead)).toEqual({
      invalid: "not here",
    });
    expect(own.describe(factsOf("constructor", {}), noRead)).toMatchObject({ effects: unknown });
  });

  test.each([
    ["a symbol", { USDC: { decimals: 6 } }],
    ["an address of no chain", { "0x036cbd53842c5426634e7929541ec2318f3dcf7e": { decimals: 6 } }],
    ["a wrong checksum", { "eip155:1/erc20:0x036cBd53842c5426634e7929541eC2318f3dCF7e": { decimals: 6 } }],
    [
      "decimals that are no number",
      { "eip155:1/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e": { decimals: "6" as unknown as number } },
    ],
    ["more after the address", { "eip155:1/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e/erc20:1": { decimals: 6 } }],
  ])("refuses a table of tokens with %s", (_what, tokens) => {
    expect(() => createActionReader({ tokens })).toThrow(TypeError);
  });
});
