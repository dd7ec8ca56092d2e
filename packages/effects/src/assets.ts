import type { Effect } from "@agentkit-policy/schema";
import { isEvmChain, parseAddress } from "./address.js";
import { areDecimals } from "./amount.js";
import { nativeNameDecimals } from "./native-names.js";

/** What is known of a token. Only its decimals decide anything; the symbol is for people. */
interface KnownToken {
  readonly decimals: number;
  readonly symbol: string;
}

// Keyed by chain and address: a symbol is no identity, and one address is another token on another chain.
const knownTokens: ReadonlyMap<string, KnownToken> = new Map([
  ["eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", { decimals: 6, symbol: "USDC" }],
  ["eip155:11155111/erc20:0x1c7d4b196cb0c7b01d743fbc6116a902379c7238", { decimals: 6, symbol: "USDC" }],
  ["eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913", { decimals: 6, symbol: "USDC" }],
  ["eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", { decimals: 6, symbol: "USDC" }],
  ["eip155:8453/erc20:0x4200000000000000000000000000000000000006", { decimals: 18, symbol: "WETH" }],
  ["eip155:84532/erc20:0x4200000000000000000000000000000000000006", { decimals: 18, symbol: "WETH" }],
]);

/** Chains whose native coin is called something else than ETH. */
const nativeSymbols: ReadonlyMap<string, string> = new Map([
  ["eip155:56", "BNB"],
  ["eip155:100", "xDAI"],
  ["eip155:137", "POL"],
  ["eip155:1088", "METIS"],
  ["eip155:1284", "GLMR"],
  ["eip155:1285", "MOVR"],
  ["eip155:1287", "DEV"],
  ["eip155:42220", "CELO"],
  ["eip155:43114", "AVAX"],
  ["eip155:44787", "CELO"],
  ["eip155:59902", "METIS"],
  ["eip155:80002", "POL"],
  ["eip155:11142220", "CELO"],
]);

/** Decimals of the native coin on every EVM chain: `value` is counted in 10^-18. */
export const nativeDecimals = 18;

/** The CAIP-19 id of the native coin of an EVM chain, given its CAIP-2 id. */
export function nativeAsset(chainId: string): string {
  return `${chainId}/slip44:60`;
}

/**
 * The CAIP-19 id of an ERC-20 token, given a CAIP-2 id and an address that `parseAddress` accepts. Where the chain's own coin has the
 * address, that of the coin: a limit on the coin counts what leaves under either name.
 */
export function erc20Asset(chainId: string, token: string): string {
  const address = token.toLowerCase();
  return nativeNameDecimals(chainId, address) === undefined ? `${chainId}/erc20:${address}` : nativeAsset(chainId);
}

/**
 * So many atomic units of an ERC-20 token as atomic units of its `erc20Asset`: a coin's second name may have fewer decimals than the coin
 * (6 for USDC on Arc), and one limit counts both.
 */
export function erc20Amount(chainId: string, token: string, atomic: bigint): bigint {
  const decimals = nativeNameDecimals(chainId, token.toLowerCase()) ?? nativeDecimals;
  return atomic * 10n ** BigInt(nativeDecimals - decimals);
}

/** An effect by the coin, in the coin's units, where its asset is a token that the chain's coin has for a second name. */
export function byCoin(effect: Effect): Effect {
  const { amount } = effect;
  const [, chainId, token] = /^(.+)\/erc20:(0x[0-9a-f]{40})$/.exec(effect.asset ?? "") ?? [];
  if (chainId === undefined || token === undefined) return effect;
  const named = { ...effect, asset: erc20Asset(chainId, token) };
  if (amount === undefined || amount === "unlimited") return named;
  return { ...named, amount: erc20Amount(chainId, token, BigInt(amount)).toString() };
}

/** Decimals of an asset, for the native coin of an EVM chain and the built-in tokens; undefined for any other. */
export function tokenDecimals(asset: string): number | undefined {
  return isNative(asset) ? nativeDecimals : knownTokens.get(asset)?.decimals;
}

/** What people call an asset; for display only, never for identity. Undefined where nothing is known. */
export function symbolOf(asset: string): string | undefined {
  if (isNative(asset)) return nativeSymbols.get(asset.slice(0, asset.indexOf("/"))) ?? "ETH";
  return knownTokens.get(asset)?.symbol;
}

/**
 * Decimals by CAIP-19 id, with EVM addresses in lower case.
 * @throws TypeError when a key is no `eip155:N/erc20:0x...`, or names the coin of a chain, or decimals are no whole number from 0 to 255.
 */
export function decimalsTable(tokens: Readonly<Record<string, { readonly decimals: number }>>): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  for (const [key, token] of Object.entries(tokens)) {
    const slash = key.indexOf("/erc20:");
    const chainId = key.slice(0, Math.max(slash, 0));
    const address = key.slice(slash + "/erc20:".length);
    const parsed = isEvmChain(chainId) ? parseAddress(address) : undefined;
    if (parsed === undefined) throw new TypeError(`"${key}" is no token: write eip155:CHAIN/erc20:0xADDRESS`);
    if (!areDecimals(token.decimals)) throw new TypeError(`the decimals of "${key}" are a whole number from 0 to 255`);
    const asset = erc20Asset(chainId, parsed);
    // A coin has 18 decimals on every chain. And whoever names the token has rules about a name that nothing that moves would have.
    if (isNative(asset)) throw new TypeError(`"${key}" is the chain's own coin: write ${asset}`);
    table.set(asset, token.decimals);
  }
  return table;
}

function isNative(asset: string): boolean {
  return asset.endsWith("/slip44:60") && isEvmChain(asset.slice(0, -"/slip44:60".length));
}
