import { statSync } from "node:fs";
import { LedgerFault } from "./ledger-fault.js";

/** Which file a name meant when it was opened. */
export interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** @throws LedgerFault `ledger_replaced` when there is no file of that name any more */
export function fileIdentity(path: string): FileIdentity {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) throw replaced(path, "it has been removed");
  return { device: stats.dev, inode: stats.ino };
}

/**
 * A ledger whose file was removed or replaced goes on working for whoever has it open, and counts beside the new one: both
 * would grant the same budget. @throws LedgerFault `ledger_replaced`
 */
export function checkSameFile(path: string, known: FileIdentity): void {
  const { device, inode } = fileIdentity(path);
  if (device !== known.device || inode !== known.inode) throw replaced(path, "another file has taken its place");
}

function replaced(path: string, what: string): LedgerFault {
  return new LedgerFault("ledger_replaced", `the ledger ${path} is not the one that was opened: ${what}; restart the program`);
}
