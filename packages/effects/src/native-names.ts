/**
 * Contracts by which a chain's own coin is also a token: one balance under two names, so that what leaves by either is the coin. By chain
 * and address, since the same address is another contract elsewhere; with the decimals that the token tells, which need not be the coin's
 * 18. A contract that wraps a coin (WETH) holds a balance of its own and is not of these.
 */
const nativeNames: ReadonlyMap<string, number> = new Map([
  // CeloToken: docs.celo.org, "Core Contracts" and "Token Duality"; for Celo Sepolia the addresses in celo-org/op-geth.
  ["eip155:42220/0x471ece3750da237f93b8e339c536989b8978a438", 18],
  ["eip155:44787/0xf194afdf50b03e69bd7d057c1aa9e10c9954e4c9", 18],
  ["eip155:11142220/0x471ece3750da237f93b8e339c536989b8978a438", 18],
  // "Native Token ERC-20 Precompile" of Moonbeam, Moonriver and Moonbase Alpha: docs.moonbeam.network.
  ["eip155:1284/0x0000000000000000000000000000000000000802", 18],
  ["eip155:1285/0x0000000000000000000000000000000000000802", 18],
  ["eip155:1287/0x0000000000000000000000000000000000000802", 18],
  // "L2 Metis ERC20-style Address" of Andromeda and its Sepolia: "Connection Details" in Metis-DAO/Metis.
  ["eip155:1088/0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000", 18],
  ["eip155:59902/0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000", 18],
  // MRC20 of Polygon and Amoy: child/MRC20.sol in maticnetwork/contracts. Its transfer takes the same amount as the call's value, and both
  // are counted: rather the same coin twice than once too little.
  ["eip155:137/0x0000000000000000000000000000000000001010", 18],
  ["eip155:80002/0x0000000000000000000000000000000000001010", 18],
  // The base token of ZKsync Era and its Sepolia: docs.zksync.io, "Custom base tokens". It offers accounts no transfer so far.
  ["eip155:324/0x000000000000000000000000000000000000800a", 18],
  ["eip155:300/0x000000000000000000000000000000000000800a", 18],
  // USDC of Arc and its testnet: docs.arc.network, "Contract Addresses" and "Stablecoin-native model"; for Arc itself docs.bitquery.io.
  ["eip155:5042/0x3600000000000000000000000000000000000000", 6],
  ["eip155:5042002/0x3600000000000000000000000000000000000000", 6],
  // USDT0 of Stable and its testnet: docs.stable.xyz, "Send USDT0" and "USDT as gas".
  ["eip155:988/0x779ded0c9e1022225f8e0630b35a9b54be713736", 6],
  ["eip155:2201/0x78cf24370174180738c5b8e352b6d14c83a6c9a9", 6],
]);

/** The decimals of a contract, by its address in lower case, that is the coin of its chain under another name; undefined for any other. */
export function nativeNameDecimals(chainId: string, address: string): number | undefined {
  return nativeNames.get(`${chainId}/${address}`);
}
