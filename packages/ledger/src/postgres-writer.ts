import { entryOfText } from "./entry-text.js";
import {
  type Cached,
  type Changes,
  changesOfNewKind,
  changesOfShares,
  type Fetched,
  FetchedStore,
  KindTotals,
} from "./fetched-store.js";
import type { Freeze } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";
import { bothNeeds, Missing, type Needs, nothing } from "./needs.js";
import { literal, type PostgresConnection } from "./postgres-connection.js";
import { migrations, migrationTable, schema } from "./postgres-tables.js";
import { isStorable } from "./request.js";
import type { Store } from "./store.js";
import { KindShares } from "./tallies.js";
import type { StoredKind, TallyKind } from "./tally.js";

/** So many jobs share one transaction at most: nobody waits for more than so many. */
const maxBatch = 64;

interface Job {
  readonly needs: (kinds: readonly StoredKind[]) => Needs;
  readonly work: (store: Store) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What the database answers to a fetch. */
interface Answer extends Fetched {
  readonly now: number;
  readonly highWater: number;
  readonly generation: number;
  readonly ledgerId: string;
  readonly kinds?: readonly StoredKind[];
  readonly freezes?: readonly Freeze[];
  readonly assets?: readonly string[];
}

/**
 * The one queue of a process before a ledger in PostgreSQL. Jobs that wait together share one transaction: one message takes the
 * ledger's lock and fetches what they look at, one writes what they changed and commits. What is decided in between is decided by
 * the same code as in every other driver.
 */
export class PostgresWriter {
  readonly #connection: PostgresConnection;
  /** The time that decisions are made by; undefined for the database's own. */
  readonly #now: (() => number) | undefined;
  #waiting: Job[] = [];
  #pumping: Promise<void> | undefined;
  #disposed: Promise<void> | undefined;
  #cached: Cached = { generation: -1, kinds: [], freezes: [], assets: new Set() };
  #ledgerId: string | undefined;
  #databaseTime = 0;
  /** Whether the server would believe in commits before they are on its disk. */
  #isLax = false;

  constructor(connection: PostgresConnection, now: (() => number) | undefined) {
    this.#connection = connection;
    this.#now = now;
  }

  get ledgerId(): string {
    return this.#ledgerId ?? "";
  }

  /** The database's time at the last fetch, or the clock's that was handed in. */
  get time(): number {
    return this.#now?.() ?? this.#databaseTime;
  }

  /** Makes the tables where there are none. @throws LedgerFault */
  async open(): Promise<void> {
    await this.#connect();
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
  run<T>(work: (store: Store) => T, needs: Job["needs"]): Promise<T> {
    if (this.#disposed !== undefined)
      return Promise.reject(new LedgerFault("ledger_disposed", `the ledger ${this.#connection.name} has been closed`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, needs, resolve: resolve as (value: unknown) => void, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Lets what waits finish, and closes the connection. */
  dispose(): Promise<void> {
    this.#disposed ??= (this.#pumping ?? Promise.resolve()).then(() => this.#connection.close());
    return this.#disposed;
  }

  async #pump(): Promise<void> {
    // Whoever asks in the same tick shares the transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, maxBatch));
    this.#pumping = undefined;
  }

  /** Runs jobs in one transaction. Nobody hears an answer before the commit. */
  async #commit(jobs: readonly Job[]): Promise<void> {
    let answers: readonly (() => void)[];
    try {
      if (!this.#connection.isOpen) await this.#connect();
      answers = await this.#transact(jobs);
    } catch (error) {
      // What this process kept may be what was undone.
      this.#forget();
      await this.#connection.close();
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  async #transact(jobs: readonly Job[]): Promise<readonly (() => void)[]> {
    let needs = jobs.map((job) => job.needs(this.#cached.kinds)).reduce(bothNeeds, nothing);
    let fetched = await this.#fetch(needs, "BEGIN; ");
    // One time for all of the transaction: with another one, the same verb would look at something else.
    this.#databaseTime = fetched.now;
    for (;;) {
      const store = new FetchedStore(this.#cached, fetched.highWater, needs, fetched);
      try {
        const answers = jobs.map((job) => answerOf(job, store));
        const changes = store.changes();
        await this.#connection.send(`${this.#durability(store.wroteDurably)}${saving(changes)}; COMMIT`);
        if (changesGeneration(changes)) this.#forget();
        return answers;
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        if (error.newKind !== undefined) await this.#addKind(error.newKind, fetched.highWater);
        needs = bothNeeds(needs, error.needs);
        // The lock is held since the first: nothing that was fetched has changed, but for what was added here.
        fetched = await this.#fetch(needs, "");
      }
    }
  }

  async #fetch(needs: Needs, prefix: string): Promise<Answer> {
    const now = this.#now?.();
    const text = JSON.stringify({
      ...storable(needs),
      generation: this.#cached.generation,
      ...(now === undefined ? {} : { now }),
    });
    const rows = (await this.#connection.send(`${prefix}SELECT ${schema}.fetch(${literal(text)}) AS answer`)).at(-1);
    const answer = rows?.[0]?.["answer"] as Answer;
    if (this.#ledgerId === undefined) this.#ledgerId = answer.ledgerId;
    if (this.#ledgerId !== answer.ledgerId) {
      throw new LedgerFault(
        "ledger_replaced",
        `the ledger ${this.#connection.name} is another one than before, so that what was spent may not be in it; restart the program once it is the right one`,
      );
    }
    const { generation, kinds, freezes, assets } = answer;
    if (kinds !== undefined && freezes !== undefined && assets !== undefined)
      this.#cached = { generation, kinds, freezes, assets: new Set(assets) };
    return answer;
  }

  /** Makes the tallies of a kind that nobody asked for before from all entries: a page at a time, so that the server hears of us. */
  async #addKind(kind: TallyKind, highWater: number): Promise<void> {
    const id = 1 + Math.max(0, ...this.#cached.kinds.map((known) => known.id));
    const totals = new KindTotals();
    await this.#connection.send(saving(changesOfNewKind(kind, id, highWater)));
    for (let last = ""; ; ) {
      const [page = []] = (await this.#connection.send(
        `SELECT attempt_id, entry FROM ${schema}.entries WHERE attempt_id > ${literal(last)} ORDER BY attempt_id LIMIT 2000`,
      )) as unknown as { attempt_id: string; entry: string }[][];
      const end = page.at(-1);
      if (end === undefined) break;
      const shares = new KindShares(kind);
      for (const { entry } of page) shares.add(entryOfText(entry));
      await this.#connection.send(saving(changesOfShares(id, highWater, shares.all(), totals)));
      last = end.attempt_id;
    }
    this.#forget();
  }

  /** Connects, and makes or changes the tables: once, whoever comes first. */
  async #connect(): Promise<void> {
    const connection = this.#connection;
    await connection.open();
    const [[identity], rows] = (await connection.send(
      `SELECT current_setting('synchronous_commit') AS sync; SELECT to_regclass('${schema}.migrations') IS NOT NULL AS there`,
    )) as [[{ sync: string }], [{ there: boolean }]];
    this.#isLax = identity.sync === "off";
    const there = rows[0].there;
    const done = there ? await this.#migrated("") : undefined;
    if (done !== migrations.length) await this.#migrate();
  }

  async #migrate(): Promise<void> {
    await this.#connection.send(`BEGIN; ${migrationTable}`);
    const done = await this.#migrated("");
    if (done > migrations.length) {
      await this.#connection.send("ROLLBACK");
      throw new LedgerFault(
        "ledger_version",
        `the ledger ${this.#connection.name} is of version ${done}, and this program reads version ${migrations.length}`,
      );
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < done) continue;
      await this.#connection.send(`${migration}; INSERT INTO ${schema}.migrations (version) VALUES (${index + 1})`);
    }
    await this.#connection.send("COMMIT");
  }

  async #migrated(prefix: string): Promise<number> {
    const rows = (
      await this.#connection.send(`${prefix}SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations`)
    ).at(-1);
    return Number(rows?.[0]?.["version"]);
  }

  /** Only what must be on the disk waits for it (`ledger:durable`). */
  #durability(durable: boolean): string {
    if (!durable) return "SET LOCAL synchronous_commit TO off; ";
    return this.#isLax ? "SET LOCAL synchronous_commit TO on; " : "";
  }

  #forget(): void {
    this.#cached = { ...this.#cached, generation: -1 };
  }
}

/** One verb within the transaction. What throws has written nothing, unless it is a fault, which undoes all. */
function answerOf({ work, resolve, reject }: Job, store: Store): () => void {
  try {
    const value = work(store);
    return () => resolve(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return () => reject(error);
  }
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

function saving(changes: Changes): string {
  return `SELECT ${schema}.save(${literal(JSON.stringify({ ...changes, changesGeneration: changesGeneration(changes) }))})`;
}

function changesGeneration({ kinds, assets, freezes, unfreezes }: Changes): boolean {
  return kinds.length + assets.length + freezes.length + unfreezes.length > 0;
}
