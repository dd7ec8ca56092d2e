import { outsideAttempts } from "./attempt-scope.js";
import { isThenable } from "./thenable.js";

/** What happened, in the order in which it happened. Every member but `type`, `actionId` and `at` depends on the type. */
export interface PolicyEvent {
  readonly type: PolicyEventType;
  readonly actionId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actionName?: string;
  readonly callId?: string;
  readonly provider?: string;
  /** Which hook of the provider: beforeAction, beforeWalletCall, settle, afterAction, onActionError. */
  readonly hook?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly transactionId?: string;
  readonly detail?: string;
}

export type PolicyEventType =
  | "action.requested"
  | "action.allowed"
  | "action.denied"
  | "action.sealed"
  | "action.succeeded"
  | "action.failed"
  | "action.unknown"
  | "action.cancelled"
  | "wallet.requested"
  | "wallet.turn"
  | "wallet.allowed"
  | "wallet.denied"
  | "wallet.unjudged"
  | "wallet.handed_over"
  | "wallet.returned"
  | "wallet.raised"
  | "wallet.never_left"
  | "wallet.receipt"
  | "provider.started"
  | "provider.ended"
  | "provider.shadowed"
  | "provider.failed_open"
  | "decision.extra_keys"
  | "settlement.failed"
  | "success_without_send";

export type PolicyListener = (event: PolicyEvent) => void;

/** Tells a listener, which changes nothing: neither what it throws nor what it promises and breaks is anybody's failure. */
export function emitTo(listener: PolicyListener, event: PolicyEvent): void {
  try {
    // Outside the attempt, so that what a listener starts is not taken for the action's own work.
    const returned: unknown = outsideAttempts(() => listener(event) as unknown);
    if (isThenable(returned)) returned.then(undefined, () => undefined);
  } catch {
    // Observers have no say: their failure is neither a denial nor a reason to lose a settlement.
  }
}
