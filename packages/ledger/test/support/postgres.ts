import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { type RunningPostgres, startPostgres } from "../../../../scripts/lib/postgres.mjs";
import { openBackendLedger } from "../../src/backend-ledger.js";
import type { Ledger } from "../../src/ledger.js";
import type { LedgerOptions } from "../../src/ledger-options.js";
import { PostgresBackend } from "../../src/postgres-backend.js";
import { PostgresConnection } from "../../src/postgres-connection.js";
import { openPostgresLedger } from "../../src/postgres-ledger.js";

/** A PostgreSQL of its own for the tests of a file. */
export function postgresOfTests(settings: Readonly<Record<string, string>> = {}): () => RunningPostgres {
  let server: RunningPostgres | undefined;
  beforeAll(async () => {
    server = await startPostgres({ settings });
  });
  afterAll(async () => await server?.stop());
  return () => {
    if (server === undefined) throw new Error("PostgreSQL is not running yet");
    return server;
  };
}

/** A connection that one ledger after the other uses: to make one, whose server has to read all functions first, takes as long as eight verbs. */
class KeptConnection extends PostgresConnection {
  override async close(): Promise<void> {
    if (this.isOpen) await this.send("SELECT pg_advisory_unlock_all()");
  }

  async end(): Promise<void> {
    await super.close();
  }
}

/**
 * Opens a new ledger again and again, one at a time.
 * @param settings of the server; where no test asks whether anything is on a disk, `fsync` may be off
 */
export function newPostgresLedgers(settings: Readonly<Record<string, string>> = {}): (options: LedgerOptions) => Promise<Ledger> {
  const { server, empty } = emptiedPostgres(settings);
  let connection: KeptConnection | undefined;
  afterAll(async () => await connection?.end());
  return async (options) => {
    await empty();
    connection ??= new KeptConnection(server().url, 4_000);
    return await openBackendLedger(new PostgresBackend(connection, { mustExist: options.mustExist }), options);
  };
}

/** A PostgreSQL whose ledger can be made a new one: its tables are emptied, which is faster than making them. */
export function emptiedPostgres(settings: Readonly<Record<string, string>>): {
  readonly server: () => RunningPostgres;
  empty(): Promise<void>;
} {
  const server = postgresOfTests(settings);
  let admin: pg.Client | undefined;
  afterAll(async () => await admin?.end());
  async function empty(): Promise<void> {
    if (admin === undefined) {
      admin = new pg.Client(server().url);
      await admin.connect();
      await (await openPostgresLedger(server().url)).dispose();
    }
    // Of a few rows each, DELETE is done sooner than TRUNCATE.
    const tables = ["entries", "kinds", "tallies", "dates", "assets", "freezes"];
    await admin.query(`
      ${tables.map((table) => `DELETE FROM agentkit_policy.${table};`).join(" ")}
      UPDATE agentkit_policy.head SET ledger_id = gen_random_uuid(), high_water = 0, mark = '', journaled = 0, generation = generation + 1`);
  }
  return { server, empty };
}
