import { timedOut, within } from "./deadline.js";
import { processWide } from "./process-wide.js";

/** The last turn that somebody waits for, by chain and address. Shared by every copy of this package in the process. */
const tails = processWide("send-queues", () => new Map<string, Promise<void>>());

/**
 * Takes a wallet's turn to send (`guard:one-at-a-time`): one transaction at a time per chain and address in a process,
 * first come, first served, because parallel sends from one key collide on nonces.
 * @returns a function that gives the turn back, or undefined when `waitMs` passed first.
 */
export async function takeTurn(key: string, waitMs: number): Promise<(() => void) | undefined> {
  const previous = tails.get(key) ?? Promise.resolve();
  let finish: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const tail = previous.then(() => mine);
  tails.set(key, tail);
  void tail.then(() => {
    if (tails.get(key) === tail) tails.delete(key);
  });
  if ((await within(previous, waitMs)) !== timedOut) return finish;
  // Whoever came after still waits for the one before: our own turn ends the moment it would have begun.
  finish();
  return undefined;
}
