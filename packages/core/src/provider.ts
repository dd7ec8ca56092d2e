import type { ActionContext, ActionOutcome, MoneyLine, PolicyDecision } from "@agentkit-policy/schema";
import type { ActionReader } from "./action-reader.js";

/** Handed to `beforeAction` as its second argument. */
export interface DecisionScope {
  /** Aborted when the deadline passes or the answer no longer matters. */
  readonly signal: AbortSignal;
  /** Milliseconds left of the one deadline that the whole decision shares. */
  readonly remainingMs: number;
  /** Whether the attempt may move or grant value, as its reader says: where a context has no effects, it does not tell. */
  readonly maySpend?: boolean;
}

/** Handed to `beforeWalletCall` as its second argument. */
export interface WalletCallScope extends DecisionScope {
  /** Every `settlement` this provider returned in the attempt, oldest first. */
  readonly settlements: readonly Settlement[];
}

/** Handed to `settle` as its third argument. */
export interface SettleScope {
  /** Every `settlement` this provider returned in the attempt, oldest first. */
  readonly settlements: readonly Settlement[];
  /** True when another process opened the attempt; `context.args` is then `null`. */
  readonly recovered: boolean;
  /**
   * Keeps data on disk before it resolves: it comes back as the last of `settlements` to whatever process settles the attempt after this
   * one. Absent where nothing durable stands behind the provider, which is so outside a policy file.
   */
  readonly remember?: (settlement: Settlement) => Promise<void>;
}

/** Opaque data of a provider's, echoed to its later hooks. */
export type Settlement = Readonly<Record<string, unknown>>;

/**
 * The RFC's provider: decides before an action runs and is told afterwards.
 * `afterAction` comes when the action succeeded, or when money left or may have left (its `result` is then `undefined`
 * if the action threw); `onActionError` only when it is proven that nothing left.
 */
export interface ActionPolicyProvider {
  /** A name for logs and events. */
  readonly name?: string;
  beforeAction(context: ActionContext, scope: DecisionScope): PolicyDecision | Promise<PolicyDecision>;
  afterAction?(context: ActionContext, result: unknown, outcome: ActionOutcome): void | Promise<void>;
  onActionError?(context: ActionContext, error: unknown, outcome: ActionOutcome): void | Promise<void>;
}

/** The RFC's provider with the two hooks that money needs; everything beyond `beforeAction` is optional. */
export interface PolicyProvider extends ActionPolicyProvider {
  /** Reads what actions move; the kit takes it from the first provider that carries one. */
  readonly reader?: ActionReader;
  /** Whether it keeps budgets in a ledger of ours: `failOpen` and `shadow` refuse such a provider, whose answers move a budget. */
  readonly spendsFromLedger?: boolean;
  /** Confirmations after which a receipt is final, by CAIP-2 chain. Chains that are not named are final only by later evidence. */
  readonly confirmations?: Readonly<Record<string, number>>;
  /** Asked for every wallet call inside an attempt. `context.excess` is what the attempt's envelope does not cover. */
  beforeWalletCall?(context: ActionContext, scope: WalletCallScope): PolicyDecision | Promise<PolicyDecision>;
  /**
   * Replaces `afterAction` and `onActionError`. Carries all that is known, and comes again with the same `actionId`
   * when more became known: book the difference.
   */
  settle?(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): void | Promise<void>;
}

/** An outcome, together with the calls it was derived from. */
export interface SettledOutcome extends ActionOutcome {
  /** One record a wallet call that was handed over or may have been. */
  readonly calls: readonly SettledCall[];
}

/** What is known of one wallet call when its attempt is settled. */
export interface SettledCall {
  /** The wallet call's id, which is also its step in the ledger. */
  readonly callId: string;
  /** in_flight: the wallet has not answered. live: it left or may have left. never_left: proven not to have left, or finally reverted. */
  readonly state: "in_flight" | "live" | "never_left";
  readonly transactionId?: string;
  readonly chainId?: string;
  readonly nonce?: string;
  /** Whether it only signed a message that moves nothing, which no chain ever shows. */
  readonly message?: true;
  /** True once the chain's finality has been reached for this call. */
  readonly final: boolean;
  /** What it moves if it is mined; of a call that never left, what it would have moved. */
  readonly lines: readonly MoneyLine[];
}
