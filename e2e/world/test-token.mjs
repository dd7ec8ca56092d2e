// @ts-check
import { encodeAbiParameters, encodeFunctionData, keccak256, pad, parseAbi, toHex } from "viem";
import { caipChainId, requester } from "./anvil.mjs";
import { testTokenBytecode } from "./test-token-bytecode.mjs";

/** Base Sepolia's USDC, which AgentKit and the catalogue know by this address; on our chain it is the test token. */
export const testTokenAddress = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

/** CAIP-19. */
export const testTokenAsset = `${caipChainId}/erc20:${testTokenAddress.toLowerCase()}`;

export const testTokenDecimals = 6;

export const testTokenAbi = parseAbi([
  "function balanceOf(address account) view returns (uint256)",
  "function setBlocked(address account, bool value)",
  "function approve(address spender, uint256 value) returns (bool)",
  "function transfer(address to, uint256 value) returns (bool)",
  "function transferFrom(address from, address to, uint256 value) returns (bool)",
]);

/**
 * Places the token's code at its address.
 * @param {import("./anvil.mjs").Anvil} anvil
 */
export async function installTestToken(anvil) {
  await anvil.request("anvil_setCode", [testTokenAddress, testTokenBytecode]);
}

/**
 * Gives an account a balance of the token, without a transaction.
 * @param {import("./anvil.mjs").Anvil} anvil
 * @param {string} account
 * @param {bigint} amount atomic units
 */
export async function setTokenBalance(anvil, account, amount) {
  await anvil.request("anvil_setStorageAt", [testTokenAddress, balanceSlot(account), pad(toHex(amount))]);
}

/**
 * @param {string} rpcUrl
 * @param {string} account
 * @returns {Promise<bigint>} atomic units
 */
export async function tokenBalance(rpcUrl, account) {
  const data = encodeFunctionData({
    abi: testTokenAbi,
    functionName: "balanceOf",
    args: [/** @type {import("viem").Address} */ (account)],
  });
  return BigInt(await requester(rpcUrl)("eth_call", [{ to: testTokenAddress, data }, "latest"]));
}

/**
 * Where the token keeps an account's balance: its mapping is in slot 0.
 * @param {string} account
 */
function balanceSlot(account) {
  return keccak256(
    encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [/** @type {import("viem").Address} */ (account), 0n]),
  );
}
