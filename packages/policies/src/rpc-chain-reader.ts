import type { ChainReader, UnprovenCall, Verdict } from "@agentkit-policy/ledger";
import { ask, type Block, blockTime, type Receipt, type RpcChain } from "./rpc-node.js";

/** Looks for evidence on EVM chains, through their nodes. */
export function rpcChainReader(chains: ReadonlyMap<string, RpcChain>): ChainReader {
  /** Nonces of transactions that a node has shown while they were pending; nobody tells them once they were replaced. */
  const nonces = new Map<string, { readonly from: string; readonly nonce: bigint }>();
  return {
    async verdictOn(call) {
      const chain = chains.get(call.chainId);
      return chain === undefined ? undefined : await verdictOf(chain, call, nonces);
    },
    async latestBlockTime() {
      for (const { url } of chains.values()) {
        const block = (await ask(url, "eth_getBlockByNumber", ["latest", false]).catch(() => undefined)) as Block | undefined;
        if (block !== undefined && block !== null) return blockTime(block);
      }
      return undefined;
    },
  };
}

async function verdictOf(
  { url, confirmations }: RpcChain,
  { transactionId, nonce, from }: UnprovenCall,
  nonces: Map<string, { readonly from: string; readonly nonce: bigint }>,
): Promise<Verdict | undefined> {
  const latest = BigInt(String(await ask(url, "eth_blockNumber", [])));
  /** The last block that is final. */
  const final = latest - BigInt(confirmations - 1);
  const receipt = (await ask(url, "eth_getTransactionReceipt", [transactionId])) as Receipt | null;
  if (receipt !== null) {
    // A node that answers with another transaction's receipt, such as the replacement's, has proven nothing of ours.
    if (receipt.transactionHash.toLowerCase() !== transactionId.toLowerCase()) return undefined;
    if (BigInt(receipt.blockNumber) > final) return undefined;
    const block = (await ask(url, "eth_getBlockByNumber", [receipt.blockNumber, false])) as Block | null;
    if (block === null || block.hash !== receipt.blockHash) return undefined;
    if (receipt.status === "0x0") return { kind: "never" };
    return receipt.status === "0x1" ? { kind: "moved", blockTime: blockTime(block) } : undefined;
  }
  const known =
    nonce !== undefined && from !== undefined
      ? { from, nonce: BigInt(nonce) }
      : (nonces.get(transactionId) ?? (await lookUp(url, transactionId)));
  if (known === undefined) return undefined;
  nonces.set(transactionId, known);
  if (final < 0n) return undefined;
  const used = BigInt(String(await ask(url, "eth_getTransactionCount", [known.from, `0x${final.toString(16)}`])));
  if (used <= known.nonce) return undefined;
  // Its nonce is gone for good; only if it is not in a block after all, which it may be since it was looked for, was it another's.
  const late = await ask(url, "eth_getTransactionReceipt", [transactionId]);
  nonces.delete(transactionId);
  return late === null ? { kind: "never" } : undefined;
}

async function lookUp(url: string, transactionId: string): Promise<{ from: string; nonce: bigint } | undefined> {
  const found = (await ask(url, "eth_getTransactionByHash", [transactionId])) as { from: string; nonce: string } | null;
  return found === null ? undefined : { from: found.from, nonce: BigInt(found.nonce) };
}
