import type { CloseRequest, LedgerTimes, SpentLine, UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { lastMoment } from "./largest.js";
import { messageOf } from "./message-of.js";
import { NodeRefusal } from "./rpc-node.js";
import { isPaymentOf, type Outflow, type OutflowReader, type SentTransaction } from "./rpc-outflow.js";

/** What can be known of an attempt that nobody has closed, once nobody may act on it any more. */
export type Evidence =
  /** Nobody can say what left: everything that is held counts. A chain that could not be read said why. */
  | { readonly kind: "none"; readonly reason?: string }
  /** It may still leave: nothing has yet, or not all. */
  | { readonly kind: "not_yet"; readonly afterMs: number }
  /** The chain shows all that left and ever can. */
  | { readonly kind: "known"; readonly close: CloseRequest };

/** What may still come is looked for again after as long as it was waited for by then, within these bounds. */
const soonestMs = 10_000;
const latestMs = 600_000;

/** So long a node that does not answer at all is still asked after the time is over, in milliseconds: it may be down with the rest. */
const silentMs = 86_400_000;

export interface EvidenceParts {
  readonly outflowOf: OutflowReader;
  /** How far the times of ledger and chain may differ, in milliseconds. */
  readonly marginMs: number;
  /** How long a transaction can take to be final. */
  readonly times: Pick<LedgerTimes, "settleWithinMs" | "chains">;
}

/**
 * Looks at a chain for what an attempt has moved whose process died before it could say so. Every payment of the wallet that could be
 * the attempt's is taken for it: where the same payment was made twice, it may count for both, which is the safe side.
 * @throws what kept a chain from being read, as long as it may still be read in time
 */
export async function evidenceOn(
  untold: UntoldNote,
  context: ActionContext,
  { outflowOf, marginMs, times }: EvidenceParts,
): Promise<Evidence> {
  const { walletAddress, chainId, effects } = context;
  if (walletAddress === undefined || chainId === undefined || !movesByTransactions(untold, context)) return { kind: "none" };
  let outflow: Outflow | undefined;
  try {
    outflow = await outflowOf({ chainId, account: walletAddress, since: untold.reservedAt - marginMs });
  } catch (error) {
    // Fail closed, and not for ever: a node that does not keep so old a state never shows it, and everything that is held counts.
    const patienceMs = error instanceof NodeRefusal ? 0 : silentMs;
    if (untold.now <= lastOf(untold, times.chains[chainId] ?? times) + patienceMs) throw error;
    return { kind: "none", reason: messageOf(error) };
  }
  if (outflow === undefined) return { kind: "none" };
  const found = attemptsOwn(untold.spent, outflow);
  if (found === undefined) return { kind: "none" };
  const { own, rest } = found;
  // By then no transaction of the attempt's can be in a block any more (`ledger:horizon`). Until then what is pending may be the
  // attempt's, and what was found an earlier payment like it.
  const isOver = untold.now > untold.until;
  const isKnown = rest.length > 0 ? isOver && outflow.isAll : isOver || outflow.isAll;
  if (!isKnown) return { kind: "not_yet", afterMs: pauseOf(untold, isOver) };
  // What is missing is known to be only once it is over, and nothing is pending. An intent covers what actions inside this one have paid, of
  // which nobody knows any more: whatever its wallet has sent meanwhile may be that.
  const isPaidInside = context.intentId !== undefined && outflow.transactions.length > 0;
  const nothingDone = own.length === 0 && rest.length > 0 && effects.every(isSeen) && !isPaidInside;
  return { kind: "known", close: { ...closeOf(untold, own, { chainId, from: walletAddress }), nothingDone } };
}

/** The last moment at which a transaction of an attempt can come into a block that is final. */
function lastOf({ sendBy, until }: UntoldNote, { settleWithinMs }: { readonly settleWithinMs: number }): number {
  // What is held until evidence has no date of its own.
  return until === lastMoment ? sendBy + settleWithinMs : until;
}

/** Whether an attempt that does this holds something by which it can be seen. What has no amount yet holds that of its call. */
function isSeen({ asset, amount }: Effect): boolean {
  return asset !== undefined && amount !== "0";
}

function pauseOf({ now, sendBy, until }: UntoldNote, isOver: boolean): number {
  const pauseMs = Math.max(soonestMs, Math.min(latestMs, now - sendBy));
  return isOver ? pauseMs : Math.min(pauseMs, until + 1 - now);
}

/** Whether all that an attempt holds can leave by transactions of its wallet only: a signature or an approval is used by others. */
function movesByTransactions(
  { signatureDeadline, spent }: UntoldNote,
  { effects, chainId, moneyVisible }: ActionContext,
): boolean {
  return (
    signatureDeadline === 0 &&
    moneyVisible &&
    effects.every(({ kind }) => kind === "transfer") &&
    spent.every(({ asset }) => asset.startsWith(`${chainId}/`))
  );
}

/** The transactions that are the attempt's, and what of it none has moved; undefined where one moves a part of it and more. */
function attemptsOwn(held: readonly SpentLine[], { transactions }: Outflow) {
  let rest = held.map((line) => ({ ...line, amount: BigInt(line.amount) }));
  const own: SentTransaction[] = [];
  for (const transaction of transactions) {
    const after = rest.map((line) => ({ ...line }));
    const fits = transaction.lines.map((moved) => {
      const line = after.find((one) => isPaymentOf(one, moved) && one.amount > 0n);
      if (line === undefined) return "others";
      if (line.amount < BigInt(moved.amount)) return "too_much";
      line.amount -= BigInt(moved.amount);
      return "own";
    });
    if (fits.length === 0 || fits.every((fit) => fit === "others")) continue;
    if (!fits.every((fit) => fit === "own")) return undefined;
    own.push(transaction);
    rest = after;
  }
  return { own, rest: rest.filter(({ amount }) => amount > 0n) };
}

function closeOf(
  { attemptId, scopes }: UntoldNote,
  own: readonly SentTransaction[],
  { chainId, from }: { readonly chainId: string; readonly from: string },
): CloseRequest {
  const calls = own.map(({ transactionId, nonce, blockTime, lines }) => ({
    callId: transactionId,
    lines,
    chainId,
    transactionId,
    nonce,
    from,
    verdict: { kind: "moved", blockTime } as const,
  }));
  return { attemptId, scopes, entered: true, inFlight: false, spent: own.flatMap(({ lines }) => lines), calls };
}
