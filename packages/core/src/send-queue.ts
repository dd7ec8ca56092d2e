import { timedOut, within } from "./deadline.js";
import { processWide } from "./process-wide.js";

/** A wallet's turn to send. */
export interface Turn {
  /** Whose: chain and address. */
  readonly key: string;
  /** Whether it has not been given back: what a sending started and left running is not sending any more. */
  readonly isHeld: boolean;
  giveBack(): void;
}

/** The last turn that somebody waits for, by chain and address. Shared by every copy of this package in the process. */
const tails = processWide("send-queues", () => new Map<string, Promise<void>>());

/**
 * Takes a wallet's turn to send (`guard:one-at-a-time`): one transaction at a time per chain and address in a process,
 * first come, first served, because parallel sends from one key collide on nonces.
 * @returns undefined when `waitMs` passed first.
 */
export async function takeTurn(key: string, waitMs: number): Promise<Turn | undefined> {
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
  if ((await within(previous, waitMs)) !== timedOut) return new TakenTurn(key, finish);
  // Whoever came after still waits for the one before: our own turn ends the moment it would have begun.
  finish();
  return undefined;
}

class TakenTurn implements Turn {
  readonly key: string;
  isHeld = true;
  readonly #finish: () => void;

  constructor(key: string, finish: () => void) {
    this.key = key;
    this.#finish = finish;
  }

  giveBack(): void {
    this.isHeld = false;
    this.#finish();
  }
}
