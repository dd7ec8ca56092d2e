import type { ChainReader, UnprovenCall, Verdict } from "@agentkit-policy/ledger";
import { ask, type Block, blockTime, type Receipt, type RpcChain } from "./rpc-node.js";
import { isPaymentOf, type SentTransaction, sentWithNonce } from "./rpc-outflow.js";

/** A call is looked for from so long before it was reserved: the times of blocks and of the ledger differ. */
const blockErrorMs = 120_000;

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
  call: UnprovenCall,
  nonces: Map<string, { readonly from: string; readonly nonce: bigint }>,
): Promise<Verdict | undefined> {
  const { chainId, transactionId, nonce, from, reservedAt } = call;
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
  if ((await ask(url, "eth_getTransactionReceipt", [transactionId])) !== null) return undefined;
  const since = reservedAt - blockErrorMs;
  const other = await sentWithNonce(url, { chainId, account: known.from, since }, known.nonce, final);
  nonces.delete(transactionId);
  return verdictBy(other, call.lines);
}

/** What a transaction that took the nonce of a call says of it: a wallet that raises a fee sends the same payment under another id. */
function verdictBy(other: SentTransaction | undefined, lines: UnprovenCall["lines"]): Verdict | undefined {
  const moved = other?.lines.filter((line) => lines.some((ours) => isPaymentOf(ours, line))) ?? [];
  if (other === undefined || moved.length === 0) return { kind: "never" };
  const isAll = lines.every((ours) => moved.some((line) => isPaymentOf(ours, line) && line.amount === ours.amount));
  // Where it moved less or more to the same payee, nobody can tell: what is held counts.
  return isAll ? { kind: "moved", blockTime: other.blockTime } : undefined;
}

async function lookUp(url: string, transactionId: string): Promise<{ from: string; nonce: bigint } | undefined> {
  const found = (await ask(url, "eth_getTransactionByHash", [transactionId])) as { from: string; nonce: string } | null;
  return found === null ? undefined : { from: found.from, nonce: BigInt(found.nonce) };
}
