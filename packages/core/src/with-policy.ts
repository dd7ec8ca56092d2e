import { PolicySetupError } from "./errors.js";
import { type ActionLike, guardedAction, isGuardedAction } from "./guarded-action.js";
import { type Logger, stderrLogger } from "./logger.js";
import type { Policy, PolicyOptions } from "./options.js";
import { PolicyHook } from "./policy-hook.js";
import type { WalletLike } from "./wallet-facts.js";
import { guardedWallet, isGuardedWallet } from "./wallet-guard.js";

/** The part of an AgentKit that the hook needs. */
export interface KitLike {
  getActions(): ActionLike[];
}

const guardedKitMark = Symbol.for("@agentkit-policy/core/guarded-kit");

/**
 * Puts a policy under a kit: every action is decided before it runs and settled after, and every call to the kit's
 * wallet is judged. The kit that comes back has the given one as its prototype, so that `instanceof` holds; the given one
 * stays as it was, without a policy. With `undefined` for a policy nothing changes at all, and it says so.
 * @throws PolicySetupError `already_guarded`, `invalid_policy`, `invalid_option`
 */
export function withPolicy<K extends KitLike>(kit: K, policy: Policy | undefined, options: PolicyOptions = {}): K {
  if (isGuardedKit(kit))
    throw new PolicySetupError("already_guarded", "this kit is guarded already; put all policies in one list");
  if (policy === undefined) {
    (options.logger ?? stderrLogger).warn("withPolicy was given no policy: this kit is not guarded");
    return kit;
  }
  refuseGuardedWallet(walletOf(kit));
  const hook = new PolicyHook(policy, options);
  sayAtStart(hook, options);
  const guardOf = walletGuards(hook);
  let reached = false;
  let warned = false;
  const guardedKit = Object.create(kit, {
    [guardedKitMark]: { value: true },
    getActions: { value: getActions },
    ...(options.wallet === false ? {} : { walletProvider: { get: readWallet, enumerable: true } }),
  }) as K;

  function readWallet(): unknown {
    reached = true;
    const wallet = walletOf(kit);
    return wallet === undefined ? undefined : guardOf(wallet);
  }

  function getActions(): ActionLike[] {
    const wallet = walletOf(kit) as WalletLike | undefined;
    // It may have been replaced since.
    refuseGuardedWallet(wallet);
    reached = false;
    const actions = actionsThrough(guardedKit);
    // Only a kit that was seen to reach for the guarded wallet hands it to its actions; of any other the journal would
    // stay empty while money moves, so it counts as unguarded.
    const guarded = reached && wallet !== undefined;
    if (!guarded && options.wallet !== false && !warned) {
      warned = true;
      hook.logger.warn("this kit's actions do not use the guarded wallet: money is counted by what actions declare");
    }
    return actions.map((action) => {
      if (isGuardedAction(action)) throw new PolicySetupError("already_guarded", `the action ${action.name} is guarded already`);
      return guardedAction({ hook, wallet, guarded }, action);
    });
  }

  /** A kit with private fields of its own cannot run on an object that only inherits from it; it is then not guarded. */
  function actionsThrough(through: object): ActionLike[] {
    try {
      return Reflect.apply(kit.getActions, through, []) as ActionLike[];
    } catch (error) {
      if (through === kit || !(error instanceof TypeError)) throw error;
      reached = false;
      return actionsThrough(kit);
    }
  }

  return guardedKit;
}

/**
 * Guards actions that one holds without their kit. There is no wallet guard: money is counted by what actions declare.
 * @throws PolicySetupError
 */
export function guardActions<A extends ActionLike>(
  actions: readonly A[],
  policy: Policy,
  options: PolicyOptions & { readonly walletProvider?: WalletLike } = {},
): A[] {
  const hook = new PolicyHook(policy, options);
  hook.logger.warn("guardActions sees no wallet calls: money is counted by what actions declare");
  return actions.map((action) => {
    if (isGuardedAction(action)) throw new PolicySetupError("already_guarded", `the action ${action.name} is guarded already`);
    return guardedAction({ hook, wallet: options.walletProvider, guarded: false }, action);
  });
}

/**
 * Guards a wallet that is used outside a kit: every call is an attempt of its own.
 * @throws PolicySetupError `already_guarded`
 */
export function guardWallet<W extends object>(wallet: W, policy: Policy, options: PolicyOptions = {}): W {
  const hook = new PolicyHook(policy, options);
  sayAtStart(hook, options);
  return guardedWallet(hook, wallet);
}

/** @throws PolicySetupError `not_guarded` for a kit that did not come from `withPolicy`. */
export function assertGuarded(kit: object): void {
  if (!isGuardedKit(kit))
    throw new PolicySetupError("not_guarded", "this kit has no policy: use the one that withPolicy returned");
}

function isGuardedKit(kit: object): boolean {
  return Reflect.get(kit, guardedKitMark) === true;
}

/** AgentKit keeps its wallet in a property that only TypeScript calls private, and it may be replaced at run time. */
function walletOf(kit: object): object | undefined {
  const wallet: unknown = Reflect.get(kit, "walletProvider");
  return typeof wallet === "object" && wallet !== null ? wallet : undefined;
}

function refuseGuardedWallet(wallet: object | undefined): void {
  if (wallet !== undefined && isGuardedWallet(wallet)) {
    throw new PolicySetupError("already_guarded", "the kit's wallet is guarded already; give AgentKit the bare wallet");
  }
}

function walletGuards(hook: PolicyHook): (wallet: object) => object {
  const guards = new WeakMap<object, object>();
  return (wallet) => {
    if (isGuardedWallet(wallet)) return wallet;
    const guard = guards.get(wallet) ?? guardedWallet(hook, wallet);
    guards.set(wallet, guard);
    return guard;
  };
}

function sayAtStart(hook: PolicyHook, options: PolicyOptions): void {
  const logger: Logger = hook.logger;
  if (options.wallet === false) logger.warn("the wallet guard is off: money is counted by what actions declare");
  else if (hook.providers.every((provider) => provider.beforeWalletCall === undefined)) {
    logger.info(
      "no policy judges wallet calls: what an action spends beyond its arguments passes with the event wallet.unjudged",
    );
  }
}
