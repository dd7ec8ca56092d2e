export {
  ActionDeniedError,
  ActionFailedError,
  type ActionPolicyProvider,
  type Adapter,
  type AdapterScope,
  allOf,
  assertGuarded,
  defineAdapter,
  failOpen,
  type Policy,
  type PolicyEvent,
  type PolicyOptions,
  type PolicyProvider,
  PolicySetupError,
  type Predicate,
  runWithContext,
  shadow,
  UnsettledError,
  when,
} from "@agentkit-policy/core";
export { type Balance, LedgerFault } from "@agentkit-policy/ledger";
export { type LoadedPolicy, type LoadOptions, type PolicyDefinition, PolicyFileError } from "@agentkit-policy/policies";
export type { ActionContext, ActionOutcome, Effect, PolicyDecision } from "@agentkit-policy/schema";
export { definePolicy, loadPolicy } from "./load-policy.js";
export { guardActions, guardWallet, withPolicy } from "./with-policy.js";
