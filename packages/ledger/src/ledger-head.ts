import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { LedgerFault } from "./ledger-fault.js";

/**
 * A small file beside a ledger that remembers which ledger it was and how many durable commits it had. Whoever puts yesterday's
 * copy in a ledger's place gives back what was spent since: the copy has fewer commits than the head remembers. It is written after
 * the commit and never synchronised, so that it can only lag behind.
 */
export class LedgerHead {
  readonly #file: number;
  readonly #ledgerId: string;

  /** Of a ledger that is on the disk: who dies before that must not leave a head that remembers what never was. */
  constructor(path: string, ledgerId: string, sequence: number) {
    const headPath = headOf(path);
    this.#ledgerId = ledgerId;
    // Made where there is none, never emptied, and written in place.
    this.#file = openSync(headPath, constants.O_RDWR | constants.O_CREAT, 0o644);
    this.remember(sequence);
  }

  remember(sequence: number): void {
    try {
      writeSync(this.#file, `${this.#ledgerId} ${sequence.toString().padStart(16, "0")}\n`, 0);
    } catch {
      // The money is on the disk; what is lost is one chance to notice an older copy.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function headOf(path: string): string {
  return `${path}-head`;
}

/** @throws LedgerFault `ledger_rolled_back`, `ledger_replaced` */
export function checkHead(path: string, ledgerId: string, sequence: number): void {
  const headPath = headOf(path);
  const [, knownId, known] = /^(\S+) ([0-9]{16})\n/.exec(readIfThere(headPath)) ?? [];
  // One that is missing, or was never written whole, remembers nothing.
  if (knownId === undefined || known === undefined) return;
  if (knownId !== ledgerId) {
    throw new LedgerFault(
      "ledger_replaced",
      `the ledger ${path} is another one than before: what was spent from the old one is not in it. Put the old one back, or remove ${headPath} if nothing that it counted matters any more`,
    );
  }
  if (BigInt(known) <= BigInt(sequence)) return;
  throw new LedgerFault(
    "ledger_rolled_back",
    `the ledger ${path} is an older copy of itself: ${BigInt(known) - BigInt(sequence)} durable writes are missing, and what they counted would be spent again. Put the newest copy back, or remove ${headPath} to go on without them`,
  );
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return "";
    throw error;
  }
}
