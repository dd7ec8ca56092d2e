import { canonicalActionOf, canonicalActions, knownActionNames } from "@agentkit-policy/effects";
import { UsageError } from "./usage-error.js";

/** An action as the ledger knows it, and whether it is one of AgentKit's. */
export interface ActionScope {
  readonly value: string;
  readonly isBuiltIn: boolean;
}

/**
 * The canonical id of a built-in action, by that id, by either language's full name, or by the ending of one of these; anything else may be an
 * action of the program's own, whose name the ledger has as it is.
 * @throws UsageError for a pattern, and for an ending that several actions have
 */
export function actionScope(written: string): ActionScope {
  if (/[*?]/.test(written))
    throw new UsageError(`"${written}" is a pattern; name one action, such as wallet.native_transfer, or freeze all`);
  if (canonicalActions.includes(written)) return { value: written, isBuiltIn: true };
  const exact = canonicalActionOf(written);
  if (exact !== undefined) return { value: exact, isBuiltIn: true };
  const [value, ...others] = byEnding(written);
  if (value === undefined) return { value: written, isBuiltIn: false };
  if (others.length === 0) return { value, isBuiltIn: true };
  throw new UsageError(`"${written}" is the ending of several actions; name one of them: ${[value, ...others].join(", ")}`);
}

function byEnding(ending: string): readonly string[] {
  const ids = canonicalActions.filter((id) => id.endsWith(`.${ending}`));
  // A full name is the class of a provider, an underscore, and the action as the provider calls it.
  const named = knownActionNames
    .filter((name) => name.slice(name.indexOf("_") + 1) === ending)
    .flatMap((name) => canonicalActionOf(name) ?? []);
  return [...new Set([...ids, ...named])].sort();
}
