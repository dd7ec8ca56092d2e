import { readWalletCall, restore, SnapshotError } from "@agentkit-policy/core";
import { AmountError, nativeDecimals, parseUnits } from "@agentkit-policy/effects";
import type { JsonValue, WalletCallFacts } from "@agentkit-policy/schema";

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
  // Python's native_transfer takes whole units where AgentKit's own in TypeScript takes atomic ones.
  if (walletMethod === "native_transfer" && chainId?.startsWith("eip155:") === true) {
    const { to, value } = unread;
    // These two are read below. Whatever else is there decides nothing, and has to have a reading all the same.
    if (Object.keys(unread).length > 2) restored(unread);
    const read = readWalletCall(callId, method, "nativeTransfer", [to, atomicText(value)], wallet);
    return { ...read.facts, walletMethod };
  }
  return readWalletCall(callId, method, walletMethod, argumentsOf(method, unread), wallet).facts;
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

function argumentsOf(method: WalletCallFacts["method"], unread: { readonly [name: string]: JsonValue }): unknown[] {
  const values = Object.values(restored(unread));
  const [transaction] = values;
  if ((method !== "send" && method !== "sign_transaction") || values.length !== 1 || !isRecord(transaction)) return values;
  return [Object.fromEntries(Object.entries(transaction).map(([name, value]) => [name, fieldOf(name, value)]))];
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
