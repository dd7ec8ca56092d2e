import * as core from "@agentkit-policy/core";
import { createActionReader } from "@agentkit-policy/effects";
import type { LoadedPolicy } from "@agentkit-policy/policies";

/*
 * Core reads actions through a port that it does not implement. Here the port is filled: a policy that carries no reader of
 * its own, such as a provider in the RFC's form, gets the built-in one, and with it effects and an honest outcome.
 */

/** @see core.withPolicy */
export function withPolicy<K extends core.KitLike>(kit: K, policy: core.Policy | undefined, options: core.PolicyOptions = {}): K {
  return core.withPolicy(kit, policy, policy === undefined ? options : withReader(policy, options));
}

/** @see core.guardActions */
export function guardActions<A extends core.ActionLike>(
  actions: readonly A[],
  policy: core.Policy,
  options: core.PolicyOptions & { readonly walletProvider?: core.WalletLike } = {},
): A[] {
  return core.guardActions(actions, policy, withReader(policy, options));
}

/** @see core.guardWallet */
export function guardWallet<W extends object>(wallet: W, policy: core.Policy, options: core.PolicyOptions = {}): W {
  return core.guardWallet(wallet, policy, withReader(policy, options));
}

/** Two policies on one ledger would each count the same money, so that both budgets ran out at half. */
function refuseSharedLedger(providers: readonly core.PolicyProvider[]): void {
  const ledgers = providers.flatMap((provider) => {
    const { ledger } = provider as Partial<LoadedPolicy>;
    return ledger === undefined ? [] : [ledger.id];
  });
  if (new Set(ledgers).size === ledgers.length) return;
  throw new core.PolicySetupError("invalid_policy", "two policies spend from one ledger; write their rules into one file");
}

function withReader<O extends core.PolicyOptions>(policy: core.Policy, options: O): O {
  const providers = core.providersOf(policy);
  refuseSharedLedger(providers);
  if (options.reader !== undefined || providers.some((provider) => provider.reader !== undefined)) return options;
  return { ...options, reader: createActionReader() };
}
