import { nativeAsset } from "@agentkit-policy/effects";
import type { ChainReader, SpentLine, UnprovenCall, Verdict } from "@agentkit-policy/ledger";
import { type Ask, askerOf, type Block, blockTime, type Receipt, type RpcChain } from "./rpc-node.js";
import { isPaymentOf, type NonceTaker, nonceTaker } from "./rpc-outflow.js";

/** A call is looked for from so long before it was reserved: the times of blocks and of the ledger differ. */
const blockErrorMs = 120_000;

/** Looks for evidence on EVM chains, through their nodes. */
export function rpcChainReader(chains: ReadonlyMap<string, RpcChain>): ChainReader {
  /** Nonces of transactions that a node has shown while they were pending; nobody tells them once they were replaced. */
  const nonces = new Map<string, { readonly from: string; readonly nonce: bigint }>();
  return {
    async verdictOn(call, signal) {
      const chain = chains.get(call.chainId);
      return chain === undefined ? undefined : await verdictOf(askerOf(chain.url, signal), chain.confirmations, call, nonces);
    },
    async latestBlockTime(signal) {
      for (const { url } of chains.values()) {
        const ask = askerOf(url, signal);
        const block = (await ask("eth_getBlockByNumber", ["latest", false]).catch(() => undefined)) as Block | undefined;
        if (block !== undefined && block !== null) return blockTime(block);
      }
      return undefined;
    },
  };
}

async function verdictOf(
  ask: Ask,
  confirmations: number,
  call: UnprovenCall,
  nonces: Map<string, { readonly from: string; readonly nonce: bigint }>,
): Promise<Verdict | undefined> {
  const { chainId, transactionId, nonce, from, reservedAt } = call;
  const latest = BigInt(String(await ask("eth_blockNumber", [])));
  /** The last block that is final. */
  const final = latest - BigInt(confirmations - 1);
  const receipt = (await ask("eth_getTransactionReceipt", [transactionId])) as Receipt | null;
  if (receipt !== null) {
    // A node that answers with another transaction's receipt, such as the replacement's, has proven nothing of ours.
    if (receipt.transactionHash.toLowerCase() !== transactionId.toLowerCase()) return undefined;
    if (BigInt(receipt.blockNumber) > final) return undefined;
    const block = (await ask("eth_getBlockByNumber", [receipt.blockNumber, false])) as Block | null;
    if (block === null || block.hash !== receipt.blockHash) return undefined;
    if (receipt.status === "0x0") return { kind: "never" };
    return receipt.status === "0x1" ? { kind: "moved", blockTime: blockTime(block) } : undefined;
  }
  const known =
    nonce !== undefined && from !== undefined
      ? { from, nonce: BigInt(nonce) }
      : (nonces.get(transactionId) ?? (await lookUp(ask, transactionId)));
  if (known === undefined) return undefined;
  nonces.set(transactionId, known);
  if (final < 0n) return undefined;
  const used = BigInt(String(await ask("eth_getTransactionCount", [known.from, `0x${final.toString(16)}`])));
  if (used <= known.nonce) return undefined;
  // Its nonce is gone for good; only if it is not in a block after all, which it may be since it was looked for, was it another's.
  if ((await ask("eth_getTransactionReceipt", [transactionId])) !== null) return undefined;
  const since = reservedAt - blockErrorMs;
  const other = await nonceTaker(ask, { chainId, account: known.from, since }, known.nonce, final);
  // A node behind the others has not shown the receipt of what is in a block all the same: the next look sees it.
  if (other?.transactionId.toLowerCase() === transactionId.toLowerCase()) return undefined;
  nonces.delete(transactionId);
  return verdictBy(other, call);
}

/**
 * What a transaction that took the nonce of a call says of it: a wallet that raises a fee sends the same call under another id. Where that
 * cannot be told, what is held goes on counting.
 */
function verdictBy(other: NonceTaker | undefined, { chainId, lines }: UnprovenCall): Verdict | undefined {
  if (other === undefined || other.reach === "nothing") return { kind: "never" };
  const moved = [...other.lines, ...other.granted].filter((line) => lines.some((ours) => isPaymentOf(ours, line)));
  if (moved.length === 0) {
    const isShown = lines.length > 0 && lines.every((ours) => wouldShow(ours, chainId, other));
    return isShown ? { kind: "never" } : undefined;
  }
  const isAll = lines.every((ours) => moved.some((line) => isPaymentOf(ours, line) && line.amount === ours.amount));
  // Where it moved less or more to the same payee, nobody can tell.
  return isAll ? { kind: "moved", blockTime: other.blockTime } : undefined;
}

/** Whether a transaction that moved this would show it, in its value or by logs. */
function wouldShow({ asset }: SpentLine, chainId: string, { reach }: NonceTaker): boolean {
  if (asset.startsWith(`${chainId}/erc20:`) || reach === "value") return true;
  return asset === nativeAsset(chainId) && reach === "tokens";
}

async function lookUp(ask: Ask, transactionId: string): Promise<{ from: string; nonce: bigint } | undefined> {
  const found = (await ask("eth_getTransactionByHash", [transactionId])) as { from: string; nonce: string } | null;
  return found === null ? undefined : { from: found.from, nonce: BigInt(found.nonce) };
}
