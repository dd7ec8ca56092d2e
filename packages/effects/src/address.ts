import { keccak_256 } from "@noble/hashes/sha3";

const addressText = /^0x[0-9a-fA-F]{40}$/;
const plainCase = /^0x([0-9a-f]{40}|[0-9A-F]{40})$/;

/** A hash costs more than all the rest of a description, and agents pay the same few payees again and again. */
const checked = new Map<string, string | undefined>();
const maxChecked = 1024;

/**
 * An EVM address in lower case; undefined for what is none. Digits in mixed case are an EIP-55 checksum and have to be
 * the right one: a typo is no other address.
 */
export function parseAddress(text: string): string | undefined {
  if (typeof text !== "string" || text.length !== 42 || !addressText.test(text)) return undefined;
  const lower = text.toLowerCase();
  if (plainCase.test(text)) return lower;
  if (checked.has(text)) return checked.get(text);
  if (checked.size >= maxChecked) checked.clear();
  const address = checksumOf(lower) === text ? lower : undefined;
  checked.set(text, address);
  return address;
}

/** The CAIP-10 account of an address that `parseAddress` has accepted, in lower case. `chainId` is a CAIP-2 eip155 id. */
export function toAccountId(chainId: string, address: string): string {
  return `${chainId}:${address.toLowerCase()}`;
}

/** Whether this is the CAIP-2 id of an EVM chain. */
export function isEvmChain(chainId: string | undefined): chainId is string {
  return typeof chainId === "string" && /^eip155:(0|[1-9][0-9]{0,31})$/.test(chainId);
}

function checksumOf(lower: string): string {
  const digits = lower.slice(2);
  const hash = keccak_256(digits);
  let result = "0x";
  for (let index = 0; index < digits.length; index += 1) {
    const byte = hash[index >> 1] ?? 0;
    const nibble = index % 2 === 0 ? byte >> 4 : byte & 15;
    const digit = digits.charAt(index);
    result += nibble >= 8 ? digit.toUpperCase() : digit;
  }
  return result;
}
