import type { JsonValue, WalletCallFacts, WalletMethod } from "@agentkit-policy/schema";
import { SnapshotError, takeSnapshot } from "./snapshot.js";
import type { WalletFacts } from "./wallet-facts.js";

/** A wallet call as it is judged, and the arguments that are handed over: both from one reading (`bind:executed-is-judged`). */
export interface ReadCall {
  readonly facts: WalletCallFacts;
  readonly args: readonly unknown[];
}

/** Fields of a transaction whose meaning is known; any other makes the call `unknown`. */
const transactionFields = new Set([
  "to",
  "value",
  "data",
  "nonce",
  "chainId",
  "type",
  "gas",
  "gasLimit",
  "gasPrice",
  "maxFeePerGas",
  "maxPriorityFeePerGas",
  "accessList",
]);

/** Envelope types that carry nothing beyond those fields. */
const plainTypes = new Set(["legacy", "eip2930", "eip1559", "0x0", "0x1", "0x2"]);

/**
 * @param nativeUnit the atomic units that this wallet's `nativeTransfer` moves for a value of 1
 * @throws SnapshotError when the arguments have no exact reading.
 */
export function readWalletCall(
  callId: string,
  method: WalletMethod,
  walletMethod: string,
  args: readonly unknown[],
  wallet: WalletFacts,
  nativeUnit = 1n,
): ReadCall {
  const base = {
    callId,
    method,
    walletMethod,
    ...(wallet.chainId === undefined ? {} : { chainId: wallet.chainId }),
    ...(wallet.walletAddress === undefined ? {} : { from: wallet.walletAddress }),
  };
  if (wallet.chainId?.startsWith("eip155:") !== true) return readOpaqueCall(base, args);
  if (walletMethod === "nativeTransfer") return readNativeTransfer(base, args, nativeUnit);
  if (method === "send" || method === "sign_transaction") return readTransaction(base, args, wallet);
  return readOpaqueCall(base, args);
}

type BaseFacts = Pick<WalletCallFacts, "callId" | "method" | "walletMethod" | "chainId" | "from">;

function readNativeTransfer(base: BaseFacts, args: readonly unknown[], unit: bigint): ReadCall {
  const [to, value] = args;
  if (typeof to !== "string" || typeof value !== "string" || !/^(0|[1-9][0-9]*)$/.test(value)) {
    throw new SnapshotError("a native transfer takes an address and an amount in atomic units, both as text");
  }
  // Judged is what it moves; handed over is what the wallet was asked.
  return { facts: Object.assign(base, { to, value: (BigInt(value) * unit).toString() }), args: [to, value] };
}

function readTransaction(base: BaseFacts, args: readonly unknown[], wallet: WalletFacts): ReadCall {
  const [transaction] = args;
  if (typeof transaction !== "object" || transaction === null) throw new SnapshotError("the transaction is not an object");
  const { account, from, chain, ...rest } = transaction as Record<string, unknown>;
  const snapshot = takeSnapshot(rest);
  const fresh = snapshot.fresh() as Record<string, unknown>;
  const { to, data } = fresh;
  if (to !== undefined && to !== null && typeof to !== "string")
    throw new SnapshotError("the transaction's recipient is not text");
  if (data !== undefined && data !== null && !isHex(data))
    throw new SnapshotError("the transaction's data is not hexadecimal text");
  const value = integerText(fresh["value"], "value");
  const nonce = integerText(fresh["nonce"], "nonce");
  const otherFields = Object.keys(fresh).filter((field) => !transactionFields.has(field));
  // Whose key signs and on which chain is the wallet's own business; a transaction that says otherwise is not understood.
  if (!isOwnAccount(account, wallet) || !isOwnAccount(from, wallet)) otherFields.push("from");
  if (!namesOwnChain(base.method, fresh["chainId"], wallet) || !isOwnChain(chain, wallet)) otherFields.push("chainId");
  if (fresh["type"] !== undefined && !plainTypes.has(String(fresh["type"]))) otherFields.push("type");
  return {
    facts: {
      ...base,
      ...(typeof to === "string" ? { to } : {}),
      value: value ?? "0",
      ...(isHex(data) ? { data } : {}),
      ...(nonce === undefined ? {} : { nonce }),
      ...(otherFields.length === 0 ? {} : { otherFields }),
    },
    args: [fresh],
  };
}

/** A call of which only the arguments are known: a signature, another chain's transaction, a method we never heard of. */
function readOpaqueCall(base: BaseFacts, args: readonly unknown[]): ReadCall {
  const snapshots = args.map((argument) => takeSnapshotOrNothing(argument));
  const readable = snapshots.every((snapshot) => snapshot !== undefined);
  return {
    facts: {
      ...base,
      ...(readable
        ? { payload: snapshots.map((snapshot) => snapshot?.plain ?? null) as JsonValue }
        : { otherFields: ["arguments"] }),
    },
    // What cannot be copied is handed over as it is; it was judged as something that nobody can read.
    args: readable ? snapshots.map((snapshot) => snapshot?.fresh()) : args,
  };
}

function takeSnapshotOrNothing(value: unknown): ReturnType<typeof takeSnapshot> | undefined {
  try {
    return takeSnapshot(value);
  } catch {
    return undefined;
  }
}

function isHex(value: unknown): value is string {
  return typeof value === "string" && /^0x([0-9a-fA-F]{2})*$/.test(value);
}

/** An integer that a transaction holds as a bigint, a safe number, or hexadecimal or decimal text. */
function integerText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint" && value >= 0n) return value.toString();
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value.toString();
  if (typeof value === "string" && /^(0x[0-9a-fA-F]+|0|[1-9][0-9]*)$/.test(value)) return BigInt(value).toString();
  throw new SnapshotError(`the transaction's ${field} is not a whole number of at least zero`);
}

function isOwnAccount(account: unknown, wallet: WalletFacts): boolean {
  if (account === undefined || account === null) return true;
  const address = typeof account === "string" ? account : (account as { address?: unknown }).address;
  return typeof address === "string" && address.toLowerCase() === wallet.walletAddress;
}

/**
 * Whether a transaction is for the wallet's chain and no other. A wallet that sends puts its own chain into what it signs; one
 * that only signs takes what it is given, and a signature without a chain is valid on every chain.
 *
 * fail:closed: such a call is one that nobody can read. Filling the chain in would not reach a host in another language,
 * which signs its own copy of what is read here.
 */
function namesOwnChain(method: WalletMethod, chainId: unknown, wallet: WalletFacts): boolean {
  if (chainId === undefined || chainId === null) return method === "send";
  // An object can be the wallet's chain to us and no chain at all to whoever serialises it.
  return typeof chainId !== "object" && isChainId(chainId, wallet);
}

/** viem's `chain`, which is read and never handed over. */
function isOwnChain(chain: unknown, wallet: WalletFacts): boolean {
  if (chain === undefined || chain === null) return true;
  return isChainId(typeof chain === "object" ? (chain as { id?: unknown }).id : chain, wallet);
}

function isChainId(id: unknown, wallet: WalletFacts): boolean {
  const text = typeof id === "string" && /^0x[0-9a-fA-F]+$/.test(id) ? BigInt(id).toString() : String(id);
  return wallet.chainId === `eip155:${text}`;
}
