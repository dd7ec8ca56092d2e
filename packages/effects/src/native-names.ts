/**
 * Contracts by which a chain's own coin is also a token: one balance under two names, so that what leaves by either is the coin. By chain
 * and address, since the same address is another contract elsewhere. A contract that wraps a coin (WETH) holds a balance of its own and is
 * not of these.
 */
const nativeNames: ReadonlySet<string> = new Set([
  // CeloToken: docs.celo.org, "Core Contracts" and "Token Duality"; for Celo Sepolia the addresses in celo-org/op-geth.
  "eip155:42220/0x471ece3750da237f93b8e339c536989b8978a438",
  "eip155:44787/0xf194afdf50b03e69bd7d057c1aa9e10c9954e4c9",
  "eip155:11142220/0x471ece3750da237f93b8e339c536989b8978a438",
  // "Native Token ERC-20 Precompile" of Moonbeam, Moonriver and Moonbase Alpha: docs.moonbeam.network.
  "eip155:1284/0x0000000000000000000000000000000000000802",
  "eip155:1285/0x0000000000000000000000000000000000000802",
  "eip155:1287/0x0000000000000000000000000000000000000802",
  // "L2 Metis ERC20-style Address" of Andromeda and its Sepolia: "Connection Details" in Metis-DAO/Metis.
  "eip155:1088/0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000",
  "eip155:59902/0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000",
  // MRC20 of Polygon and Amoy: child/MRC20.sol in maticnetwork/contracts. Its transfer takes the same amount as the call's value, and both
  // are counted: rather the same coin twice than once too little.
  "eip155:137/0x0000000000000000000000000000000000001010",
  "eip155:80002/0x0000000000000000000000000000000000001010",
  // The base token of ZKsync Era and its Sepolia: docs.zksync.io, "Custom base tokens". It offers accounts no transfer so far.
  "eip155:324/0x000000000000000000000000000000000000800a",
  "eip155:300/0x000000000000000000000000000000000000800a",
]);

/** Whether a contract, by its address in lower case, is the coin of its chain under another name. */
export function isNativeName(chainId: string, address: string): boolean {
  return nativeNames.has(`${chainId}/${address}`);
}
