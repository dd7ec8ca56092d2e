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
    ["eip155:1/slip44:60", 18, "ETH"],
    ["eip155:42161/slip44:60", 18, "ETH"],
    ["eip155:31337/slip44:60", 18, "ETH"],
    ["eip155:137/slip44:60", 18, "POL"],
    ["eip155:56/slip44:60", 18, "BNB"],
    ["eip155:43113/slip44:60", 18, "AVAX"],
    ["eip155:250/slip44:60", 18, "FTM"],
    ["eip155:5000/slip44:60", 18, "MNT"],
    ["eip155:5042002/slip44:60", 18, "USDC"],
    ["eip155:988/slip44:60", 18, "USDT0"],
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

  test.each([
    ["CELO on Celo", "eip155:42220", "0x471EcE3750Da237f93B8E339c536989b8978a438", "CELO"],
    ["CELO on Alfajores", "eip155:44787", "0xF194afDf50B03e69Bd7D057c1Aa9e10c9954E4C9", "CELO"],
    ["CELO on Celo Sepolia", "eip155:11142220", "0x471EcE3750Da237f93B8E339c536989b8978a438", "CELO"],
    ["GLMR on Moonbeam", "eip155:1284", "0x0000000000000000000000000000000000000802", "GLMR"],
    ["MOVR on Moonriver", "eip155:1285", "0x0000000000000000000000000000000000000802", "MOVR"],
    ["DEV on Moonbase Alpha", "eip155:1287", "0x0000000000000000000000000000000000000802", "DEV"],
    ["METIS on Andromeda", "eip155:1088", "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000", "METIS"],
    ["METIS on its Sepolia", "eip155:59902", "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000", "METIS"],
    ["POL on Polygon", "eip155:137", "0x0000000000000000000000000000000000001010", "POL"],
    ["POL on Amoy", "eip155:80002", "0x0000000000000000000000000000000000001010", "POL"],
    ["ETH on ZKsync Era", "eip155:324", "0x000000000000000000000000000000000000800A", "ETH"],
    ["ETH on its Sepolia", "eip155:300", "0x000000000000000000000000000000000000800A", "ETH"],
  ])("that is the chain's coin under the name of a token, %s, is the coin", (_what, chain, address, symbol) => {
    const coin = nativeAsset(chain);
    expect(erc20Asset(chain, address)).toBe(coin);
    expect(symbolOf(coin)).toBe(symbol);
    // The same address on another chain is another contract.
    expect(erc20Asset("eip155:8453", address)).toBe(`eip155:8453/erc20:${address.toLowerCase()}`);
  });

  test("that is the coin of a chain that is not known has 18 decimals and no name: it may be any coin", () => {
    expect(tokenDecimals("eip155:123456789/slip44:60")).toBe(18);
    expect(symbolOf("eip155:123456789/slip44:60")).toBeUndefined();
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
