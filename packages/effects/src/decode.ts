import type { Effect, WalletCallFacts } from "@agentkit-policy/schema";
import { isEvmChain, parseAddress, toAccountId } from "./address.js";
import { erc20Asset, nativeAsset } from "./assets.js";
import { KnownTokens } from "./known-tokens.js";
import { readMessage } from "./message.js";
import { namesTokenMethod, readTokenCall } from "./token-calldata.js";
import { tokenEffects } from "./token-effects.js";

const unknown: readonly Effect[] = Object.freeze([Object.freeze({ kind: "unknown", basis: "decoded" } as const)]);

/**
 * What a wallet call would do, read from the call alone. Total: whatever cannot be told for certain is `unknown`, and a
 * call to a contract that is not understood is a `contract_call`; neither is ever left out.
 */
export function decode(call: WalletCallFacts, tokens: KnownTokens = new KnownTokens()): readonly Effect[] {
  if (call.method === "escape") return [{ kind: "escape", method: call.walletMethod, basis: "decoded" }];
  if (call.method === "sign_hash") return [{ kind: "sign_hash", basis: "decoded" }];
  // A field that nobody understands can change all the others.
  if (call.otherFields !== undefined && call.otherFields.length > 0) return unknown;
  const { chainId } = call;
  // Only eip155 wallets prefix what they sign as a message. Elsewhere its bytes may be a transaction.
  if (!isEvmChain(chainId)) return unknown;
  if (call.method === "sign_message") return decodeMessage(call);
  if (call.method === "send" || call.method === "sign_transaction") return decodeTransaction(call, chainId, tokens);
  return unknown;
}

function decodeMessage({ payload }: WalletCallFacts): readonly Effect[] {
  const message = readMessage(payload);
  if (message === undefined) return unknown;
  return [{ kind: message === "hash" ? "sign_hash" : "sign_message", basis: "decoded" }];
}

function decodeTransaction(call: WalletCallFacts, chainId: string, tokens: KnownTokens): readonly Effect[] {
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
  const effects = decodeCalldata(call, chainId, to, data, tokens);
  // A call's own value moves whatever its calldata says.
  return value === "0" ? effects : [valueTransfer(chainId, value, account), ...effects];
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

/** The effects of calldata that is not empty. */
function decodeCalldata(call: WalletCallFacts, chainId: string, to: string, data: string, tokens: KnownTokens): Effect[] {
  const token = readTokenCall(data);
  if (token !== undefined) {
    const asset = erc20Asset(chainId, to);
    const place = { chainId, token: to, from: call.from, isKnown: tokens.has(asset), isListed: tokens.isListed(asset) };
    return tokenEffects(token, place);
  }
  // A contract reads the words that it needs and ignores a dirty or an extra byte: money moves all the same, and nobody may admit it as
  // some call to a contract.
  if (namesTokenMethod(data)) return [{ kind: "unknown", basis: "decoded" }];
  const method = data.slice(0, 10).toLowerCase();
  return [{ kind: "contract_call", contract: toAccountId(chainId, to), method, basis: "decoded" }];
}

function isAtomic(text: string): boolean {
  return typeof text === "string" && text.length <= 100 && /^(0|[1-9][0-9]*)$/.test(text);
}

function isBytes(text: string): boolean {
  return typeof text === "string" && text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text);
}
