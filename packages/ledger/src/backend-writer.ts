import { type Clock, systemClock } from "@agentkit-policy/schema";
import { Overdue } from "./ageing.js";
import type { Changes, Fetched, Known, LedgerBackend } from "./backend.js";
import { entryOfText } from "./entry-text.js";
import { type Cached, changesOf, FetchedStore } from "./fetched-store.js";
import { answerOf, type Job } from "./job.js";
import { wholeClock } from "./ledger-clock.js";
import { LedgerFault } from "./ledger-fault.js";
import { bothNeeds, Missing, type Needs, nothing } from "./needs.js";
import { changesOfShares, KindTotals } from "./new-kind.js";
import { isStorable } from "./request.js";
import type { Store } from "./store.js";
import { KindShares } from "./tallies.js";
import type { StoredKind, TallyKind } from "./tally.js";

/** So many jobs share one transaction at most: nobody waits for more than so many. */
const maxBatch = 64;

/** How long a turn is, in milliseconds: some messages, so that it is worth its own two. */
const turnMs = 10;

/** What is known from the last transaction is forgotten when it has become as much. */
const maxKnown = 10_000;

/** A transaction that is decided before the lock is held goes by a time that the backend's may differ from by so much. */
const toleranceMs = 100;

interface FetchingJob extends Job {
  readonly needs: (kinds: readonly StoredKind[]) => Needs;
}

type Answers = readonly (() => void)[];

/**
 * The one queue of a process before a ledger's backend. Jobs that wait together share one transaction. As long as nobody else
 * writes, what the last one left is still what there is: then verbs are decided at once, and one message writes what they
 * changed if nobody has written since. Otherwise one message takes the ledger's lock and fetches what they look at, and one
 * writes. What is decided is decided by the same code as in every other driver.
 */
export class BackendWriter {
  readonly #backend: LedgerBackend;
  /** The clock that decisions are made by; undefined for the backend's own. */
  readonly #clock: Clock | undefined;
  /** No two processes leave the same mark, and none leaves one twice. */
  readonly #name = crypto.randomUUID();
  #serial = 0;
  #waiting: FetchingJob[] = [];
  #pumping: Promise<void> | undefined;
  #disposed: Promise<void> | undefined;
  #cached: Cached = { generation: -1, kinds: [], freezes: [], assets: new Set() };
  /** What is known as of the mark. */
  #known: FetchedStore | undefined;
  #mark = "";
  /** Whether somebody else wrote between our last two transactions, and is likely to again. */
  #isShared = false;
  /** This process's turn, if it has one; and whether it has looked, in it, at what others have left. */
  #turn: { readonly endsAt: number; hasLooked: boolean } | undefined;
  #ledgerId: string | undefined;
  /** The time that this transaction goes by, or the last one went by, and this machine's uptime when it was read. */
  #reading = { now: 0, uptime: 0 };
  /** The backend's time, and this machine's cheapest clock when it was told. */
  #lastTold = { now: 0, at: 0 };

  constructor(backend: LedgerBackend, clock: Clock | undefined) {
    this.#backend = backend;
    this.#clock = clock && wholeClock(clock);
  }

  get ledgerId(): string {
    return this.#ledgerId ?? "";
  }

  /** Both times of it were read at once, however long a transaction takes or nobody asks for one. */
  get clock(): Clock {
    return this.#clock ?? { now: () => this.#reading.now, uptime: () => this.#reading.uptime };
  }

  /** @throws LedgerFault */
  async open(): Promise<void> {
    await this.run(
      () => undefined,
      () => nothing,
    );
  }

  /**
   * Runs synchronous work inside a transaction and answers after its commit.
   * @param needs what the work will look at, as far as that is known; the rest is fetched when it is asked for
   * @throws LedgerFault; RangeError as the work throws it
   */
  run<T>(work: (store: Store) => T, needs: FetchingJob["needs"]): Promise<T> {
    if (this.#disposed !== undefined)
      return Promise.reject(new LedgerFault("ledger_disposed", `the ledger ${this.#backend.name} has been closed`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, needs, resolve: resolve as (value: unknown) => void, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Lets what waits finish, and closes the backend. */
  dispose(): Promise<void> {
    this.#disposed ??= (this.#pumping ?? Promise.resolve()).then(() => this.#backend.close());
    return this.#disposed;
  }

  async #pump(): Promise<void> {
    // Whoever asks in the same tick shares the transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#answer(this.#waiting.splice(0, maxBatch));
      if (this.#turn === undefined) continue;
      // Whoever has just been answered may ask again.
      if (this.#waiting.length === 0) await new Promise(setImmediate);
      if (this.#waiting.length === 0 || performance.now() > this.#turn.endsAt) await this.#endTurn();
    }
    this.#pumping = undefined;
  }

  /** Runs jobs in one transaction. Nobody hears an answer before the commit. */
  async #answer(jobs: readonly FetchingJob[]): Promise<void> {
    let answers: Answers | undefined;
    try {
      // One verb alone is sent sooner without a turn.
      if (this.#isShared && this.#turn === undefined && jobs.length > 1) await this.#takeTurn();
      const needs = jobs.map((job) => storable(job.needs(this.#cached.kinds))).reduce(bothNeeds, nothing);
      answers = await this.#onWhatIsKnown(jobs, needs);
      while (answers === undefined) answers = await this.#underLock(jobs, needs);
    } catch (error) {
      // What this process knew may be what was undone.
      this.#known = undefined;
      this.#turn = undefined;
      this.#forgetCached();
      await this.#backend.abandon();
      // One agent's text, or its damaged entry, takes only its own verb along: the others are asked again, each by itself.
      if (jobs.length > 1 && isRefusal(error)) for (const job of jobs) await this.#answer([job]);
      else for (const job of jobs) job.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  async #takeTurn(): Promise<void> {
    if ((await this.#backend.takeTurn?.()) === true) this.#turn = { endsAt: performance.now() + turnMs, hasLooked: false };
  }

  async #endTurn(): Promise<void> {
    this.#turn = undefined;
    // The next message says what has become of the connection.
    await this.#backend.endTurn?.().catch(() => undefined);
  }

  /** @returns undefined where the lock has to be held first */
  async #onWhatIsKnown(jobs: readonly FetchingJob[], needs: Needs): Promise<Answers | undefined> {
    const store = this.#known;
    const isDisturbed = this.#isShared && this.#turn?.hasLooked !== true;
    if (store === undefined || isDisturbed || this.#backend.commitIf === undefined || !store.holds(needs)) return undefined;
    // Whatever ends this half-way has changed what was known.
    this.#known = undefined;
    this.#read(this.#clock?.now() ?? Math.floor(this.#lastTold.now + performance.now() - this.#lastTold.at));
    store.assume();
    let answers: Answers;
    try {
      answers = jobs.map((job) => answerOf(job, store));
    } catch (error) {
      if (error instanceof Missing || error instanceof Overdue) return undefined;
      throw error;
    }
    const mark = this.#nextMark();
    const changes = store.changes(mark);
    const { now } = this.#reading;
    const own = { ledgerId: this.ledgerId, mark: this.#mark, now, toleranceMs: this.#clock === undefined ? toleranceMs : null };
    const told = await this.#backend.commitIf({ ...own, ...store.assumed() }, changes);
    if (told === undefined) return undefined;
    this.#lastTold = { now: told, at: performance.now() };
    this.#keep(store, changes);
    return answers;
  }

  /** @returns undefined where the transaction aged what was overdue instead, and has to be followed by another one */
  async #underLock(jobs: readonly FetchingJob[], asked: Needs): Promise<Answers | undefined> {
    let overdue: Overdue | undefined;
    let needs = asked;
    let fetched = this.#told(await this.#backend.begin(needs, this.#seen()));
    const isDisturbed = this.#mark !== "" && this.#mark !== fetched.mark;
    // In a turn, what it finds of its own says nothing of the others.
    if (this.#turn?.hasLooked !== true) this.#isShared = isDisturbed;
    if (this.#turn !== undefined) this.#turn.hasLooked = true;
    // One time for all of the transaction: with another one, the same verb would look at something else.
    this.#read(fetched.now);
    this.#lastTold = { now: fetched.now, at: performance.now() };
    const mark = this.#nextMark();
    let store = isDisturbed ? undefined : this.#known;
    this.#known = undefined;
    store?.add(needs, fetched);
    for (;;) {
      store ??= new FetchedStore(this.#cached, needs, fetched);
      try {
        const answers = overdue === undefined ? jobs.map((job) => answerOf(job, store as Store)) : undefined;
        overdue?.age(store);
        const changes = store.changes(mark);
        await this.#backend.commit(changes);
        // What has aged is seldom asked for again.
        if (overdue === undefined) this.#keep(store, changes);
        else this.#mark = mark;
        return answers;
      } catch (error) {
        if (error instanceof Overdue) {
          // Nothing was written yet; what the jobs have changed in the store goes with it.
          overdue = error;
          store = undefined;
          continue;
        }
        if (!(error instanceof Missing)) throw error;
        if (error.newKind !== undefined) await this.#addKind(error.newKind, fetched.highWater, mark);
        needs = bothNeeds(needs, error.needs);
        // The lock is held since the first: nothing that was fetched has changed, but for what was added here.
        fetched = this.#told(await this.#backend.fetch(needs, this.#seen()));
        store = undefined;
      }
    }
  }

  /** What was committed is what there is, until somebody else writes. */
  #keep(store: FetchedStore, { mark, changesGeneration }: Changes): void {
    this.#mark = mark;
    if (changesGeneration) this.#forgetCached();
    if (changesGeneration || store.size > maxKnown) return;
    store.committed();
    this.#known = store;
  }

  #seen(): Known {
    return { generation: this.#cached.generation, now: this.#clock?.now() };
  }

  #read(now: number): void {
    this.#reading = { now, uptime: systemClock.uptime() };
  }

  #told(fetched: Fetched): Fetched {
    const { ledgerId, generation, kinds, freezes, assets } = fetched;
    this.#ledgerId ??= ledgerId;
    if (this.#ledgerId !== ledgerId) {
      throw new LedgerFault(
        "ledger_replaced",
        `the ledger ${this.#backend.name} is another one than before, so that what was spent may not be in it; restart the program once it is the right one`,
      );
    }
    if (kinds !== undefined && freezes !== undefined && assets !== undefined) {
      this.#cached = { generation, kinds, freezes, assets: new Set(assets) };
      this.#known = undefined;
    }
    return fetched;
  }

  /** Makes the tallies of a kind that nobody asked for before from all entries: a page at a time, so that the server hears of us. */
  async #addKind(kind: TallyKind, highWater: number, mark: string): Promise<void> {
    const id = 1 + Math.max(0, ...this.#cached.kinds.map((known) => known.id));
    const totals = new KindTotals();
    const head = { durable: false, highWater, mark };
    await this.#backend.write(changesOf({ ...head, kinds: [{ id, kind }] }));
    for (let last = ""; ; ) {
      const page = await this.#backend.entriesAfter(last);
      const end = page.at(-1);
      if (end === undefined) break;
      const shares = new KindShares(kind);
      for (const { entry } of page) shares.add(entryOfText(entry));
      await this.#backend.write(changesOf({ ...head, ...changesOfShares(id, shares.all(), totals) }));
      last = end.attemptId;
    }
    this.#forgetCached();
  }

  #nextMark(): string {
    this.#serial += 1;
    return `${this.#name} ${this.#serial}`;
  }

  #forgetCached(): void {
    this.#cached = { ...this.#cached, generation: -1 };
  }
}

/** Whether a fault may be that of one verb. A database that cannot be reached is not asked again by each. */
function isRefusal(error: unknown): boolean {
  return LedgerFault.isInstance(error) && (error.isRefusal || error.code === "ledger_corrupt");
}

/** Without what cannot be in a database, and which the verb is about to refuse. */
function storable(needs: Needs): Needs {
  const { attempts, intents, tallies } = needs;
  return {
    ...needs,
    attempts: attempts.filter(isStorable),
    intents: intents.filter(isStorable),
    // Their values are escaped, as JSON.
    tallies: tallies.filter(([, key]) => (JSON.parse(key) as string[]).every(isStorable)),
  };
}
