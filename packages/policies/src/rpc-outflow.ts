import { erc20Amount, erc20Asset, nativeAsset } from "@agentkit-policy/effects";
import type { SpentLine } from "@agentkit-policy/ledger";
import { largestAmount } from "./largest.js";
import { type Ask, askerOf, type Block, blockTime, type Receipt, type RpcChain } from "./rpc-node.js";

/** keccak256 of Transfer(address,address,uint256), by which ERC-20 tokens tell of what they moved (EIP-20). */
const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** Of Approval(address,address,uint256), by which tokens tell whom their owner lets take them (EIP-20, EIP-721). */
const approvalTopic = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925";

/** Of ApprovalForAll(address,address,bool): everything of a collection (EIP-721, EIP-1155). */
const approvalForAllTopic = "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31";

/** Of Permit2's Approval and Permit, which name the token after its owner. */
const permit2Topics = [
  "0xda9fa7c1b00402c17d0161b249b1ab8bbec047c5a52207b9c112deffd817036b",
  "0xc6a377bfc4eb120024a8ac08eef205be16b817020812c73223e81d1bdb9708ec",
];

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

/** A transaction that took a nonce for good, with what there is to tell whose call it is. */
export interface NonceTaker extends SentTransaction {
  /** What it let others take, and which single tokens it moved: their id stands where others have an amount, as it does in calls. */
  readonly granted: readonly SpentLine[];
  /**
   * How far it may have gone beyond that. nothing: it was reverted, or took the nonce and did nothing else. value: without calldata, it paid
   * its value. tokens: it was a call, of which logs tell. coin: a call that could hand on coin of the account's, of which no log tells.
   */
  readonly reach: "nothing" | "value" | "tokens" | "coin";
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

/** Says what an account has sent; undefined where nobody can know. It may throw: nothing is known then either. A signal stops it. */
export type OutflowReader = (question: OutflowQuestion, signal?: AbortSignal) => Promise<Outflow | undefined>;

/** Looks at EVM chains through their nodes: an account without code moves nothing but by its own transactions, whose nonces have no gaps. */
export function rpcOutflowReader(chains: ReadonlyMap<string, RpcChain>): OutflowReader {
  return async (question, signal) => {
    const chain = chains.get(question.chainId);
    return chain === undefined ? undefined : await outflowOf(askerOf(chain.url, signal), chain.confirmations, question);
  };
}

async function outflowOf(ask: Ask, confirmations: number, { chainId, account, since }: OutflowQuestion) {
  // Code, and be it a delegation, can move money that no transaction of the account's own shows.
  if ((await ask("eth_getCode", [account, "latest"])) !== "0x") return undefined;
  const pending = await sentBy(ask, account, "pending");
  const final = BigInt(String(await ask("eth_blockNumber", []))) - BigInt(confirmations - 1);
  if (final < 0n) return { transactions: [], isAll: pending === 0n };
  const start = await lastBlockBefore(ask, since, final);
  const [from, to] = [start === undefined ? 0n : await sentBy(ask, account, start), await sentBy(ask, account, final)];
  if (to - from > mostTransactions) return undefined;
  const transactions: SentTransaction[] = [];
  let low = start ?? 0n;
  for (let nonce = from; nonce < to; nonce += 1n) {
    low = await blockOfNonce(ask, account, nonce, low, final);
    transactions.push(transactionOf(chainId, account, await foundTransaction(ask, account, nonce, low)));
  }
  return { transactions, isAll: pending === to };
}

/** The transaction that took a nonce, which a final block holds; undefined where the nonce was gone before the moment. */
export async function nonceTaker(
  ask: Ask,
  { chainId, account, since }: OutflowQuestion,
  nonce: bigint,
  final: bigint,
): Promise<NonceTaker | undefined> {
  const start = await lastBlockBefore(ask, since, final);
  if (start !== undefined && (await sentBy(ask, account, start)) > nonce) return undefined;
  const found = await foundTransaction(ask, account, nonce, await blockOfNonce(ask, account, nonce, start ?? 0n, final));
  const isDone = found.receipt.status === "0x1";
  return {
    ...transactionOf(chainId, account, found),
    granted: isDone ? grantsOf(chainId, account, found.receipt) : [],
    reach: isDone ? reachOf(account, found.sent) : "nothing",
  };
}

/** The last block that was made before a moment; undefined where all of them were made after it. */
async function lastBlockBefore(ask: Ask, since: number, latest: bigint): Promise<bigint | undefined> {
  return await lastWhere(0n, latest, async (block) => {
    const found = (await ask("eth_getBlockByNumber", [hex(block), false])) as Block;
    return blockTime(found) < since;
  });
}

/** The block that holds the transaction of a nonce. */
async function blockOfNonce(ask: Ask, account: string, nonce: bigint, low: bigint, high: bigint): Promise<bigint> {
  const before = await lastWhere(low, high, async (block) => (await sentBy(ask, account, block)) <= nonce);
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

interface Sent {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: string;
  readonly value: string;
  readonly input?: string;
  /** What it delegates accounts to (EIP-7702). */
  readonly authorizationList?: readonly unknown[] | null;
}

interface Found {
  readonly block: Block;
  readonly sent: Sent;
  readonly receipt: Receipt;
}

/** The transaction of a nonce, in the block that holds it. */
async function foundTransaction(ask: Ask, account: string, nonce: bigint, number: bigint): Promise<Found> {
  const block = (await ask("eth_getBlockByNumber", [hex(number), true])) as Block & { readonly transactions: Sent[] };
  const sent = block.transactions.find((one) => one.from.toLowerCase() === account.toLowerCase() && BigInt(one.nonce) === nonce);
  if (sent === undefined) throw new Error(`the block ${number} does not hold the transaction that it has to`);
  const receipt = (await ask("eth_getTransactionReceipt", [sent.hash])) as Receipt | null;
  if (receipt?.blockHash !== block.hash) throw new Error(`the block ${number} has changed`);
  // Whatever is no revert may have moved money: a receipt that does not say proves nothing.
  if (receipt.status !== "0x1" && receipt.status !== "0x0") throw new Error(`nobody says what became of ${sent.hash}`);
  return { block, sent, receipt };
}

function transactionOf(chainId: string, account: string, { block, sent, receipt }: Found): SentTransaction {
  const lines = receipt.status === "0x1" ? linesOf(chainId, account, sent, receipt) : [];
  return { transactionId: sent.hash, nonce: BigInt(sent.nonce).toString(), blockTime: blockTime(block), lines };
}

/** What is not known to be empty may be anything. */
function reachOf(account: string, { to, value, input, authorizationList }: Sent): NonceTaker["reach"] {
  const isOwn = to?.toLowerCase() === account.toLowerCase();
  const delegates = (authorizationList ?? []).length > 0;
  if (input === "0x" && !delegates) return isOwn && BigInt(value) === 0n ? "nothing" : "value";
  // Code that the account calls as its own, or lends itself to, moves its coin without any value.
  return isOwn || delegates || BigInt(value) > 0n ? "coin" : "tokens";
}

function linesOf(chainId: string, account: string, { to, value }: Sent, { logs }: Receipt): SpentLine[] {
  const lines: SpentLine[] = [];
  const add = (asset: string, amount: bigint, receiver: string | null): void => {
    if (receiver?.toLowerCase() !== account.toLowerCase()) lines.push(...lineOf(chainId, asset, amount, receiver));
  };
  add(nativeAsset(chainId), BigInt(value), to);
  for (const { address, topics, data } of logs) {
    const [topic, sender = "", receiver = ""] = topics;
    // An NFT's transfer has a fourth topic in place of the amount.
    if (topic !== transferTopic || topics.length !== 3 || !sameAddress(sender, account)) continue;
    add(erc20Asset(chainId, address), erc20Amount(chainId, address, BigInt(data)), addressIn(receiver));
  }
  return lines;
}

/** What a transaction granted of its account's, by its logs, and the single tokens that it moved. What takes a grant back is none. */
function grantsOf(chainId: string, account: string, { logs }: Receipt): SpentLine[] {
  const lines: SpentLine[] = [];
  const add = (token: string, amount: string | bigint, receiver: string): void =>
    void lines.push(
      ...lineOf(chainId, erc20Asset(chainId, token), erc20Amount(chainId, token, BigInt(amount)), addressIn(receiver)),
    );
  for (const { address, topics, data } of logs) {
    const [topic = "", owner = "", second = "", third] = topics;
    if (!sameAddress(owner, account)) continue;
    const first = data.slice(0, 66);
    if (topic === approvalTopic) add(address, third ?? first, second);
    else if (topic === approvalForAllTopic) add(address, BigInt(first) === 0n ? 0n : largestAmount, second);
    else if (topic === transferTopic && third !== undefined) add(address, third, second);
    else if (permit2Topics.includes(topic) && third !== undefined) add(addressIn(second), first, third);
  }
  return lines;
}

/** Nothing is no line; who receives what creates a contract is not known. */
function lineOf(chainId: string, asset: string, amount: bigint, receiver: string | null): SpentLine[] {
  const counterparty = receiver === null ? {} : { counterparty: `${chainId}:${receiver.toLowerCase()}` };
  return amount === 0n ? [] : [{ asset, amount: amount.toString(), ...counterparty }];
}

/** A topic holds an address at its end. */
function addressIn(topic: string): string {
  return `0x${topic.slice(-40).toLowerCase()}`;
}

function sameAddress(topic: string, address: string): boolean {
  return addressIn(topic) === addressIn(address);
}

/** How many transactions an account has sent by a block. */
async function sentBy(ask: Ask, account: string, block: bigint | "pending"): Promise<bigint> {
  const at = block === "pending" ? block : hex(block);
  return BigInt(String(await ask("eth_getTransactionCount", [account, at])));
}

function hex(number: bigint): string {
  return `0x${number.toString(16)}`;
}
