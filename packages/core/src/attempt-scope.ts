import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenAttempt } from "./open-attempt.js";
import { processWide } from "./process-wide.js";
import type { Turn } from "./send-queue.js";
import { isThenable } from "./thenable.js";

/** What the running code belongs to: an action's body, or a provider's hook. */
export type Scope =
  | {
      readonly kind: "attempt";
      readonly attempt: OpenAttempt;
      /** The wallet turns in which this code runs; taking one again that is still held would wait for itself. */
      readonly turns: readonly Turn[];
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

/** The wallet turns in which the running code is, whoever's attempt it belongs to. */
export function turnsOf(current: Scope | undefined): readonly Turn[] {
  return current?.kind === "attempt" ? current.turns : [];
}

/** Runs what belongs to nobody's attempt, such as a listener. */
export function outsideAttempts<T>(body: () => T): T {
  return scope.exit(body);
}

/** Runs an action's body, or the wallet's own code, as part of an attempt. */
export function inAttempt<T>(attempt: OpenAttempt, turns: readonly Turn[], body: () => T): T {
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
