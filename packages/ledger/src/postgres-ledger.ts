import { openBackendLedger } from "./backend-ledger.js";
import type { Ledger } from "./ledger.js";
import type { LedgerOptions } from "./ledger-options.js";
import { PostgresBackend } from "./postgres-backend.js";
import { PostgresConnection } from "./postgres-connection.js";

/**
 * A ledger in a PostgreSQL database, shared by every machine that reaches it. Time is the database's own, read once it holds the
 * ledger's lock. The tables are made when they are not there, unless there has to be a ledger already.
 * @param location `postgres://user:password@host:port/database`
 * @throws LedgerFault
 */
export async function openPostgresLedger(location: string, options: LedgerOptions = {}): Promise<Ledger> {
  const connection = new PostgresConnection(location, options.busyTimeoutMs ?? 4_000);
  return await openBackendLedger(new PostgresBackend(connection, { mustExist: options.mustExist }), options);
}
