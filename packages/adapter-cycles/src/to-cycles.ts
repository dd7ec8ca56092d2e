import { type ActionContext, canonicalJson, sha256Hex } from "@agentkit-policy/schema";
import type { CyclesAdapterSettings } from "./cycles-adapter-options.js";
import type { Hold } from "./hold.js";
import { levelText } from "./level-text.js";
import type { Action, DecideRequest, ReserveRequest, Subject } from "./wire/requests.js";

/** The part of an attempt that asks for a hold: its root, or one wallet call of it. */
export interface Step {
  readonly context: ActionContext;
  /** `root`, or the wallet call's id. */
  readonly step: string;
}

/**
 * Whose budgets an attempt draws on. What its own values are is escaped, since they may be anything. The options name what the server has,
 * and are sent as they are: the budget of a scope that does not exist is skipped without a word.
 */
export function subjectOf(
  { runId, agentId, walletAddress }: ActionContext,
  { tenant, workspace, app }: CyclesAdapterSettings,
): Subject {
  // An agent without a name is its wallet.
  const agent = agentId ?? walletAddress;
  return {
    tenant,
    ...(workspace === undefined ? {} : { workspace }),
    ...(app === undefined ? {} : { app }),
    ...(runId === undefined ? {} : { workflow: levelText(runId) }),
    ...(agent === undefined ? {} : { agent: levelText(agent) }),
  };
}

/** What Cycles is told is being done. Its lists of allowed and denied tools know AgentKit's own names. */
export function actionOf({ actionName, effects }: ActionContext): Action {
  const kinds = effects.map(({ kind }) => kind);
  const kind = kinds.includes("transfer") ? "payment.charge" : `custom.agentkit.${kinds[0] ?? "action"}`;
  return { kind, name: [...actionName].slice(0, 256).join("") };
}

/**
 * The key of one request: the same for the same step and verb, in every process. An intent has one for all of its attempts, so that a
 * second attempt of the same payment is a mismatch and not a second payment.
 */
export function keyOf(step: Step, verb: string): string {
  const { actionId, intentId, walletAddress, agentId } = step.context;
  const owner = isOfIntent(step)
    ? `intent.${sha256Hex(canonicalJson([intentId, walletAddress ?? null, agentId ?? null]))}`
    : actionId;
  const key = `${owner}.${step.step}.${verb}`;
  return key.length <= 256 ? key : sha256Hex(key);
}

/** Whether a step's keys are its intent's: whatever has been held under them, nothing is held a second time. */
export function isOfIntent({ context: { intentId, parentActionId }, step }: Step): boolean {
  return intentId !== undefined && parentActionId === undefined && step === "root";
}

/** The request for a hold. */
export function reserveRequestOf(step: Step, amount: bigint, settings: CyclesAdapterSettings): ReserveRequest {
  return { ...requestOf(step, "reserve", amount, settings), ttl_ms: settings.ttlMs, overage_policy: settings.overage };
}

/** The question what would be said to a hold. */
export function decideRequestOf(step: Step, amount: bigint, settings: CyclesAdapterSettings): DecideRequest {
  return requestOf(step, "decide", amount, settings);
}

function requestOf(step: Step, verb: string, amount: bigint, settings: CyclesAdapterSettings) {
  const { context } = step;
  return {
    idempotency_key: keyOf(step, verb),
    subject: subjectOf(context, settings),
    action: actionOf(context),
    estimate: { unit: settings.unit, amount },
    // Another attempt of the same intent has other ones, which makes it a mismatch.
    metadata: metadataOf(step),
  };
}

/** What an operator finds beside an entry. */
function metadataOf({ context, step }: Step): Record<string, string> {
  const { actionId, actionHash, chainId, walletAddress } = context;
  return {
    attempt: actionId,
    step,
    action_hash: actionHash,
    ...(chainId === undefined ? {} : { chain: chainId }),
    ...(walletAddress === undefined ? {} : { wallet: walletAddress }),
  };
}

/** How much of what was spent a hold is settled with. */
export interface Share {
  readonly hold: Hold;
  readonly amount: bigint;
}

/**
 * The holds are filled in order, and the last takes what is beyond all.
 * @param booked by reservation, what holds have been settled with before: nothing lowers it
 */
export function sharesOf(holds: readonly Hold[], spent: bigint, booked: ReadonlyMap<string, bigint> = new Map()): Share[] {
  const bookedOf = ({ reservationId }: Hold): bigint => booked.get(reservationId) ?? 0n;
  let left = spent - holds.reduce((sum, hold) => sum + bookedOf(hold), 0n);
  return holds.map((hold, index) => {
    const before = bookedOf(hold);
    const room = hold.reserved - before;
    const added = atLeastNothing(index === holds.length - 1 || left < room ? left : room);
    left -= added;
    return { hold, amount: before + added };
  });
}

function atLeastNothing(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}
