import type { WalletMethod } from "@agentkit-policy/schema";
import { currentScope, inAttempt, type Scope, turnsOf } from "./attempt-scope.js";
import { Deadline } from "./deadline.js";
import { ActionDeniedError, type Denial, InsufficientFundsError, thrownMember } from "./errors.js";
import { OpenAttempt } from "./open-attempt.js";
import type { PolicyHook } from "./policy-hook.js";
import { type Turn, takeTurn } from "./send-queue.js";
import { SnapshotError } from "./snapshot.js";
import { type ReadCall, readWalletCall } from "./wallet-call.js";
import { readWalletFacts, type WalletFacts, type WalletLike } from "./wallet-facts.js";
import { estimationErrorsAreProof, nativeUnitOf, sendsFromItsBalance } from "./wallet-methods.js";

/** A call to a guarded wallet, as it came in. */
export interface IncomingCall {
  readonly method: WalletMethod;
  /** The wallet's own name of the method. */
  readonly walletMethod: string;
  readonly run: (...args: unknown[]) => unknown;
  readonly args: readonly unknown[];
}

/** One call on its way through the guard. */
interface CallInHand extends IncomingCall {
  readonly hook: PolicyHook;
  readonly wallet: object;
  readonly facts: WalletFacts;
  readonly read: ReadCall;
  readonly scope: Scope | undefined;
  /** Whether what was allowed for the call as a whole still holds; asked in the tick that hands it over. */
  readonly stillValid: () => boolean;
}

/**
 * Judges a wallet call and, if it may go, hands it to the wallet. Inside an action of the same kit it belongs to that
 * attempt; anywhere else it is an attempt of its own (`guard:outside`).
 * @throws ActionDeniedError, or whatever the wallet throws
 */
export async function judgeWalletCall(hook: PolicyHook, wallet: object, incoming: IncomingCall): Promise<unknown> {
  const scope = currentScope();
  if (scope?.kind === "hook") {
    // A policy that spends while it decides would wait for itself, or recurse without end.
    throw new ActionDeniedError({ code: "reentrant", reason: "a policy used the guarded wallet inside its own hook" });
  }
  const attempt = scope?.kind === "attempt" && scope.attempt.machine === hook.machine ? scope.attempt : undefined;
  const callId = hook.newId();
  const facts = readFactsOrDeny(wallet as WalletLike, attempt);
  let read: ReadCall;
  try {
    const { method, walletMethod, args } = incoming;
    read = readWalletCall(callId, method, walletMethod, args, facts, nativeUnitOf(wallet, walletMethod));
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw denyCall(attempt, { code: "invalid_arguments", reason: error.message });
  }
  // An action's own allow was used up when its body began; a call outside any action has one of its own, set below.
  const call: CallInHand = { ...incoming, hook, wallet, facts, read, scope, stillValid: () => true };
  if (attempt === undefined) return await runOutside(call, scope?.kind === "attempt" ? scope.attempt.actionId : undefined);
  return await runInAttempt(attempt, call);
}

/** A call outside any attempt goes to *every* provider, then the same way as any other. */
async function runOutside(call: CallInHand, parentActionId: string | undefined): Promise<unknown> {
  const { hook, facts, read } = call;
  const actionId = hook.newId();
  const { callId: _callId, ...args } = read.facts;
  const verdict = await hook.machine.openAttempt(
    {
      actionId,
      layer: "wallet",
      ...(parentActionId === undefined ? {} : { parentActionId }),
      actionName: `WalletProvider.${call.walletMethod}`,
      args: args as never,
      ...facts,
      identity: hook.identity(),
      guarded: true,
      requestedAt: hook.clock.now(),
      call: read.facts,
    },
    hook.readThrough(call.wallet as WalletLike),
  );
  if (verdict.decision === "deny") throw new ActionDeniedError(verdict.denial);
  const attempt = new OpenAttempt(actionId, hook.machine);
  attempt.walletTouched = true;
  try {
    const result = await runInAttempt(attempt, { ...call, stillValid: verdict.stillValid });
    attempt.seal({ stage: "returned", result });
    return result;
  } catch (error) {
    attempt.seal({ stage: "raised", error });
    throw error;
  } finally {
    await attempt.settle();
  }
}

/** The way of one wallet call (section 5 of the design), in its order. */
async function runInAttempt(attempt: OpenAttempt, call: CallInHand): Promise<unknown> {
  const { hook, read } = call;
  const { actionId, journal } = attempt;
  const { callId } = read.facts;
  journal.start(read.facts);
  hook.emit({ type: "wallet.requested", actionId, callId, detail: call.walletMethod });
  const turn = await turnFor(attempt, call);
  try {
    refuseIf(attempt, call, attempt.refusal);
    await checkBalance(attempt, call);
    const verdict = await hook.machine.judgeCall(actionId, read.facts);
    if (verdict.decision === "deny") return refuse(attempt, call, verdict.denial);
    hook.emit({ type: "wallet.allowed", actionId, callId });
    // From here to the call itself nothing may be awaited: seal and validity are checked in the tick that acts on them.
    refuseIf(attempt, call, attempt.refusal);
    if (!isSameWallet(call)) {
      return refuse(attempt, call, {
        code: "context_changed",
        reason: "the wallet changed its chain or address while the call was judged",
      });
    }
    if (!verdict.stillValid() || !call.stillValid()) {
      return refuse(attempt, call, { code: "allow_expired", reason: "the permission ran out before it could be used" });
    }
    return await handOver(attempt, call, turn);
  } finally {
    turn?.giveBack();
  }
}

async function handOver(attempt: OpenAttempt, call: CallInHand, turn: Turn | undefined): Promise<unknown> {
  const { hook, read, wallet } = call;
  const { actionId, journal } = attempt;
  const { callId } = read.facts;
  const turns = turnsOf(call.scope);
  journal.handedOver(callId);
  try {
    const pending = inAttempt(attempt, turn === undefined ? turns : [...turns, turn], () =>
      Reflect.apply(call.run, wallet, read.args),
    );
    hook.emit({ type: "wallet.handed_over", actionId, callId });
    const result = await pending;
    if (isSend(call) && typeof result === "string" && result !== "") {
      journal.sent(callId, result);
      hook.emit({ type: "wallet.returned", actionId, callId, transactionId: result });
    } else {
      journal.answered(callId, isSend(call) ? undefined : result);
      hook.emit({ type: "wallet.returned", actionId, callId });
    }
    return result;
  } catch (error) {
    if (estimationErrorsAreProof(wallet, call.walletMethod) && hasEstimationError(error)) {
      journal.neverLeft(callId, error);
      hook.machine.observe(actionId, callId);
      hook.emit({ type: "wallet.never_left", actionId, callId });
    } else {
      // guard:never-left: with fallback nodes or retries, the first node may have taken what the last one refused.
      journal.raised(callId, error);
      hook.emit({ type: "wallet.raised", actionId, callId });
    }
    throw error;
  } finally {
    attempt.settleAgain();
  }
}

/** A send waits for its wallet's turn; a signature needs none. */
async function turnFor(attempt: OpenAttempt, call: CallInHand): Promise<Turn | undefined> {
  if (!isSend(call)) return undefined;
  const key = `${call.facts.chainId ?? call.facts.network ?? "unknown"}:${call.facts.walletAddress ?? ""}`;
  if (turnsOf(call.scope).some((turn) => turn.isHeld && turn.key === key)) {
    return refuse(attempt, call, { code: "wallet_busy", reason: "the wallet was asked to send from inside its own sending" });
  }
  const turn = await takeTurn(key, call.hook.queueWaitMs);
  if (turn === undefined) {
    return refuse(attempt, call, { code: "queue_timeout", reason: "the wallet was busy sending for too long" });
  }
  call.hook.emit({ type: "wallet.turn", actionId: attempt.actionId, callId: call.read.facts.callId });
  return turn;
}

/** Fails a native send whose value is not there, so that it is proven not to have left. */
async function checkBalance(attempt: OpenAttempt, call: CallInHand): Promise<void> {
  const { facts } = call.read;
  const value = BigInt(facts.value ?? "0");
  const wallet = call.wallet as WalletLike;
  if (!isSend(call) || value === 0n || wallet.getBalance === undefined) return;
  // What it holds elsewhere may pay as well: a balance that is too small proves nothing, and the send goes its ordinary way.
  if (!sendsFromItsBalance(wallet)) return;
  let balance: unknown;
  try {
    // Bounded, because it holds the wallet's turn.
    balance = await new Deadline(call.hook.clock, call.hook.balanceWaitMs).within(wallet.getBalance());
  } catch {
    // A balance that cannot be read proves nothing; the send goes its ordinary way and counts as gone if it fails.
    return;
  }
  if (typeof balance !== "bigint" || balance >= value) return;
  const error = new InsufficientFundsError(balance, value);
  attempt.journal.neverLeft(facts.callId, error);
  call.hook.emit({ type: "wallet.never_left", actionId: attempt.actionId, callId: facts.callId });
  throw error;
}

function refuseIf(attempt: OpenAttempt, call: CallInHand, denial: Denial | undefined): void {
  if (denial !== undefined) refuse(attempt, call, denial);
}

function refuse(attempt: OpenAttempt, call: CallInHand, denial: Denial): never {
  const { callId } = call.read.facts;
  attempt.journal.refused(callId);
  call.hook.machine.observe(attempt.actionId, callId);
  call.hook.emit({ type: "wallet.denied", actionId: attempt.actionId, callId, code: denial.code, reason: denial.reason });
  throw denyCall(attempt, denial);
}

/** One denied wallet call ends the attempt's spending (`guard:denial-ends`). */
function denyCall(attempt: OpenAttempt | undefined, denial: Denial): ActionDeniedError {
  attempt?.machine.denyFurtherCalls(attempt.actionId, denial);
  return new ActionDeniedError(denial);
}

function readFactsOrDeny(wallet: WalletLike, attempt: OpenAttempt | undefined): WalletFacts {
  try {
    return readWalletFacts(wallet);
  } catch {
    throw denyCall(attempt, { code: "context_error", reason: "the wallet's address or network could not be read" });
  }
}

/** Whether the wallet still is who it was when the call was read: what is judged is what runs. */
function isSameWallet({ wallet, facts }: CallInHand): boolean {
  try {
    const now = readWalletFacts(wallet as WalletLike);
    return now.chainId === facts.chainId && now.walletAddress === facts.walletAddress;
  } catch {
    // A wallet that cannot be named any more is not known to be the same.
    return false;
  }
}

function isSend(call: IncomingCall): boolean {
  return call.method === "send";
}

/**
 * viem's own class of error for a failed gas estimation, anywhere in the chain of causes. An error that cannot be read is
 * none (`guard:never-left`): what is not proven not to have left counts as gone.
 */
function hasEstimationError(error: unknown): boolean {
  for (let current = error, depth = 0; typeof current === "object" && current !== null && depth < 16; depth += 1) {
    if (thrownMember(current, "name") === "EstimateGasExecutionError") return true;
    current = thrownMember(current, "cause");
  }
  return false;
}
