import type { Effect } from "./generated/types.js";
import { isEffect } from "./guards.js";

/** The members of an effect that hold an id with an address in it. */
const ids = ["asset", "counterparty", "contract"] as const;

/**
 * An effect as somebody else declared it, by the contract; undefined where it is none. Addresses of EVM chains come with their checksum as
 * often as without, so that ids of eip155 are put in lower case: in any other case no rule and no wallet call would have the same name.
 */
export function declaredEffect(value: unknown): Effect | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // A copy, read once: what was checked is what is judged.
  const effect: Record<string, unknown> = { ...value };
  for (const name of ids) {
    const id = effect[name];
    if (typeof id === "string" && /^eip155:/i.test(id)) effect[name] = id.toLowerCase();
  }
  return isEffect(effect) ? effect : undefined;
}
