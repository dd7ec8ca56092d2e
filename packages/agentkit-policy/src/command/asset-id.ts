import { erc20Amount, erc20Asset, nativeAsset, parseAddress } from "@agentkit-policy/effects";
import { UsageError } from "./usage-error.js";

/**
 * An asset as the ledger knows it: CAIP-19 in lower case. A symbol could be anybody's token, and a text that no asset has would count nowhere.
 * @throws UsageError
 */
export function assetId(written: string): string {
  const [, chain, token] = /^(eip155:[1-9][0-9]{0,31})\/(?:slip44:60|erc20:(.+))$/.exec(written) ?? [];
  if (chain === undefined)
    throw new UsageError(
      `"${written}" is no asset; write CAIP-19, such as eip155:84532/slip44:60 for the chain's coin, or eip155:84532/erc20:0x… for a token`,
    );
  if (token === undefined) return nativeAsset(chain);
  const address = parseAddress(token);
  if (address === undefined)
    throw new UsageError(
      `"${token}" is no address of a token, or its checksum is wrong; write CAIP-19, such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e`,
    );
  // Nobody could tell in which of the two units its amount is.
  if (erc20Amount(chain, address, 1n) !== 1n)
    throw new UsageError(
      `"${token}" is the chain's own coin, with fewer decimals than the coin has; write ${nativeAsset(chain)}, and the amount in its 18 decimals`,
    );
  return erc20Asset(chain, address);
}
