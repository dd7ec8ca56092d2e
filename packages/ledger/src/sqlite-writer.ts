import { Overdue } from "./ageing.js";
import { answerOf, type Job } from "./job.js";
import { LedgerFault } from "./ledger-fault.js";
import type { LedgerFile } from "./ledger-file.js";
import type { LedgerHead } from "./ledger-head.js";
import { faultOf, isBusy, type SqliteDatabase, type SqliteStatement } from "./sqlite-database.js";
import { type SqliteStore, sqliteStore } from "./sqlite-store.js";
import { markFile } from "./sqlite-tables.js";
import type { Store } from "./store.js";

/** How long a process waits before it tries again to get at a file that another one holds, in milliseconds. */
const pollMs = 1;

/**
 * How long a process may commit without leaving the others a pause, in milliseconds. Others poll, and cannot be seen doing
 * so: a process that always has work would otherwise take the file again within microseconds, for ever. Once it has seen
 * them commit, its turns are short.
 */
const turnMs = { alone: 50, shared: 3 };

/** A pause in which every process that polls gets to try. */
const pauseMs = 2 * pollMs;

/** How many durable commits a copy of the file may lack without its mark being lower. */
const commitsPerMark = 1_000;

interface DurableJob extends Job {
  /** Whether it is expected to write what must be on the disk before anybody hears of it. */
  readonly durable: boolean;
}

/** The one queue of a process before a ledger's file. Jobs that wait together share one transaction. */
export class SqliteWriter {
  readonly #database: SqliteDatabase;
  readonly #store: SqliteStore;
  readonly #head: LedgerHead;
  readonly #file: LedgerFile;
  readonly #busyTimeoutMs: number;
  #waiting: DurableJob[] = [];
  #pumping: Promise<void> | undefined;
  #disposed: Promise<void> | undefined;
  #synchronous = "FULL";
  #wroteDurably = false;
  /** SQLite's count of what other connections have committed. */
  readonly #dataVersion: SqliteStatement;
  #lastDataVersion: unknown;
  /** The last mark that is known, be it in the log only. */
  #lastMark = 0;
  #isMarked = false;
  #turnBegan = 0;
  /** The turn in which the file's own mark was looked at last, by its beginning. */
  #markCheckedIn: number | undefined;
  #lastCommit = 0;
  /** Whether other processes were seen in this turn. */
  #shared = false;

  constructor(database: SqliteDatabase, file: LedgerFile, busyTimeoutMs: number, head: LedgerHead) {
    this.#database = database;
    this.#store = sqliteStore(database, () => {
      this.#wroteDurably = true;
    });
    this.#dataVersion = database.prepare("PRAGMA data_version");
    this.#head = head;
    this.#file = file;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /**
   * Runs synchronous work inside a transaction and answers after its commit. A durable write is always on the disk by then.
   * @param durable a guess whether the work writes durably; a wrong one costs time and nothing else
   * @throws LedgerFault; RangeError as the work throws it
   */
  run<T>(work: (store: Store) => T, durable: boolean): Promise<T> {
    if (this.#disposed !== undefined)
      return Promise.reject(new LedgerFault("ledger_disposed", `the ledger ${this.#file.path} has been closed`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, durable, resolve: resolve as (value: unknown) => void, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Lets what waits finish, and closes the file. */
  dispose(): Promise<void> {
    this.#disposed ??= (this.#pumping ?? Promise.resolve()).then(() => {
      this.#leaveFile();
      this.#database.close();
      this.#head.close();
    });
    return this.#disposed;
  }

  async #pump(): Promise<void> {
    // Whoever asks in the same tick shares the transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#leaveTurn();
      const jobs = this.#waiting;
      this.#waiting = [];
      await this.#commit(jobs);
      // After the answers: nobody waits for a mark.
      if (this.#isMarked) moveLog(this.#database, this.#file, this.#head, "PASSIVE");
      this.#isMarked = false;
      this.#lastCommit = performance.now();
    }
    this.#pumping = undefined;
  }

  /** Pauses when this process has had the file for a turn. */
  async #leaveTurn(): Promise<void> {
    const now = performance.now();
    const hasPaused = now - this.#lastCommit >= pauseMs;
    if (!hasPaused && now - this.#turnBegan < (this.#shared ? turnMs.shared : turnMs.alone)) return;
    if (!hasPaused) await delay(pauseMs);
    this.#turnBegan = performance.now();
    this.#shared = false;
  }

  /** Runs jobs in one transaction. Nobody hears an answer before the commit. */
  async #commit(jobs: readonly DurableJob[]): Promise<void> {
    let answers: (() => void)[] = [];
    try {
      for (let durable = jobs.some((job) => job.durable); ; durable = true) {
        this.#setDurable(durable);
        await whenFree(() => this.#database.exec("BEGIN IMMEDIATE"), this.#busyTimeoutMs);
        this.#file.check();
        this.#checkMark();
        this.#shared ||= this.#othersCommitted();
        this.#store.begin();
        this.#wroteDurably = false;
        answers = jobs.map((job) => answerOf(job, this.#store));
        if (durable || !this.#wroteDurably) break;
        // SQLite takes the setting between transactions only: what turned out to need the disk is done once more.
        this.#rollBack();
      }
      this.#store.flush();
      if (this.#wroteDurably) this.#markAfter(commitsPerMark, this.#store.countCommit());
      this.#database.exec("COMMIT");
      if (this.#wroteDurably) this.#head.remember(this.#store.sequence());
    } catch (error) {
      this.#rollBack();
      if (error instanceof Overdue) {
        await this.#ageFirst(error, jobs);
        return;
      }
      const fault = faultOf(error, this.#file.path);
      // An entry that is damaged takes only its own verb along: the others are asked again, each by itself.
      if (jobs.length > 1 && fault.code === "ledger_corrupt") for (const job of jobs) await this.#commit([job]);
      else for (const job of jobs) job.reject(fault);
      return;
    }
    for (const answer of answers) answer();
  }

  /** Ages what is overdue, a portion a transaction, and runs the jobs then. Timers, and other processes, come in between. */
  async #ageFirst({ age }: Overdue, jobs: readonly DurableJob[]): Promise<void> {
    try {
      for (let isMore = true; isMore; ) {
        isMore = await new Promise<unknown>((resolve, reject) => {
          void this.#commit([{ work: age, durable: false, resolve, reject }]);
        }).then((value) => value === true);
        this.#lastCommit = performance.now();
        await new Promise(setImmediate);
        await this.#leaveTurn();
      }
    } catch (fault) {
      for (const job of jobs) job.reject(fault);
      return;
    }
    await this.#commit(jobs);
  }

  /** Once a turn: it asks the system, which every commit would pay for, and a turn is short. @throws LedgerFault `ledger_rolled_back` */
  #checkMark(): void {
    if (this.#markCheckedIn === this.#turnBegan) return;
    this.#head.checkMark(this.#file);
    this.#markCheckedIn = this.#turnBegan;
  }

  /** Marks the file where it lacks so many durable commits. The mark goes with a commit that is made anyway. */
  #markAfter(commits: number, sequence: number): void {
    if (sequence - this.#lastMark < commits) return;
    // Others mark it too: the header has theirs.
    this.#lastMark = Math.max(this.#lastMark, this.#file.mark() ?? 0);
    if (sequence - this.#lastMark < commits) return;
    markFile(this.#database, sequence);
    this.#lastMark = sequence;
    this.#isMarked = true;
  }

  /** Marks the file and moves the log into it, so that whoever copies a ledger that nobody has open copies all of it. */
  #leaveFile(): void {
    try {
      // Into a file that is not this ledger's any more nothing is moved: it would pass for the newest afterwards.
      this.#file.check();
      this.#head.checkMark(this.#file);
    } catch {
      return;
    }
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      this.#store.begin();
      this.#markAfter(1, this.#store.sequence());
      this.#database.exec("COMMIT");
    } catch {
      // Whoever holds the file leaves it later, and marks it then.
      this.#rollBack();
    }
    moveLog(this.#database, this.#file, this.#head, "TRUNCATE");
  }

  #othersCommitted(): boolean {
    const [row] = this.#dataVersion.all() as { data_version: unknown }[];
    const before = this.#lastDataVersion;
    this.#lastDataVersion = row?.data_version;
    return before !== undefined && before !== this.#lastDataVersion;
  }

  #rollBack(): void {
    this.#store.undone();
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // There was no transaction, or SQLite has rolled it back itself.
    }
  }

  #setDurable(durable: boolean): void {
    const wanted = durable ? "FULL" : "NORMAL";
    if (wanted === this.#synchronous) return;
    this.#database.exec(`PRAGMA synchronous = ${wanted}`);
    this.#synchronous = wanted;
  }
}

/** Moves as much of the log into the file as others let go of, and has the head remember the mark that the file has then. */
export function moveLog(database: SqliteDatabase, file: LedgerFile, head: LedgerHead, mode: "PASSIVE" | "TRUNCATE"): void {
  try {
    database.prepare(`PRAGMA wal_checkpoint(${mode})`).all();
    head.rememberMark(file);
  } catch {
    // The log is as durable as the file, and a mark that is not remembered is one chance less to notice a copy.
  }
}

/**
 * Does a step once no other process holds the file.
 * @throws the driver's busy error after `timeoutMs`
 */
export async function whenFree(step: () => unknown, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      step();
      return;
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
