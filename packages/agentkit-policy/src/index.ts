export {
  ActionDeniedError,
  ActionFailedError,
  type ActionPolicyProvider,
  allOf,
  assertGuarded,
  failOpen,
  type Policy,
  type PolicyEvent,
  type PolicyOptions,
  type PolicyProvider,
  PolicySetupError,
  type Predicate,
  runWithContext,
  shadow,
  when,
} from "@agentkit-policy/core";
export { type Balance, LedgerFault } from "@agentkit-policy/ledger";
export {
  definePolicy,
  type LoadedPolicy,
  type LoadOptions,
  loadPolicy,
  type PolicyDefinition,
  PolicyFileError,
} from "@agentkit-policy/policies";
export type { ActionContext, ActionOutcome, Effect, PolicyDecision } from "@agentkit-policy/schema";
export { guardActions, guardWallet, withPolicy } from "./with-policy.js";
