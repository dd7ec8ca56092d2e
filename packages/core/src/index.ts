export { type Clock, systemClock } from "@agentkit-policy/schema";
export type { ActionFacts, ActionReader, Description, InvalidDescription, Read, ReadRequest } from "./action-reader.js";
export { type Adapter, type AdapterScope, defineAdapter, isAdapter, type OptionsIssue, type OptionsSchema } from "./adapter.js";
export { plainDecision } from "./ask.js";
export type { AttemptFacts, SettleFacts } from "./attempt.js";
export { AttemptMachine, type Verdict } from "./attempt-machine.js";
export { allOf, failOpen, type Predicate, providersOf, shadow, when } from "./composition.js";
export { timedOut, within } from "./deadline.js";
export { ActionDeniedError, ActionFailedError, type Denial, PolicySetupError, UnsettledError } from "./errors.js";
export type { PolicyEvent, PolicyEventType, PolicyListener } from "./events.js";
export type { ActionLike } from "./guarded-action.js";
export { runWithContext } from "./identity.js";
export { type Logger, quietLogger, stderrLogger } from "./logger.js";
export { moneyLines } from "./money.js";
export type { Policy, PolicyOptions } from "./options.js";
export { provesNothingLeft } from "./outcome.js";
export { labelOf } from "./outcome-label.js";
export type {
  ActionPolicyProvider,
  DecisionScope,
  PolicyProvider,
  SettledCall,
  SettledOutcome,
  Settlement,
  SettleScope,
  WalletCallScope,
} from "./provider.js";
export { createRuntime, type Runtime } from "./runtime.js";
export { restore, SnapshotError, takeSnapshot } from "./snapshot.js";
export { isThenable } from "./thenable.js";
export { type ReadCall, readWalletCall } from "./wallet-call.js";
export { solanaChains, type WalletFacts, type WalletLike } from "./wallet-facts.js";
export { assertGuarded, guardActions, guardWallet, type KitLike, withPolicy } from "./with-policy.js";
