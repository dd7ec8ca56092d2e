import type { Freeze, Refusal, ScopeValues } from "./ledger.js";
import { refuse } from "./request.js";
import type { Store } from "./store.js";

/** All that is frozen, the oldest first. */
export function freezesOf(store: Store): Freeze[] {
  return oldestFirst(store.freezes());
}

/** Why some scope values may not spend, if they may not. */
export function frozenScope(store: Store, scopes: ScopeValues): Refusal | undefined {
  const [frozen] = oldestFirst(store.freezes().filter(({ scope, value }) => scope === "all" || scopes[scope] === value));
  return frozen === undefined ? undefined : refuse("frozen", `${nameOf(frozen)} is frozen: ${frozen.reason}`);
}

/** Stores keep them in no order. */
function oldestFirst(freezes: readonly Freeze[]): Freeze[] {
  return [...freezes].sort((one, other) => one.since - other.since || (nameOf(one) < nameOf(other) ? -1 : 1));
}

function nameOf({ scope, value }: Freeze): string {
  return scope === "all" ? "everything" : `the ${scope} ${value}`;
}
