import { existsSync } from "node:fs";
import type { CloseRequest, Ledger, ReserveRequest } from "./ledger.js";
import { AnchoredClock, systemLedgerClock } from "./ledger-clock.js";
import { LedgerFault } from "./ledger-fault.js";
import { defaultLedgerTimes, type LedgerOptions } from "./ledger-options.js";
import { faultOf, isBusy, openDatabase, type SqliteDatabase } from "./sqlite-database.js";
import { prepareTables, sqliteStore } from "./sqlite-store.js";
import type { Store } from "./store.js";
import { Verbs } from "./verbs.js";

/** How long a process waits before it tries again to get at a file that another one holds, in milliseconds. */
const pollMs = 2;

interface Job {
  readonly work: (store: Store) => unknown;
  /** Whether its answer may be given only once it is on the disk itself, and not only in the system's memory. */
  readonly durable: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A ledger in one SQLite file, shared by every process that opens it. One writer queue a process; verbs that wait together
 * share one transaction. Waiting for other processes never blocks the event loop. Not for a network file system.
 * @param path created when it does not exist; its folder must
 * @throws LedgerFault
 */
export async function openSqliteLedger(path: string, options: LedgerOptions = {}): Promise<Ledger> {
  const busyTimeoutMs = options.busyTimeoutMs ?? 4_000;
  if (options.mustExist === true && !existsSync(path))
    throw new LedgerFault("ledger_unreachable", `there is no ledger ${path} yet`);
  const database = await openDatabase(path);
  let ledgerId: string;
  try {
    database.exec("PRAGMA busy_timeout = 0");
    await whenFree(() => database.exec("PRAGMA journal_mode = WAL"), busyTimeoutMs);
    database.exec("PRAGMA synchronous = FULL");
    await whenFree(() => database.exec("BEGIN IMMEDIATE"), busyTimeoutMs);
    ledgerId = prepareTables(database, path).ledgerId;
    database.exec("COMMIT");
  } catch (error) {
    database.close();
    throw faultOf(error, path);
  }
  const times = { ...defaultLedgerTimes, ...options.times };
  const verbs = new Verbs(new AnchoredClock(options.clock ?? systemLedgerClock), times);
  const writer = new Writer(database, path, busyTimeoutMs);
  return {
    id: ledgerId,
    reserve: (request) => writer.run((store) => verbs.reserve(store, request), isDurableReserve(request)),
    arm: (request) => writer.run((store) => verbs.arm(store, request), true),
    close: (request) => writer.run((store) => verbs.close(store, request), mayRaise(request)),
    balances: (query) => writer.run((store) => verbs.balances(store, query), false),
    assets: () => writer.run((store) => store.assets(), false),
    dispose: () => writer.dispose(),
  };
}

/** Only an attempt's first reserve stands before any authority; it need only be visible (`ledger:durable`). */
function isDurableReserve({ stepId, arm }: ReserveRequest): boolean {
  return arm === true || stepId !== "root";
}

/** A close that says that nothing was spent cannot raise anything; one that is lost falls back to armed, the safe side. */
function mayRaise({ spent }: CloseRequest): boolean {
  return spent.length > 0;
}

/** The one queue of a process before a ledger's file. */
class Writer {
  readonly #database: SqliteDatabase;
  readonly #store: Store;
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  #waiting: Job[] = [];
  #pumping: Promise<void> | undefined;
  #disposed = false;
  #synchronous = "FULL";

  constructor(database: SqliteDatabase, path: string, busyTimeoutMs: number) {
    this.#database = database;
    this.#store = sqliteStore(database);
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  run<T>(work: (store: Store) => T, durable: boolean): Promise<T> {
    if (this.#disposed) return Promise.reject(new LedgerFault("ledger_disposed", `the ledger ${this.#path} has been closed`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, durable, resolve: resolve as (value: unknown) => void, reject });
      this.#pumping ??= this.#pump();
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#pumping;
    this.#database.close();
  }

  async #pump(): Promise<void> {
    // Whoever asks in the same tick shares the transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting;
      this.#waiting = [];
      const contended = await this.#commit(jobs);
      // Fair to the others: a process that met one leaves it a polling interval after its own commit.
      if (contended) await delay(pollMs);
    }
    this.#pumping = undefined;
  }

  /** Runs jobs in one transaction. Nobody hears an answer before the commit. */
  async #commit(jobs: readonly Job[]): Promise<boolean> {
    let contended = false;
    const answers: (() => void)[] = [];
    try {
      this.#beDurable(jobs.some((job) => job.durable));
      contended = await whenFree(() => this.#database.exec("BEGIN IMMEDIATE"), this.#busyTimeoutMs);
      for (const job of jobs) answers.push(this.#answer(job));
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      const fault = faultOf(error, this.#path);
      for (const job of jobs) job.reject(fault);
      return contended;
    }
    for (const answer of answers) answer();
    return contended;
  }

  /** One verb within the transaction; one that throws takes only its own writes with it. */
  #answer({ work, resolve, reject }: Job): () => void {
    this.#database.exec("SAVEPOINT verb");
    try {
      const value = work(this.#store);
      this.#database.exec("RELEASE verb");
      return () => resolve(value);
    } catch (error) {
      this.#database.exec("ROLLBACK TO verb");
      this.#database.exec("RELEASE verb");
      return () => reject(error instanceof RangeError ? error : faultOf(error, this.#path));
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // There was no transaction, or SQLite has rolled it back itself.
    }
  }

  /** SQLite takes this setting between transactions only. */
  #beDurable(durable: boolean): void {
    const wanted = durable ? "FULL" : "NORMAL";
    if (wanted === this.#synchronous) return;
    this.#database.exec(`PRAGMA synchronous = ${wanted}`);
    this.#synchronous = wanted;
  }
}

/**
 * Does a step once no other process holds the file. @returns whether it had to wait
 * @throws the driver's busy error after `timeoutMs`
 */
async function whenFree(step: () => unknown, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let waited = false; ; waited = true) {
    try {
      step();
      return waited;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await delay(pollMs);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
