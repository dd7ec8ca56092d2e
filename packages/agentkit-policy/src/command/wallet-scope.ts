import { parseAddress } from "@agentkit-policy/effects";
import { UsageError } from "./usage-error.js";

const forms = "write 0x… or eip155:0x… for a wallet on every EVM chain, or solana:ADDRESS";

/**
 * A wallet as the ledger knows it: the namespace of its chain, and its address, in lower case where case means nothing. The ledger compares
 * exact text, and a freeze of any other text would stop nobody.
 * @throws UsageError
 */
export function walletScope(written: string): string {
  const [, evm] = /^(?:eip155:(?:[1-9][0-9]{0,31}:)?)?(0x[^:]*)$/.exec(written) ?? [];
  if (evm !== undefined) {
    const address = parseAddress(evm);
    if (address !== undefined) return `eip155:${address}`;
    throw new UsageError(`"${evm}" is no address, or its checksum is wrong; copy it again, and ${forms}`);
  }
  const [, solana] = /^solana:(?:[-_a-zA-Z0-9]{1,32}:)?([^:]*)$/.exec(written) ?? [];
  if (solana === undefined) throw new UsageError(`"${written}" is no wallet; ${forms}`);
  if (isSolanaAddress(solana)) return `solana:${solana}`;
  throw new UsageError(`"${solana}" is no address of Solana, which is 32 bytes in base58; copy it again, and ${forms}`);
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** The length tells an address from the name of a network, which is base58 as well, and from one that lost a letter. */
function isSolanaAddress(text: string): boolean {
  if (!/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text)) return false;
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  const rest = [...text].reduce((sum, digit) => sum * 58n + BigInt(base58.indexOf(digit)), 0n);
  const bytes = rest === 0n ? 0 : Math.ceil(rest.toString(16).length / 2);
  return zeros + bytes === 32;
}
