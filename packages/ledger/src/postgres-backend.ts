import type { Assumed, Changes, Fetched, Known, LedgerBackend } from "./backend.js";
import { LedgerFault } from "./ledger-fault.js";
import type { Needs } from "./needs.js";
import { literal, type PostgresConnection } from "./postgres-connection.js";
import { schema } from "./postgres-functions.js";
import { migrations, migrationTable, planning } from "./postgres-tables.js";

const saveIf = `SELECT ${schema}.save_if($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/**
 * What is longer is filed at once: a row of the journal has room for so much on its page. And a text that is too long for an index, as an
 * asset may be, is refused to whoever asks, and not when it is filed: no value is longer than the whole.
 */
const maxJournaledBytes = 2_500;

/** The advisory lock of turns: two numbers that mean nothing. */
const turnLock = "20561, 1";

/** So long is waited for a turn, and none is asked for so long afterwards where it did not come. */
const turnWaitMs = 500;
const noTurnMs = 30_000;

/** What a ledger needs of a PostgreSQL database: two functions of the database's own, and one for both in one message. */
export class PostgresBackend implements LedgerBackend {
  readonly #connection: PostgresConnection;
  readonly #mustExist: boolean;
  #noTurnUntil = 0;

  /** @param mustExist whether a database that holds no ledger is refused, and left as it is */
  constructor(connection: PostgresConnection, { mustExist = false }: { readonly mustExist?: boolean | undefined } = {}) {
    this.#connection = connection;
    this.#mustExist = mustExist;
  }

  get name(): string {
    return this.#connection.name;
  }

  async begin(needs: Needs, known: Known): Promise<Fetched> {
    if (!this.#connection.isOpen) await this.#connect();
    return await this.#fetch("BEGIN; ", needs, known);
  }

  async fetch(needs: Needs, known: Known): Promise<Fetched> {
    return await this.#fetch("", needs, known);
  }

  async write(changes: Changes): Promise<void> {
    await this.#connection.send(saving(changes));
  }

  async commit(changes: Changes): Promise<void> {
    await this.#connection.send(`${saving(changes)}; COMMIT`);
  }

  async entriesAfter(attemptId: string): Promise<{ readonly attemptId: string; readonly entry: string }[]> {
    const [page = []] = await this.#connection.send(
      `SELECT attempt_id AS "attemptId", entry FROM ${schema}.entries WHERE attempt_id > ${literal(attemptId)} ORDER BY attempt_id LIMIT 2000`,
    );
    return page as { attemptId: string; entry: string }[];
  }

  async commitIf(assumed: Assumed, changes: Changes): Promise<number | undefined> {
    // Whoever takes the lock connects anew.
    if (!this.#connection.isOpen) return undefined;
    const { mark, ledgerId, now, toleranceMs, absent, intents } = assumed;
    const text = JSON.stringify(changes);
    const told = await this.#connection.ask(`${schema}.save_if`, saveIf, [
      mark,
      ledgerId,
      // A clock that reads nothing is refused by the rules, and compared with no other.
      Number.isNaN(now) ? null : now,
      toleranceMs,
      JSON.stringify(absent),
      JSON.stringify(intents),
      changes.mark,
      changes.highWater,
      changes.durable,
      !changes.changesGeneration && Buffer.byteLength(text) <= maxJournaledBytes,
      text,
    ]);
    return told === null ? undefined : Number(told);
  }

  /** An advisory lock of the session: it ends with the connection, whatever becomes of the process. */
  async takeTurn(): Promise<boolean> {
    if (!this.#connection.isOpen) return false;
    if (performance.now() < this.#noTurnUntil) return false;
    try {
      // After an error the setting is what it was.
      await this.#connection.send(`SET lock_timeout = ${turnWaitMs}; SELECT pg_advisory_lock(${turnLock}); RESET lock_timeout`);
      return true;
    } catch (error) {
      if (!LedgerFault.isInstance(error) || error.code !== "ledger_busy") throw error;
      // Whoever has the turn does not end it: a machine that sleeps, or a pool of connections that lends one to many.
      this.#noTurnUntil = performance.now() + noTurnMs;
      return false;
    }
  }

  async endTurn(): Promise<void> {
    await this.#connection.send(`SELECT pg_advisory_unlock(${turnLock})`);
  }

  async abandon(): Promise<void> {
    if (!this.#connection.isOpen) return;
    // It answers still: whoever can have the server refuse a verb must not have everybody connect anew.
    const isUndone = await this.#connection.send("ROLLBACK; SELECT pg_advisory_unlock_all()").catch(() => undefined);
    if (isUndone === undefined) await this.#connection.close();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #fetch(prefix: string, needs: Needs, { generation, now }: Known): Promise<Fetched> {
    const text = JSON.stringify({ ...needs, generation, ...(now === undefined ? {} : { now }) });
    const rows = await this.#connection.send(`${prefix}SELECT ${schema}.fetch(${literal(text)}) AS answer`);
    return rows.at(-1)?.[0]?.["answer"] as Fetched;
  }

  /** Connects, and makes or changes the tables: once, whoever comes first. */
  async #connect(): Promise<void> {
    const connection = this.#connection;
    await connection.open();
    const rows = await connection.send(`${planning}; SELECT to_regclass('${schema}.migrations') IS NOT NULL AS there`);
    const done = rows.at(-1)?.[0]?.["there"] === true ? await this.#migrated() : 0;
    // Fail closed: what is told to a new ledger is told to nobody, as whoever pays has another one.
    if (done === 0 && this.#mustExist) throw new LedgerFault("ledger_unreachable", `there is no ledger in ${this.name} yet`);
    if (done !== migrations.length) await this.#migrate();
  }

  async #migrate(): Promise<void> {
    await this.#connection.send(`BEGIN; ${migrationTable}`);
    const done = await this.#migrated();
    if (done > migrations.length) {
      await this.#connection.send("ROLLBACK");
      throw new LedgerFault(
        "ledger_version",
        `the ledger ${this.name} is of version ${done}, and this program reads version ${migrations.length}`,
      );
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < done) continue;
      await this.#connection.send(`${migration}; INSERT INTO ${schema}.migrations (version) VALUES (${index + 1})`);
    }
    await this.#connection.send("COMMIT");
  }

  async #migrated(): Promise<number> {
    const rows = await this.#connection.send(`SELECT coalesce(max(version), 0) AS version FROM ${schema}.migrations`);
    return Number(rows.at(-1)?.[0]?.["version"]);
  }
}

function saving(changes: Changes): string {
  return `SELECT ${schema}.save(${literal(JSON.stringify(changes))})`;
}
