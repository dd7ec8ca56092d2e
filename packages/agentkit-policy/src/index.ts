export {
  ActionDeniedError,
  ActionFailedError,
  type ActionPolicyProvider,
  allOf,
  assertGuarded,
  guardActions,
  guardWallet,
  type Policy,
  type PolicyEvent,
  type PolicyOptions,
  type PolicyProvider,
  PolicySetupError,
  runWithContext,
  withPolicy,
} from "@agentkit-policy/core";
export { type Balance, LedgerFault } from "@agentkit-policy/ledger";
export {
  definePolicy,
  type LoadedPolicy,
  loadPolicy,
  type LoadOptions,
  type PolicyDefinition,
  PolicyFileError,
} from "@agentkit-policy/policies";
export type { ActionContext, ActionOutcome, Effect, PolicyDecision } from "@agentkit-policy/schema";
