import type { Effect, JournalCall, MoneyLine, OutcomeStatus, Transaction, WalletCallFacts } from "@agentkit-policy/schema";
import { thrownMember } from "./errors.js";
import { moneyLines, undrawnLines } from "./money.js";
import type { SettledCall, SettledOutcome } from "./provider.js";

/** How an attempt ended, as the host saw it. */
export interface Ending {
  /** before: the body was not entered. raised: it threw. returned: it returned. */
  readonly stage: "before" | "raised" | "returned";
  /** Whether the returned result says that the action failed. */
  readonly saidFailed: boolean;
  /** Whether what was thrown is a control-flow exception (an interrupt, a cancellation). */
  readonly controlFlow: boolean;
  readonly durationMs: number;
}

/** What an outcome is derived from. */
export interface OutcomeFacts {
  readonly ending: Ending;
  readonly journal: readonly JournalCall[];
  /** The effects that were declared for the attempt. */
  readonly declared: readonly Effect[];
  /** Whether the guard saw every call that could move this attempt's money. */
  readonly journalComplete: boolean;
  readonly decode: (call: WalletCallFacts) => readonly Effect[];
  /** Confirmations after which a chain's receipt is final; undefined where that is not known. */
  readonly confirmations: (chainId: string | undefined) => number | undefined;
}

/** Derives what became of an attempt (section 6 of the design). Pure: a fresh process reaches the same outcome. */
export function outcomeOf(facts: OutcomeFacts): SettledOutcome {
  const entered = facts.ending.stage !== "before";
  const handedOver = facts.journal.filter((call) => call.state !== "waiting" && call.state !== "refused");
  const calls: SettledCall[] = [];
  const live: MoneyLine[] = [];
  const left: (readonly Effect[])[] = [];
  const transactions: Transaction[] = [];
  for (const call of handedOver) {
    addTransaction(transactions, call);
    const effects = facts.decode(call.facts);
    const settled = settledCall(call, effects, facts);
    calls.push(settled);
    if (settled.state === "never_left") continue;
    live.push(...settled.lines);
    left.push(effects);
  }
  // A call of which nobody can tell the amount may have moved all that was declared: it counts as gone, the safe side.
  const explained = facts.journalComplete && left.every(tellsAmounts);
  const spent = explained ? live : entered ? [...live, ...undrawnLines(facts.declared, left)] : live;
  return {
    status: statusOf(facts, calls, transactions, spent.length === 0 && allNeverLeft(calls)),
    entered,
    spent,
    transactions,
    journalComplete: facts.journalComplete,
    durationMs: facts.ending.durationMs,
    calls,
  };
}

/**
 * Whether it is proven that nothing left: only then does a provider of the RFC's own interface hear of an error, because
 * it may release what it holds. Everything else counts as spent.
 */
export function provesNothingLeft(outcome: SettledOutcome): boolean {
  if (outcome.status === "succeeded" || outcome.status === "unknown") return false;
  if (!outcome.entered) return true;
  return outcome.journalComplete && outcome.spent.length === 0 && allNeverLeft(outcome.calls);
}

function allNeverLeft(calls: readonly SettledCall[]): boolean {
  return calls.every((call) => call.state === "never_left");
}

/** Whether all that a call does is told in amounts, so that what it moved is known. */
function tellsAmounts(effects: readonly Effect[]): boolean {
  return effects.every(({ asset, amount }) => asset !== undefined && amount !== undefined);
}

function settledCall(call: JournalCall, effects: readonly Effect[], facts: OutcomeFacts): SettledCall {
  const chainId = call.facts.chainId;
  const confirmations = facts.confirmations(chainId);
  // A receipt is one confirmation. Chains that ask for more, or of which nothing is known, become final by later evidence.
  const final = call.receipt !== undefined && confirmations !== undefined && confirmations <= 1;
  return {
    callId: call.facts.callId,
    state: stateOf(call, final),
    ...(call.transactionId === undefined ? {} : { transactionId: call.transactionId }),
    ...(chainId === undefined ? {} : { chainId }),
    ...(call.nonce === undefined ? {} : { nonce: call.nonce }),
    ...(isMessage(effects) ? { message: true } : {}),
    final,
    lines: moneyLines(effects),
  };
}

function isMessage(effects: readonly Effect[]): boolean {
  return effects.length > 0 && effects.every(({ kind }) => kind === "sign_message");
}

function stateOf(call: JournalCall, final: boolean): SettledCall["state"] {
  if (call.state === "never_left") return "never_left";
  if (call.state === "in_flight") return "in_flight";
  // A revert is believed only once it is final; until then the line stays live, the side on which money counts as gone.
  if (final && call.receipt?.status === "reverted") return "never_left";
  return "live";
}

function addTransaction(
  transactions: Transaction[],
  { facts: { chainId }, transactionId: id, nonce, receipt }: JournalCall,
): void {
  if (id === undefined || chainId === undefined) return;
  transactions.push({ id, chainId, ...(nonce === undefined ? {} : { nonce }), status: receipt?.status ?? "submitted" });
}

function statusOf(
  facts: OutcomeFacts,
  calls: readonly SettledCall[],
  transactions: readonly Transaction[],
  nothingSpent: boolean,
): OutcomeStatus {
  const { stage, saidFailed, controlFlow } = facts.ending;
  if (stage === "before") return "denied";
  if (controlFlow && nothingSpent) return "cancelled";
  const allReverted = transactions.length > 0 && transactions.every((transaction) => transaction.status === "reverted");
  if (stage === "returned" && !saidFailed && !allReverted) return "succeeded";
  const allFinal = calls.length > 0 && calls.every((call) => call.final || call.state === "never_left");
  return nothingSpent || allFinal ? "failed" : "unknown";
}

const controlFlowNames = new Set([
  "GraphInterrupt",
  "NodeInterrupt",
  "GraphBubbleUp",
  "ParentCommand",
  "AbortError",
  "CancelledError",
  // Python's, which no except clause for ordinary errors catches.
  "KeyboardInterrupt",
  "SystemExit",
  "GeneratorExit",
]);

/**
 * Whether a thrown value is how a framework leaves an action on purpose, rather than a failure of it. Total, because an
 * attempt has to be settled whatever was thrown: a value that cannot be read is an ordinary failure. Only the label hangs
 * on it, never the money.
 */
export function isControlFlow(error: unknown): boolean {
  const name = thrownMember(error, "name");
  return (typeof name === "string" && controlFlowNames.has(name)) || thrownMember(error, "is_bubble_up") === true;
}
