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

/** Chains by what their coin is called. A symbol that is not the coin's own would tell people of other money than what is asked. */
const chainsOfCoins: Readonly<Record<string, readonly number[]>> = {
  ETH: [
    // Ethereum and its testnets, and what runs on one's own machine.
    ...[1, 17000, 560048, 11155111, 31337],
    // OP, Base, Arbitrum, Unichain, World Chain, Soneium, Ink, Mode, Lisk, Zora, Blast, Redstone, Mint, Boba, BOB.
    ...[10, 11155420, 8453, 84532, 42161, 421614, 42170, 130, 1301, 480, 4801, 1868, 1946, 57073, 763373],
    ...[919, 34443, 1135, 4202, 7777777, 999999999, 81457, 168587773, 690, 185, 288, 60808],
    // ZKsync, Linea, Scroll, Polygon zkEVM, Abstract, Taiko, Manta Pacific.
    ...[300, 324, 59141, 59144, 534351, 534352, 1101, 2442, 2741, 11124, 167000, 169],
  ],
  APE: [33139],
  AVAX: [43113, 43114],
  BERA: [80069, 80094],
  BNB: [56, 97, 204],
  CELO: [42220, 44787, 11142220],
  CFX: [1030],
  CORE: [1116],
  CRO: [25],
  DEV: [1287],
  FIL: [314],
  FLOW: [747],
  FLR: [14],
  FTM: [250, 4002],
  GLMR: [1284],
  HBAR: [295, 296],
  KAIA: [8217],
  KAVA: [2222],
  MATIC: [80001],
  METIS: [1088, 59902],
  MNT: [5000, 5003],
  MON: [143, 10143],
  MOVR: [1285],
  OKB: [196],
  POL: [137, 80002],
  RBTC: [30],
  RON: [2020],
  S: [146],
  SEI: [1328, 1329],
  USDC: [5042, 5042002],
  USDT0: [988, 2201],
  XDC: [50],
  xDAI: [100],
  XTZ: [42793],
};

const nativeSymbols: ReadonlyMap<string, string> = new Map(
  Object.entries(chainsOfCoins).flatMap(([symbol, chains]) => chains.map((chain) => [`eip155:${chain}`, symbol] as const)),
);

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
  if (isNative(asset)) return nativeSymbols.get(asset.slice(0, asset.indexOf("/")));
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
