import type { Effect } from "@agentkit-policy/schema";
import { toAccountId } from "./address.js";
import { erc20Amount, erc20Asset } from "./assets.js";
import { exposureOf } from "./exposure.js";
import type { TokenCall } from "./token-calldata.js";

/** The contract that a call goes to, and who calls. */
export interface TokenPlace {
  readonly chainId: string;
  /** In lower case. */
  readonly token: string;
  readonly from: string | undefined;
  /** Whether the contract is known to be an ERC-20 token. */
  readonly isKnown: boolean;
  /** Whether a person said so: it is built in, or the user gave its decimals. */
  readonly isListed: boolean;
}

/** What a call to a token does. */
export function tokenEffects({ method, accounts, numbers }: TokenCall, place: TokenPlace): Effect[] {
  const { chainId, token, from, isKnown, isListed } = place;
  const contract = toAccountId(chainId, token);
  const opaque: Effect = { kind: "contract_call", contract, method: method.name, basis: "decoded" };
  const receiver = accounts.get("receiver");
  const named = {
    ...(receiver === undefined ? {} : { counterparty: toAccountId(chainId, receiver) }),
    contract,
    method: method.name,
    basis: "decoded",
  } as const;
  const common = { ...named, asset: erc20Asset(chainId, token) };
  if (method.does === "operator_approval") {
    // What takes a grant back gives nobody anything, and is a call like any other.
    return [numbers.get("granted") === 0n ? opaque : { ...common, kind: "operator_approval", amount: "unlimited" }];
  }
  const amount = numbers.get("amount");
  // Single tokens have no amount that a limit could count, whosever they are: not even a rule that names their contract admits what nobody
  // can value.
  if (amount === undefined) return [{ ...named, kind: "unknown" }];
  const owner = accounts.get("owner");
  // Of somebody else's tokens it spends nothing of this wallet's. Where nobody says whose wallet this is they may be its own, and count.
  if (owner !== undefined && from !== undefined && owner !== from.toLowerCase()) return [opaque];
  if (amount === 0n) {
    // Of zero it moves and grants nothing of an ERC-20 token, but the first token of a collection: ERC-721 has the same selectors, with an
    // id for an amount. So where nobody knows that it is such a token, some rule has to name the call, and a list of payees judges it.
    if (!isKnown) return [{ ...named, kind: "contract_call" }];
    if (owner !== undefined) return [opaque];
    // Taken back from anybody: a list of payees says who may get something, and not whom one must go on trusting. Not by approveAndCall,
    // which calls the spender.
    if (method.name === "approve" && isListed) {
      const { counterparty: _, ...revoked } = common;
      return [{ ...revoked, kind: "approval", amount: "0" }];
    }
  }
  const counted = erc20Amount(chainId, token, amount);
  if (method.does === "approval") return [{ ...common, kind: "approval", amount: exposureOf(counted) }];
  const transfer: Effect = { ...common, kind: "transfer", amount: counted.toString() };
  // Of a contract that may be something else it is judged as both: what it moves of its own counts, and some rule has to name the call.
  return method.isShared && !isKnown ? [transfer, opaque] : [transfer];
}
