import type { AttemptFacts } from "./attempt.js";
import { currentScope, inAttempt, turnsOf } from "./attempt-scope.js";
import { ActionDeniedError, type Denial, denialText, errorKind, errorText } from "./errors.js";
import { type AttemptEnd, OpenAttempt } from "./open-attempt.js";
import { isControlFlow } from "./outcome.js";
import type { PolicyHook } from "./policy-hook.js";
import { SnapshotError, takeSnapshot } from "./snapshot.js";
import { readWalletFacts, type WalletFacts, type WalletLike } from "./wallet-facts.js";

/** The shape of an AgentKit action, whatever its schema library. */
export interface ActionLike {
  readonly name: string;
  invoke(args: never): unknown;
}

/** Where an action's money comes from. */
export interface ActionHost {
  readonly hook: PolicyHook;
  /** The bare wallet, for its facts; undefined where only actions are known. */
  readonly wallet: WalletLike | undefined;
  /** Whether the action's wallet calls come through the guard. */
  readonly guarded: boolean;
}

const guardedMark = Symbol.for("@agentkit-policy/core/guarded-action");

export function isGuardedAction(action: object): boolean {
  return Object.hasOwn(action, guardedMark);
}

/** The same action, with every `invoke` an attempt: decided before, settled after. All but `invoke` stays what it was. */
export function guardedAction<A extends ActionLike>(host: ActionHost, action: A): A {
  const invoke = async (args: unknown): Promise<unknown> => await runAction(host, action, args);
  const guarded: A = Object.assign(Object.create(Object.getPrototypeOf(action)), action, { invoke });
  return Object.defineProperty(guarded, guardedMark, { value: true });
}

/** The eight steps of section 4 of the design. */
async function runAction(host: ActionHost, action: ActionLike, args: unknown): Promise<unknown> {
  const { hook } = host;
  const scope = currentScope();
  const actionId = hook.newId();
  if (scope?.kind === "hook")
    return deliver(hook, { code: "reentrant", reason: "a policy used a guarded action inside its own hook" });

  const read = readArguments(host, args);
  if ("code" in read) {
    hook.emit({ type: "action.requested", actionId, actionName: action.name });
    hook.emit({ type: "action.denied", actionId, actionName: action.name, code: read.code, reason: read.reason });
    return deliver(hook, read);
  }
  const { snapshot, facts } = read;
  const attemptFacts: { -readonly [Name in keyof AttemptFacts]: AttemptFacts[Name] } = {
    actionId,
    layer: "action",
    actionName: action.name,
    args: snapshot.plain,
    identity: hook.identity(),
    guarded: host.guarded,
    requestedAt: hook.clock.now(),
  };
  // One by one, which V8 thanks for: see `readWalletFacts`.
  if (scope?.kind === "attempt") attemptFacts.parentActionId = scope.attempt.actionId;
  if (facts.walletAddress !== undefined) attemptFacts.walletAddress = facts.walletAddress;
  if (facts.network !== undefined) attemptFacts.network = facts.network;
  if (facts.chainId !== undefined) attemptFacts.chainId = facts.chainId;
  const verdict = await hook.machine.openAttempt(attemptFacts, hook.readThrough(host.wallet));
  if (verdict.decision === "deny") return deliver(hook, verdict.denial);

  const attempt = new OpenAttempt(actionId, hook.machine);
  if (!verdict.stillValid()) {
    const denial = { code: "allow_expired", reason: "the permission ran out before it could be used" };
    await sealAndSettle(hook, attempt, action, { stage: "before", error: new ActionDeniedError(denial) });
    return deliver(hook, denial);
  }
  let result: unknown;
  try {
    // AgentKit's invoke may throw at once instead of rejecting; inside an async function both arrive here.
    // Called from inside a wallet's sending, it is still inside: a send of that wallet would wait for itself.
    result = await inAttempt(attempt, turnsOf(scope), () => Reflect.apply(action.invoke, action, [snapshot.fresh()] as never));
  } catch (error) {
    const denial = await sealAndSettle(hook, attempt, action, { stage: "raised", error });
    // A control-flow exception is the framework's own way out, and passes unchanged.
    if (denial === undefined || isControlFlow(error)) throw error;
    return deliver(hook, denial, { error });
  }
  const denial = await sealAndSettle(hook, attempt, action, { stage: "returned", result });
  return denial === undefined ? result : deliver(hook, denial, { result });
}

/** Steps 5 to 7. The seal falls before anything else can run: no listener, no hook, no further wallet call. */
async function sealAndSettle(
  hook: PolicyHook,
  attempt: OpenAttempt,
  action: ActionLike,
  end: AttemptEnd,
): Promise<Denial | undefined> {
  const denial = hook.machine.denialOf(attempt.actionId);
  attempt.seal(end);
  hook.emit({ type: "action.sealed", actionId: attempt.actionId, actionName: action.name });
  await attempt.settle();
  return denial;
}

function readArguments(
  host: ActionHost,
  args: unknown,
): { readonly snapshot: ReturnType<typeof takeSnapshot>; readonly facts: WalletFacts } | Denial {
  try {
    const snapshot = takeSnapshot(args, host.hook.argumentBounds);
    return { snapshot, facts: host.wallet === undefined ? {} : readWalletFacts(host.wallet) };
  } catch (error) {
    // What cannot be read cannot be judged: deny, before anybody is asked.
    if (error instanceof SnapshotError) return { code: "invalid_arguments", reason: error.message };
    host.hook.logger.warn(`the wallet's address or network could not be read: ${errorKind(error)}`);
    return { code: "context_error", reason: "the wallet's address or network could not be read" };
  }
}

/** A denial as the caller wants it: as text, or thrown (`deny:readable`). What the action itself said comes after it. */
function deliver(hook: PolicyHook, denial: Denial, own: { readonly result?: unknown; readonly error?: unknown } = {}): string {
  if (hook.onDeny === "throw") {
    throw new ActionDeniedError(denial, {
      ...("result" in own ? { result: own.result } : {}),
      ...("error" in own ? { cause: own.error } : {}),
    });
  }
  const text = denialText(denial);
  if ("error" in own) return `${text}\n${errorText(own.error)}`;
  if (!("result" in own) || own.result === undefined) return text;
  return `${text}\n${resultText(own.result)}`;
}

/** What an action returned, as text. A denial is told whatever the result is made of. */
function resultText(result: unknown): string {
  if (typeof result === "string") return result;
  try {
    return JSON.stringify(takeSnapshot(result).plain);
  } catch {
    return errorText(result);
  }
}
