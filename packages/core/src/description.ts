import { declaredEffect, type Effect, type WalletCallFacts } from "@agentkit-policy/schema";
import type { Description, InvalidDescription, Read } from "./action-reader.js";
import type { AttemptFacts } from "./attempt.js";
import type { Deadline } from "./deadline.js";
import { type Denial, errorKind } from "./errors.js";
import type { Runtime } from "./runtime.js";

/** An attempt of which nothing is known. */
export const unknownDescription: Description = {
  effects: [{ kind: "unknown", basis: "declared" }],
  spends: true,
  throughWallet: true,
};

/** What an attempt would do, or why nobody can tell: at once, unless its reader has to wait for something. */
export function describeAttempt(
  runtime: Runtime,
  facts: AttemptFacts,
  read: Read,
  deadline: Deadline,
): Description | Denial | Promise<Description | Denial> {
  const { reader } = runtime;
  if (facts.call !== undefined) {
    // Under no name that a provider's actions have: a rule about all of them says nothing of a call outside any.
    return { ...unknownDescription, canonicalAction: `direct.${facts.call.method}`, effects: decodeCall(runtime, facts.call) };
  }
  if (facts.described !== undefined) return describedByHost(runtime, facts.described);
  if (reader === undefined) return unknownDescription;
  return deadline.run<Description | InvalidDescription, Description | Denial>(() => reader.describe(facts, read), {
    answered: (described) => ("invalid" in described ? { code: "invalid_arguments", reason: described.invalid } : described),
    // Nothing is known of what would move, so nothing can be judged: deny.
    late: () => ({ code: "policy_timeout", reason: "what the action would move could not be read in time" }),
    failed: (error) => unreadable(runtime, error),
  });
}

/** What the host said of an action of its own. What is no effect denies: nothing would count it. */
function describedByHost(runtime: Runtime, described: readonly unknown[]): Description | Denial {
  try {
    const effects = described.map((value, index) => {
      const effect = declaredEffect(value);
      if (effect === undefined) throw new TypeError(`what the host declared is no effect of the contract (number ${index})`);
      return runtime.reader?.named?.(effect) ?? effect;
    });
    return { effects, spends: effects.length > 0, throughWallet: true };
  } catch (error) {
    return unreadable(runtime, error);
  }
}

/** What a wallet call would do. Total: what cannot be told is unknown. */
export function decodeCall({ reader }: Runtime, call: WalletCallFacts): readonly Effect[] {
  if (reader === undefined) return [{ kind: "unknown", basis: "decoded" }];
  try {
    return reader.decode(call);
  } catch {
    // A decoder that fails has decoded nothing: rules deny what is unknown.
    return [{ kind: "unknown", basis: "decoded" }];
  }
}

/** The model reads that it failed, and the log what kind of error it was: what a wallet says of its service may hold the key to it. */
export function unreadable(runtime: Runtime, error: unknown): Denial {
  runtime.logger.warn(`what an action would move could not be read: ${errorKind(error)}`);
  return { code: "policy_error", reason: "what the action would move could not be read" };
}
