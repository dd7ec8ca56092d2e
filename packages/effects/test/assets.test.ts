import { describe, expect, test } from "vitest";
import { erc20Asset, nativeAsset, symbolOf, tokenDecimals } from "../src/index.js";

describe("an asset", () => {
  test("is its chain and its address, in lower case", () => {
    expect(nativeAsset("eip155:84532")).toBe("eip155:84532/slip44:60");
    expect(erc20Asset("eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e")).toBe(
      "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e",
    );
  });

  test.each([
    ["eip155:84532/slip44:60", 18, "ETH"],
    ["eip155:137/slip44:60", 18, "POL"],
    ["eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", 6, "USDC"],
    ["eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913", 6, "USDC"],
    ["eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", 6, "USDC"],
    ["eip155:11155111/erc20:0x1c7d4b196cb0c7b01d743fbc6116a902379c7238", 6, "USDC"],
    ["eip155:8453/erc20:0x4200000000000000000000000000000000000006", 18, "WETH"],
    ["eip155:84532/erc20:0x4200000000000000000000000000000000000006", 18, "WETH"],
  ])("%s has %i decimals and is called %s", (asset, decimals, symbol) => {
    expect(tokenDecimals(asset)).toBe(decimals);
    expect(symbolOf(asset)).toBe(symbol);
  });

  test("a known token's address on another chain is another token", () => {
    expect(tokenDecimals("eip155:10/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")).toBeUndefined();
    expect(symbolOf("eip155:10/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")).toBeUndefined();
  });

  test.each(["USDC", "constructor", "", "solana:x/slip44:60", "/slip44:60"])(
    "%j is no asset that anything is known of",
    (asset) => {
      expect(tokenDecimals(asset)).toBeUndefined();
      expect(symbolOf(asset)).toBeUndefined();
    },
  );
});
