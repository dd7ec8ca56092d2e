import { erc20Asset, nativeAsset } from "@agentkit-policy/effects";
import type { SpentLine } from "@agentkit-policy/ledger";
import { ask, type Block, blockTime, type Receipt, type RpcChain } from "./rpc-node.js";

/** keccak256 of Transfer(address,address,uint256), by which ERC-20 tokens tell of what they moved (EIP-20). */
const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** An account that has sent more than that is not followed: nobody could tell its payments apart. */
const mostTransactions = 64n;

/** What is asked of a chain: everything that an account has sent since a moment. */
export interface OutflowQuestion {
  /** CAIP-2. */
  readonly chainId: string;
  readonly account: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** A transaction of an account that is in a block for good. */
export interface SentTransaction {
  readonly transactionId: string;
  readonly nonce: string;
  readonly blockTime: number;
  /** What it took from the account. Empty where it was reverted. */
  readonly lines: readonly SpentLine[];
}

export interface Outflow {
  readonly transactions: readonly SentTransaction[];
  /** Whether nothing that the account has sent is pending, or in a block that is not final. */
  readonly isAll: boolean;
}

/** What a line is of, and for whom. */
type Payment = Pick<SpentLine, "asset" | "counterparty">;

/** Whether what was moved may be what was held. What was held for nobody in particular may be for anybody. */
export function isPaymentOf(held: Payment, moved: Payment): boolean {
  return held.asset === moved.asset && (held.counterparty === undefined || held.counterparty === moved.counterparty);
}

/** Says what an account has sent; undefined where nobody can know. It may throw: nothing is known then either. */
export type OutflowReader = (question: OutflowQuestion) => Promise<Outflow | undefined>;

/** Looks at EVM chains through their nodes: an account without code moves nothing but by its own transactions, whose nonces have no gaps. */
export function rpcOutflowReader(chains: ReadonlyMap<string, RpcChain>): OutflowReader {
  return async (question) => {
    const chain = chains.get(question.chainId);
    return chain === undefined ? undefined : await outflowOf(chain, question);
  };
}

async function outflowOf({ url, confirmations }: RpcChain, { chainId, account, since }: OutflowQuestion) {
  // Code, and be it a delegation, can move money that no transaction of the account's own shows.
  if ((await ask(url, "eth_getCode", [account, "latest"])) !== "0x") return undefined;
  const pending = await sentBy(url, account, "pending");
  const final = BigInt(String(await ask(url, "eth_blockNumber", []))) - BigInt(confirmations - 1);
  if (final < 0n) return { transactions: [], isAll: pending === 0n };
  const start = await lastBlockBefore(url, since, final);
  const [from, to] = [start === undefined ? 0n : await sentBy(url, account, start), await sentBy(url, account, final)];
  if (to - from > mostTransactions) return undefined;
  const transactions: SentTransaction[] = [];
  let low = start ?? 0n;
  for (let nonce = from; nonce < to; nonce += 1n) {
    low = await blockOfNonce(url, account, nonce, low, final);
    transactions.push(await sentTransaction(url, chainId, account, nonce, low));
  }
  return { transactions, isAll: pending === to };
}

/** The transaction that took a nonce, which a final block holds; undefined where the nonce was gone before the moment. */
export async function sentWithNonce(
  url: string,
  { chainId, account, since }: OutflowQuestion,
  nonce: bigint,
  final: bigint,
): Promise<SentTransaction | undefined> {
  const start = await lastBlockBefore(url, since, final);
  if (start !== undefined && (await sentBy(url, account, start)) > nonce) return undefined;
  const block = await blockOfNonce(url, account, nonce, start ?? 0n, final);
  return await sentTransaction(url, chainId, account, nonce, block);
}

/** The last block that was made before a moment; undefined where all of them were made after it. */
async function lastBlockBefore(url: string, since: number, latest: bigint): Promise<bigint | undefined> {
  return await lastWhere(0n, latest, async (block) => {
    const found = (await ask(url, "eth_getBlockByNumber", [hex(block), false])) as Block;
    return blockTime(found) < since;
  });
}

/** The block that holds the transaction of a nonce. */
async function blockOfNonce(url: string, account: string, nonce: bigint, low: bigint, high: bigint): Promise<bigint> {
  const before = await lastWhere(low, high, async (block) => (await sentBy(url, account, block)) <= nonce);
  return before === undefined ? low : before + 1n;
}

/** The last of a row of blocks that has what its first ones have and its last ones have not. */
async function lastWhere(low: bigint, high: bigint, holds: (block: bigint) => Promise<boolean>): Promise<bigint | undefined> {
  let found: bigint | undefined;
  let [first, last] = [low, high];
  while (first <= last) {
    const middle = (first + last) / 2n;
    if (await holds(middle)) {
      found = middle;
      first = middle + 1n;
    } else last = middle - 1n;
  }
  return found;
}

async function sentTransaction(
  url: string,
  chainId: string,
  account: string,
  nonce: bigint,
  number: bigint,
): Promise<SentTransaction> {
  const block = (await ask(url, "eth_getBlockByNumber", [hex(number), true])) as Block & { readonly transactions: Sent[] };
  const sent = block.transactions.find((one) => one.from.toLowerCase() === account.toLowerCase() && BigInt(one.nonce) === nonce);
  if (sent === undefined) throw new Error(`the block ${number} does not hold the transaction that it has to`);
  const receipt = (await ask(url, "eth_getTransactionReceipt", [sent.hash])) as Receipt | null;
  if (receipt?.blockHash !== block.hash) throw new Error(`the block ${number} has changed`);
  const lines = receipt.status === "0x1" ? linesOf(chainId, account, sent, receipt) : [];
  return { transactionId: sent.hash, nonce: nonce.toString(), blockTime: blockTime(block), lines };
}

interface Sent {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: string;
  readonly value: string;
}

function linesOf(chainId: string, account: string, { to, value }: Sent, { logs }: Receipt): SpentLine[] {
  const lines: SpentLine[] = [];
  const add = (asset: string, amount: bigint, receiver: string | null): void => {
    if (amount === 0n || receiver?.toLowerCase() === account.toLowerCase()) return;
    const counterparty = receiver === null ? {} : { counterparty: `${chainId}:${receiver.toLowerCase()}` };
    lines.push({ asset, amount: amount.toString(), ...counterparty });
  };
  add(nativeAsset(chainId), BigInt(value), to);
  for (const { address, topics, data } of logs) {
    const [topic, sender = "", receiver = ""] = topics;
    // An NFT's transfer has a fourth topic in place of the amount.
    if (topic !== transferTopic || topics.length !== 3 || !sameAddress(sender, account)) continue;
    add(erc20Asset(chainId, address), BigInt(data), `0x${receiver.slice(-40)}`);
  }
  return lines;
}

/** A topic holds an address at its end. */
function sameAddress(topic: string, address: string): boolean {
  return topic.slice(-40).toLowerCase() === address.slice(-40).toLowerCase();
}

/** How many transactions an account has sent by a block. */
async function sentBy(url: string, account: string, block: bigint | "pending"): Promise<bigint> {
  const at = block === "pending" ? block : hex(block);
  return BigInt(String(await ask(url, "eth_getTransactionCount", [account, at])));
}

function hex(number: bigint): string {
  return `0x${number.toString(16)}`;
}
