import type { Ledger } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";
import type { LedgerOptions } from "./ledger-options.js";
import { openMemoryLedger } from "./memory-ledger.js";
import { openSqliteLedger } from "./sqlite-ledger.js";

/**
 * Opens a ledger by its location: `memory`, or `sqlite:` and a path.
 * @throws LedgerFault
 */
export async function openLedger(location: string, options: LedgerOptions = {}): Promise<Ledger> {
  if (location === "memory") return openMemoryLedger(options);
  const path = /^sqlite:(.+)$/.exec(location)?.[1];
  if (path === undefined)
    throw new LedgerFault("ledger_unreachable", `"${location}" is no ledger; write "memory" or "sqlite:PATH"`);
  return await openSqliteLedger(path, options);
}
