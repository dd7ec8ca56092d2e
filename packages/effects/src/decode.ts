import type { Effect, WalletCallFacts } from "@agentkit-policy/schema";
import { isEvmChain, parseAddress, toAccountId } from "./address.js";
import { erc20Asset, nativeAsset } from "./assets.js";
import { namesErc20Function, readErc20Call } from "./erc20-calldata.js";
import { exposureOf } from "./exposure.js";

const unknown: readonly Effect[] = Object.freeze([Object.freeze({ kind: "unknown", basis: "decoded" } as const)]);

/**
 * What a wallet call would do, read from the call alone. Total: whatever cannot be told for certain is `unknown`, and a
 * call to a contract that is not understood is a `contract_call`; neither is ever left out.
 */
export function decode(call: WalletCallFacts): readonly Effect[] {
  if (call.method === "escape") return [{ kind: "escape", method: call.walletMethod, basis: "decoded" }];
  if (call.method === "sign_hash") return [{ kind: "sign_hash", basis: "decoded" }];
  // A field that nobody understands can change all the others.
  if (call.otherFields !== undefined && call.otherFields.length > 0) return unknown;
  const { chainId } = call;
  // Only eip155 wallets prefix what they sign as a message. Elsewhere its bytes may be a transaction.
  if (!isEvmChain(chainId)) return unknown;
  if (call.method === "sign_message") return [{ kind: "sign_message", basis: "decoded" }];
  if (call.method === "send" || call.method === "sign_transaction") return decodeTransaction(call, chainId);
  return unknown;
}

function decodeTransaction(call: WalletCallFacts, chainId: string): readonly Effect[] {
  const value = call.value ?? "0";
  const data = call.data ?? "0x";
  if (!isAtomic(value) || !isBytes(data)) return unknown;
  if (call.to === undefined) {
    const deploy: Effect = { kind: "deploy", basis: "decoded" };
    return value === "0" ? [deploy] : [deploy, valueTransfer(chainId, value, undefined)];
  }
  const to = parseAddress(call.to);
  if (to === undefined) return unknown;
  const account = toAccountId(chainId, to);
  if (data === "0x") return [valueTransfer(chainId, value, account)];
  const effect = decodeCalldata(call, chainId, to, data);
  // A call's own value moves whatever its calldata says.
  return value === "0" ? [effect] : [valueTransfer(chainId, value, account), effect];
}

function valueTransfer(chainId: string, amount: string, counterparty: string | undefined): Effect {
  return {
    kind: "transfer",
    asset: nativeAsset(chainId),
    amount,
    ...(counterparty === undefined ? {} : { counterparty }),
    basis: "decoded",
  };
}

/** One effect of calldata that is not empty. */
function decodeCalldata(call: WalletCallFacts, chainId: string, to: string, data: string): Effect {
  const contract = toAccountId(chainId, to);
  const token = readErc20Call(data);
  if (token === undefined) {
    // A contract reads the words that it needs and ignores a dirty or an extra byte: money moves all the same, and
    // nobody may admit it as some call to a contract.
    if (namesErc20Function(data)) return { kind: "unknown", basis: "decoded" };
    return { kind: "contract_call", contract, method: data.slice(0, 10).toLowerCase(), basis: "decoded" };
  }
  const { method, amount } = token;
  const asset = erc20Asset(chainId, to);
  const common = { asset, contract, method, basis: "decoded" } as const;
  if (method === "approve") {
    return { ...common, kind: "approval", amount: exposureOf(amount), counterparty: toAccountId(chainId, token.spender) };
  }
  // Of somebody else's tokens it spends nothing of this wallet's. Of zero it moves nothing of an ERC-20 token, but the
  // first token of a collection: ERC-721 has the same selector, with an id for an amount.
  if (method === "transferFrom" && (amount === 0n || token.from !== call.from?.toLowerCase())) {
    return { kind: "contract_call", contract, method, basis: "decoded" };
  }
  return { ...common, kind: "transfer", amount: amount.toString(), counterparty: toAccountId(chainId, token.to) };
}

function isAtomic(text: string): boolean {
  return typeof text === "string" && text.length <= 100 && /^(0|[1-9][0-9]*)$/.test(text);
}

function isBytes(text: string): boolean {
  return typeof text === "string" && text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text);
}
