import { isThenable, UnsettledError } from "@agentkit-policy/core";
import { messageOf } from "./message-of.js";

/**
 * So long an engine may take to hear what became of an attempt, in milliseconds: less than half of the time that a settlement has, so that
 * the one which is told has time to write down who has not heard.
 */
const hearingMs = 2_000;

/** An engine that has not written what it was told. */
export interface Unheard {
  readonly rule: string;
  readonly error: unknown;
  /** Of one whose time was over: whether it has heard after all. It may never resolve, and does not fail. */
  readonly late?: Promise<boolean>;
}

/**
 * Tells one engine, and waits for it as long as one engine may take: none can keep the others from hearing, nor the attempt from ending.
 * @param signal ends the wait early
 * @returns undefined where it has heard
 */
export async function hearing(rule: string, tell: () => unknown, signal?: AbortSignal): Promise<Unheard | undefined> {
  let telling: unknown;
  try {
    telling = tell();
  } catch (error) {
    return { rule, error };
  }
  if (!isThenable(telling)) return undefined;
  const heard = Promise.resolve(telling).then(
    () => undefined,
    (error: unknown): Unheard => ({ rule, error }),
  );
  return await new Promise((resolve) => {
    const end = (result: Unheard | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve(result);
    };
    const late = heard.then((result) => result === undefined);
    // Silence is taken for not having heard, the safe side: telling twice costs an engine a look at its own keys.
    const isLate = (): void => end({ rule, error: new UnsettledError(`it has not heard within ${hearingMs} ms`), late });
    const stop = (): void => end({ rule, error: new UnsettledError("it was not waited for") });
    const timer = setTimeout(isLate, hearingMs);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    void heard.then(end);
  });
}

/** What those have said together who have not written it: that may pass where it does for one, and not before each wants to be asked again. */
export function unsettledOf(unheard: readonly Unheard[]): UnsettledError {
  const message = unheard.map(({ rule, error }) => `the engine of the rule "${rule}": ${messageOf(error)}`).join("; ");
  const isHopeless = unheard.every(({ error }) => UnsettledError.isInstance(error) && error.isHopeless);
  const waits = unheard.flatMap(({ error }) => (UnsettledError.isInstance(error) ? (error.retryAfterMs ?? []) : []));
  return new UnsettledError(message, { isHopeless, ...(waits.length === 0 ? {} : { retryAfterMs: Math.max(...waits) }) });
}
