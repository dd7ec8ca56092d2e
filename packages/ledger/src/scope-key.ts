import type { Line } from "./entry.js";
import type { Scope, ScopeValues } from "./ledger.js";

/** The scope values by which a balance is told from others. */
export type ScopeKey = Readonly<Partial<Record<Scope, string>>>;

/** The values of these scopes under which a line counts, or the name of the one that is absent. */
export function scopeKey(per: readonly Scope[], scopes: ScopeValues, line: Pick<Line, "counterparty">): ScopeKey | Scope {
  const key: Partial<Record<Scope, string>> = {};
  for (const scope of per) {
    const value = scope === "counterparty" ? line.counterparty : scopes[scope];
    if (value === undefined) return scope;
    key[scope] = value;
  }
  return key;
}

/** A key as text, to be compared with keys of the same scopes: a value holds no NUL. */
export function scopeKeyText(key: ScopeKey): string {
  return Object.values(key).join("\0");
}
