import type { CloseRequest, SpentLine, UntoldNote } from "@agentkit-policy/ledger";
import type { ActionContext } from "@agentkit-policy/schema";
import { isPaymentOf, type Outflow, type OutflowReader, type SentTransaction } from "./rpc-outflow.js";

/** What can be known of an attempt that nobody has closed, once nobody may act on it any more. */
export type Evidence =
  /** Nobody can say what left: everything that is held counts. */
  | { readonly kind: "none" }
  /** It may still leave: nothing has yet, or not all. */
  | { readonly kind: "not_yet"; readonly afterMs: number }
  /** The chain shows all that left and ever can. */
  | { readonly kind: "known"; readonly close: CloseRequest };

/** What may still come is looked for again after as long as it was waited for by then, within these bounds. */
const soonestMs = 10_000;
const latestMs = 600_000;

export interface EvidenceParts {
  readonly outflowOf: OutflowReader;
  /** How far the times of ledger and chain may differ, in milliseconds. */
  readonly marginMs: number;
}

/**
 * Looks at a chain for what an attempt has moved whose process died before it could say so. Every payment of the wallet that could be
 * the attempt's is taken for it: where the same payment was made twice, it may count for both, which is the safe side.
 */
export async function evidenceOn(
  untold: UntoldNote,
  context: ActionContext,
  { outflowOf, marginMs }: EvidenceParts,
): Promise<Evidence> {
  const { walletAddress, chainId } = context;
  if (walletAddress === undefined || chainId === undefined || !movesByTransactions(untold, context)) return { kind: "none" };
  const outflow = await outflowOf({ chainId, account: walletAddress, since: untold.reservedAt - marginMs });
  if (outflow === undefined) return { kind: "none" };
  const found = attemptsOwn(untold.spent, outflow);
  if (found === undefined) return { kind: "none" };
  const { own, rest } = found;
  // By then no transaction of the attempt's can be in a block any more (`ledger:horizon`). Until then what is pending may be the
  // attempt's, and what was found an earlier payment like it.
  const isOver = untold.now > untold.until;
  const isKnown = rest.length > 0 ? isOver && outflow.isAll : isOver || outflow.isAll;
  if (!isKnown) return { kind: "not_yet", afterMs: pauseOf(untold, isOver) };
  return { kind: "known", close: closeOf(untold, own, { chainId, from: walletAddress }) };
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
