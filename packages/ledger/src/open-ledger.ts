import type { Ledger } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";
import type { LedgerOptions } from "./ledger-options.js";
import { openMemoryLedger } from "./memory-ledger.js";
import { openPostgresLedger } from "./postgres-ledger.js";
import { openSqliteLedger } from "./sqlite-ledger.js";

/**
 * Opens a ledger by its location: `memory`, `sqlite:` and a path, or `postgres://` and a database.
 * @throws LedgerFault
 */
export async function openLedger(location: string, options: LedgerOptions = {}): Promise<Ledger> {
  if (location === "memory") return openMemoryLedger(options);
  if (/^postgres(ql)?:\/\//.test(location)) return await openPostgresLedger(location, options);
  const path = /^sqlite:(.+)$/.exec(location)?.[1];
  if (path === undefined)
    throw new LedgerFault(
      "ledger_unreachable",
      `${nameOf(location)} is no ledger; write "memory", "sqlite:PATH" or "postgres://…"`,
    );
  return await openSqliteLedger(path, options);
}

/** What is written may be an address with a password. */
function nameOf(location: string): string {
  return location.includes("://") ? "this address" : `"${location}"`;
}
