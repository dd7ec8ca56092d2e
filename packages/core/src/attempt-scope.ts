import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenAttempt } from "./open-attempt.js";
import { processWide } from "./process-wide.js";
import { isThenable } from "./thenable.js";

/** What the running code belongs to: an action's body, or a provider's hook. */
export type Scope =
  | {
      readonly kind: "attempt";
      readonly attempt: OpenAttempt;
      /** The wallet turns that this code already holds; taking one again would wait for itself. */
      readonly turns: readonly string[];
    }
  | {
      readonly kind: "hook";
      readonly actionId: string;
      /** Whether the hook has answered: what it started and left running is not deciding any more. */
      answered: boolean;
    };

const scope = processWide("attempt-scope", () => new AsyncLocalStorage<Scope>());

/** The scope of the running code, across awaits. Undefined outside any attempt, and where an async context was lost. */
export function currentScope(): Scope | undefined {
  const current = scope.getStore();
  return current?.kind === "hook" && current.answered ? undefined : current;
}

/** Runs what belongs to nobody's attempt, such as a listener. */
export function outsideAttempts<T>(body: () => T): T {
  return scope.exit(body);
}

/** Runs an action's body, or the wallet's own code, as part of an attempt. */
export function inAttempt<T>(attempt: OpenAttempt, turns: readonly string[], body: () => T): T {
  return scope.run({ kind: "attempt", attempt, turns }, body);
}

/** Runs a provider's hook: the guarded wallet is out of its reach until it has answered (`guard:once`). */
export function inProviderHook<T>(actionId: string, body: () => T): T {
  const hook: Scope = { kind: "hook", actionId, answered: false };
  const answered = (): void => {
    hook.answered = true;
  };
  let returned: T;
  try {
    returned = scope.run(hook, body);
  } catch (error) {
    answered();
    throw error;
  }
  if (isThenable(returned)) returned.then(answered, answered);
  else answered();
  return returned;
}
