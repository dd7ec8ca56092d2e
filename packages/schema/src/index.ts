export type * from "./generated/types.js";
export {
  type Guard,
  isActionContext,
  isActionOutcome,
  isAllow,
  isDeny,
  isEffect,
  isIdentity,
  isJournalCall,
  isPolicyDecision,
  isWalletCallFacts,
  problemOf,
} from "./guards.js";
export { actionHash, canonicalJson, type HashedCall, sha256Hex } from "./hashing.js";
