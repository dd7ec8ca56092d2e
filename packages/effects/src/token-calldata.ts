import { type TokenMethod, tokenMethods, type WordRole } from "./token-methods.js";

/** A call of a function that moves or grants tokens. Addresses are in lower case, amounts are atomic; a flag is 1 or 0. */
export interface TokenCall {
  readonly method: TokenMethod;
  readonly accounts: ReadonlyMap<WordRole, string>;
  readonly numbers: ReadonlyMap<WordRole, bigint>;
}

/** Hexadecimal digits of a word. */
const wordDigits = 64;
const selectorEnd = 10;

/** Whether calldata names one of these functions, however its words are made. */
export function namesTokenMethod(data: string): boolean {
  return methodOf(data) !== undefined;
}

/**
 * Reads calldata as a call to a token; undefined for anything else. Strict: exactly the words of the function, no dirty byte above an
 * address, and what has a length of its own in its turn, without a gap: contracts differ in what they make of anything else.
 *
 * By hand, since words need no library: the lightest that would do, ox's AbiFunction, took 31 to 33 ms to import on the machine that
 * builds this (Node 20, bar 30 ms).
 */
export function readTokenCall(data: string): TokenCall | undefined {
  const method = methodOf(data);
  if (method === undefined) return undefined;
  const hex = data.slice(selectorEnd).toLowerCase();
  const accounts = new Map<WordRole, string>();
  const numbers = new Map<WordRole, bigint>();
  /** Where the next part behind the words begins. */
  let end = method.words.length * wordDigits;
  if (hex.length < end) return undefined;
  for (const [index, [role, type]] of method.words.entries()) {
    const word = hex.slice(index * wordDigits, (index + 1) * wordDigits);
    if (type === "address") {
      if (!word.startsWith("0".repeat(24))) return undefined;
      accounts.set(role, `0x${word.slice(24)}`);
      continue;
    }
    // It says nothing of value, and any 32 bytes are one.
    if (type === "bytes32") continue;
    const number = BigInt(`0x${word}`);
    if (type === "uint256") numbers.set(role, number);
    else if (type === "bool") {
      // Some contracts take any number that is not zero for a yes.
      if (number > 1n) return undefined;
      numbers.set(role, number);
    } else if (type === "uint8") {
      if (number > 255n) return undefined;
    } else {
      if (number * 2n !== BigInt(end)) return undefined;
      const next = endOfPart(hex, end, type === "uint256[]" ? BigInt(wordDigits) : 2n);
      if (next === undefined) return undefined;
      end = next;
    }
  }
  return hex.length === end ? { method, accounts, numbers } : undefined;
}

function methodOf(data: string): TokenMethod | undefined {
  return tokenMethods.get(data.slice(2, selectorEnd).toLowerCase());
}

/** Where a part ends that begins with the number of its members, each of so many digits, and is filled up with zeros to a whole word. */
function endOfPart(hex: string, start: number, memberDigits: bigint): number | undefined {
  const lengthWord = hex.slice(start, start + wordDigits);
  if (lengthWord.length < wordDigits) return undefined;
  const body = start + wordDigits;
  const digits = BigInt(`0x${lengthWord}`) * memberDigits;
  // Looked at before it is a number of JavaScript, which could not hold it.
  if (digits > BigInt(hex.length - body)) return undefined;
  const filled = body + Math.ceil(Number(digits) / wordDigits) * wordDigits;
  return hex.length >= filled && /^0*$/.test(hex.slice(body + Number(digits), filled)) ? filled : undefined;
}
