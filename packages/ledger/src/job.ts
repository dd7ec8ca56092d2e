import type { Store } from "./store.js";

/** A verb that waits in a process's queue for its transaction. */
export interface Job {
  readonly work: (store: Store) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs a verb within its transaction. A request that cannot be read has written nothing; anything else that is thrown undoes the
 * transaction.
 * @returns what tells the answer, once the transaction is committed
 */
export function answerOf({ work, resolve, reject }: Job, store: Store): () => void {
  try {
    const value = work(store);
    return () => resolve(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return () => reject(error);
  }
}
