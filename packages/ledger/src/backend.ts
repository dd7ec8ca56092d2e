import type { Freeze } from "./ledger.js";
import type { Needs } from "./needs.js";
import type { StoredKind, TallyKind } from "./tally.js";

/**
 * What a driver for another database has to do, and all of it: rules, sums and times are the ledger's. `openBackendLedger` makes a
 * ledger of it, and the checks of `@agentkit-policy/ledger/driver-kit` say whether it does. One process calls one method at a time.
 *
 * A backend throws `LedgerFault`, with the code that says why; whatever it throws denies every verb of the transaction, which
 * must then be undone.
 */
export interface LedgerBackend {
  /** The database in words, without a password. */
  readonly name: string;
  /**
   * Begins a transaction in which nobody else can be, in no process, and reads. All that it reads, the time first, is read once
   * it has the lock: whatever is older may have changed.
   */
  begin(needs: Needs, known: Known): Promise<Fetched>;
  /** Reads more within the transaction. */
  fetch(needs: Needs, known: Known): Promise<Fetched>;
  /** Writes within the transaction. */
  write(changes: Changes): Promise<void>;
  /** Writes, and ends the transaction. Where the changes are durable, they are on the disk before this answers. */
  commit(changes: Changes): Promise<void>;
  /** Entries within the transaction, in the order of their attempts, from the one after this on. */
  entriesAfter(attemptId: string): Promise<readonly { readonly attemptId: string; readonly entry: string }[]>;
  /**
   * A whole transaction in one message, for those that can: writes if everything is as assumed, which is asked once the lock is
   * held. What it writes may be kept aside until the next `begin`, which has to file it first: until then its process remembers it,
   * and assumes nothing else of it.
   * @returns the backend's time; or undefined, and nothing was written
   */
  commitIf?(assumed: Assumed, changes: Changes): Promise<number | undefined>;
  /**
   * For databases whose lock is slow to change hands: waits for a turn, in which no other process that has taken to turns writes.
   * A turn saves time and guards nothing: others may write all the same.
   * @returns whether it is this process's turn; false where it is better not to wait any longer
   */
  takeTurn?(): Promise<boolean>;
  /** Ends the turn. */
  endTurn?(): Promise<void>;
  /** After a fault: undoes whatever is open, and ends a turn. The next `begin` may have to connect anew. */
  abandon(): Promise<void>;
  close(): Promise<void>;
}

/** What the process knows already. */
export interface Known {
  /** The generation of the kinds, freezes and assets that it keeps; -1 for none. */
  readonly generation: number;
  /** The time to go by instead of the database's own, in milliseconds since 1970. */
  readonly now: number | undefined;
}

/** What was read. Amounts are decimal text. */
export interface Fetched {
  /** The database's time once it had the lock, in milliseconds since 1970; or the one to go by instead. */
  readonly now: number;
  readonly highWater: number;
  /** What the last commit has left there. */
  readonly mark: string;
  /** Made with the database, and with every restore that may lack what was spent. */
  readonly ledgerId: string;
  /**
   * The entries of the attempts and intents in the needs, the unproven and the untold ones; and always those whose `agesAt` lies before the
   * time or before the high-water mark: all of them, or the `agedAtOnce` oldest, as no more age in one transaction.
   */
  readonly entries: readonly string[];
  /** The tallies in the needs, and those of whole kinds. And those that a fetched entry has a part in, or they are asked for next. */
  readonly tallies: readonly FetchedTally[];
  /** One for each of the needs' sums. */
  readonly sums: readonly string[];
  readonly generation: number;
  /** These three only where the generation is not the known one. */
  readonly kinds?: readonly StoredKind[];
  readonly freezes?: readonly Freeze[];
  readonly assets?: readonly string[];
}

export interface FetchedTally {
  readonly kind: number;
  readonly key: string;
  readonly open: string;
  readonly dated: string;
  /** Each window, with the first dates from its beginning on: all that lie before `before`, or all there are. */
  readonly windows: readonly {
    readonly name: string;
    readonly since: number;
    readonly sum: string;
    readonly dates: readonly (readonly [date: number, amount: string])[];
    readonly before: number | null;
  }[];
}

/** What a transaction writes. Lists that would be empty are absent. */
export interface Changes {
  /** Whether it has to be on the disk before anybody hears of it. */
  readonly durable: boolean;
  readonly highWater: number;
  /** Told to whoever reads next. */
  readonly mark: string;
  /** Whether the generation has to go up by one. */
  readonly changesGeneration: boolean;
  readonly kinds?: readonly { readonly id: number; readonly kind: TallyKind }[];
  /** In place of what was there. */
  readonly entries?: readonly ChangedEntry[];
  /** In place of what was there. */
  readonly tallies?: readonly ChangedTally[];
  /** Added to what is there. Amounts may be negative. */
  readonly dates?: readonly { readonly kind: number; readonly key: string; readonly date: number; readonly amount: string }[];
  readonly assets?: readonly string[];
  readonly unfreezes?: readonly Pick<Freeze, "scope" | "value">[];
  /** After the unfreezes, in place of what was there. */
  readonly freezes?: readonly Freeze[];
}

export interface ChangedEntry {
  readonly id: string;
  readonly agesAt: number | null;
  readonly unprovenUntil: number | null;
  readonly noteDue: number | null;
  readonly intent: string | null;
  /** The tallies that it has a part in, so that whoever fetches it fetches them too. */
  readonly tallies: readonly (readonly [kind: number, key: string])[];
  readonly entry: string;
}

export interface ChangedTally {
  readonly kind: number;
  readonly key: string;
  readonly open: string;
  readonly dated: string;
  readonly windows: readonly { readonly name: string; readonly since: number; readonly sum: string }[];
}

/** What a transaction was decided by without asking. */
export interface Assumed {
  readonly ledgerId: string;
  readonly mark: string;
  /** The time it was decided by. */
  readonly now: number;
  /** How far that may be from the database's, in milliseconds; null where it is not the database's to begin with. */
  readonly toleranceMs: number | null;
  // And always: that no entry's `agesAt` lies before that time or the high-water mark.
  /** There is no entry of these attempts. */
  readonly absent: readonly string[];
  /** There are no entries of these intents but the known ones. */
  readonly intents: readonly { readonly key: string; readonly known: readonly string[] }[];
}
