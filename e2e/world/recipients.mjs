// @ts-check

import { keccak256, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/**
 * An address that nobody has used, the same for the same name.
 * @param {string} name
 */
export function freshAddress(name) {
  return freshAccount(name).address;
}

/**
 * An account of its own, without a balance, the same for the same name.
 * @param {string} name
 */
export function freshAccount(name) {
  return privateKeyToAccount(keccak256(toHex(`e2e account ${name}`)));
}

/**
 * Sets an account's native balance.
 * @param {import("./anvil.mjs").Anvil} anvil
 * @param {string} address
 * @param {bigint} amount wei
 */
export async function setBalance(anvil, address, amount) {
  await anvil.request("anvil_setBalance", [address, toHex(amount)]);
}

/**
 * @param {import("./anvil.mjs").Anvil} anvil
 * @param {string} address
 * @returns {Promise<bigint>} wei
 */
export async function balanceOf(anvil, address) {
  return BigInt(await anvil.request("eth_getBalance", [address, "latest"]));
}
