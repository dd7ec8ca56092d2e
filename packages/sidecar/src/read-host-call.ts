import { readWalletCall, restore, SnapshotError } from "@agentkit-policy/core";
import { AmountError, nativeDecimals, parseUnits } from "@agentkit-policy/effects";
import type { JsonValue, WalletCallFacts, WalletMethod } from "@agentkit-policy/schema";

/**
 * Reads the arguments of a wallet call that a host in another language sent as it got them: the same reading as of a call in
 * this process, so that the same call has the same facts in both languages. Facts that are read already come back as they are.
 * @throws SnapshotError when the arguments have no exact reading
 */
export function readHostCall(call: WalletCallFacts): WalletCallFacts {
  const { unread, callId, method, walletMethod, chainId, from } = call;
  if (unread === undefined) return call;
  const wallet: { chainId?: string; walletAddress?: string } = {};
  if (chainId !== undefined) wallet.chainId = chainId;
  if (from !== undefined) wallet.walletAddress = from;
  const beside = isBesideTheKnown(method, walletMethod, unread) ? ["arguments"] : [];
  // Python's native_transfer takes whole units where AgentKit's own in TypeScript takes atomic ones.
  if (walletMethod === "native_transfer" && chainId?.startsWith("eip155:") === true) {
    const { to, value } = unread;
    // These two are read below. Whatever else is there makes the call unknown, and has to have a reading all the same.
    if (beside.length > 0) restored(unread);
    const read = readWalletCall(callId, method, "nativeTransfer", [to, atomicText(value)], wallet);
    return withOtherFields({ ...read.facts, walletMethod }, call.otherFields, beside);
  }
  const args = argumentsOf(method, unread);
  const { facts } = readWalletCall(callId, method, walletMethod, args, wallet);
  return withOtherFields(facts, call.otherFields, beside, isSentForNoChain(method, args[0]) ? ["chainId"] : []);
}

/** The same for a journal: a call of which nobody can say what it did stays, as one that nobody can read. */
export function readJournalCall(call: WalletCallFacts): WalletCallFacts {
  try {
    return readHostCall(call);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const { unread: _unread, ...rest } = call;
    return { ...rest, otherFields: ["arguments"] };
  }
}

/**
 * Whether the wallet was given more than what is read: Python's wallets take one argument, but for native_transfer. What stands
 * beside it, a wallet of somebody's own may put in the place of what was judged, so that such a call is unknown.
 */
function isBesideTheKnown(method: WalletMethod, walletMethod: string, unread: { readonly [name: string]: JsonValue }): boolean {
  const names = Object.keys(unread);
  if (walletMethod === "native_transfer") return names.some((name) => name !== "to" && name !== "value");
  return method !== "unknown" && names.length > 1;
}

/**
 * Whether a host sends a transaction for no chain in so many words. What is signed without one is judged by the reading itself; of what is
 * sent, Python's wallets keep a chain that is null, and one that is absent is set by the wallet, or by its own node.
 */
function isSentForNoChain(method: WalletMethod, transaction: unknown): boolean {
  return method === "send" && isRecord(transaction) && transaction["chainId"] === null;
}

function withOtherFields(facts: WalletCallFacts, ...others: readonly (readonly string[] | undefined)[]): WalletCallFacts {
  const otherFields = new Set([facts.otherFields, ...others].flatMap((fields) => fields ?? []));
  return otherFields.size === 0 ? facts : { ...facts, otherFields: [...otherFields] };
}

function argumentsOf(method: WalletMethod, unread: { readonly [name: string]: JsonValue }): unknown[] {
  const values = Object.values(restored(unread));
  const [transaction, ...more] = values;
  if ((method !== "send" && method !== "sign_transaction") || !isRecord(transaction)) return values;
  return [Object.fromEntries(Object.entries(transaction).map(([name, value]) => [name, fieldOf(name, value)])), ...more];
}

/** web3 takes bytes where viem takes hexadecimal text, and the type of a transaction as a number. */
function fieldOf(name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  return name === "type" && typeof value === "number" ? `0x${value.toString(16)}` : value;
}

function restored(unread: { readonly [name: string]: JsonValue }): Record<string, unknown> {
  try {
    return restore(unread) as Record<string, unknown>;
  } catch {
    // A tag that holds what it may not: there is no reading of such arguments.
    throw new SnapshotError("the arguments hold a tag without its value");
  }
}

function atomicText(value: JsonValue | undefined): string {
  const text = typeof value === "object" && value !== null && !Array.isArray(value) ? value["$decimal"] : value;
  try {
    // A fraction that is no text has lost digits before anybody could look.
    if (typeof text === "string" || Number.isSafeInteger(text)) return parseUnits(String(text), nativeDecimals).toString();
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    throw new SnapshotError(error.message);
  }
  throw new SnapshotError("a native transfer takes an amount in whole units");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
