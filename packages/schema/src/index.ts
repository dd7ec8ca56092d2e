export { type Clock, elapsedMs, type Instant, instantOf, systemClock } from "./clock.js";
export { declaredEffect } from "./declared-effect.js";
export { outcomeLabels } from "./generated/outcome-labels.js";
export type * from "./generated/types.js";
export {
  type Guard,
  isActionContext,
  isActionOutcome,
  isAllow,
  isBeforeActionParams,
  isBeforeWalletCallParams,
  isDeny,
  isEffect,
  isIdentity,
  isInitializeParams,
  isJournalCall,
  isObserveParams,
  isPolicyDecision,
  isSettleParams,
  isWalletCallFacts,
  problemOf,
} from "./guards.js";
export { actionHash, canonicalJson, type HashedCall, sha256Hex } from "./hashing.js";
