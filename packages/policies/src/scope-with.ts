import type { DecisionScope } from "@agentkit-policy/core";

/** The scope of a decision with other members. Its signal stays what it is: made for whoever looks at it. */
export function scopeWith<Members extends object>(scope: DecisionScope, members: Members): DecisionScope & Members {
  return {
    get signal() {
      return scope.signal;
    },
    remainingMs: scope.remainingMs,
    ...members,
  };
}
