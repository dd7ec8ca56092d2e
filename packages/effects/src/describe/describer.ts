import type { ActionFacts, InvalidDescription, Read } from "@agentkit-policy/core";
import type { Effect } from "@agentkit-policy/schema";
import type { KnownTokens } from "../known-tokens.js";

/** What a describer works with. */
export interface DescribeScope {
  readonly facts: ActionFacts;
  readonly read: Read;
  readonly tokens: KnownTokens;
}

/** What an action's arguments say it would do. */
export interface Reading {
  readonly effects: readonly Effect[];
}

/**
 * Reads one action's arguments. Answers at once where it can: a promise is for what only the wallet knows.
 * @throws ArgumentsError or AmountError when the arguments have no single, exact reading.
 */
export type Describer = (scope: DescribeScope) => Reading | Promise<Reading>;

/** Arguments that have no single, exact reading. Its message names the argument and repeats nothing of its value. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

/** What an action of unknown effect is said to do. */
export const unknownEffects: readonly Effect[] = Object.freeze([Object.freeze({ kind: "unknown", basis: "declared" } as const)]);

/** The denial that core makes of arguments without a reading. Any other error is thrown on. */
export function invalidOf(error: unknown): InvalidDescription {
  if (error instanceof Error && (error.name === "ArgumentsError" || error.name === "AmountError"))
    return { invalid: error.message };
  throw error;
}
