import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { LedgerFault } from "./ledger-fault.js";
import type { LedgerFile } from "./ledger-file.js";

/**
 * A small file beside a ledger that remembers which ledger it was and how many durable commits it had. Whoever puts yesterday's
 * copy in a ledger's place gives back what was spent since: the copy has fewer commits than the head remembers. It is written after
 * the commit and never synchronised, so that it can only lag behind.
 *
 * A copy beside the log of a process that was killed has the newest count all the same, because SQLite lays the log over it. So the
 * head remembers the mark too: the count that the file itself has shown, without its log, once that was on the disk.
 */
export class LedgerHead {
  readonly #file: number;
  readonly #path: string;
  readonly #ledgerId: string;
  #mark: number;

  /** Of a ledger that is on the disk: who dies before that must not leave a head that remembers what never was. */
  constructor(path: string, ledgerId: string, sequence: number) {
    this.#path = path;
    this.#ledgerId = ledgerId;
    this.#mark = knownMark(path);
    this.#file = openedHead(headOf(path), path);
    this.remember(sequence);
  }

  remember(sequence: number): void {
    this.#write(0, `${this.#ledgerId} ${digits(sequence)}\n`);
  }

  /** Remembers the mark that the file has by now. It has to be on the disk first, or a power cut would make a false copy of it. */
  rememberMark(file: LedgerFile): void {
    const mark = file.mark() ?? 0;
    if (mark <= this.#mark) return;
    file.sync();
    // Others may have remembered a later one. Of two that write at once the earlier may win: a mark that lags costs a chance, no more.
    this.#mark = Math.max(mark, knownMark(this.#path));
    this.#write(this.#ledgerId.length + digits(0).length + 2, `${digits(this.#mark)}\n`);
  }

  /** @throws LedgerFault `ledger_rolled_back` */
  checkMark(file: LedgerFile): void {
    checkMark(file, this.#mark);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(position: number, text: string): void {
    try {
      writeSync(this.#file, text, position);
    } catch {
      // The money is on the disk; what is lost is one chance to notice an older copy.
    }
  }
}

function headOf(path: string): string {
  return `${path}-head`;
}

/** Numbers of one length, so that each is written over the one before. */
function digits(count: number): string {
  return count.toString().padStart(16, "0");
}

/** The mark that a ledger's head remembers; 0 where it remembers none. @throws LedgerFault `ledger_unreachable` */
export function knownMark(path: string): number {
  return Number(/^\S+ [0-9]{16}\n([0-9]{16})\n/.exec(readIfThere(headOf(path)))?.[1] ?? 0);
}

/**
 * Compares the mark in a ledger's own header with one that was known before it was read: marks only rise. To be asked before SQLite
 * reads the file, which would lay the log over a copy. @throws LedgerFault `ledger_rolled_back`
 */
export function checkMark(file: LedgerFile, known: number): void {
  const mark = file.mark();
  // An empty file becomes another ledger, and SQLite removes the log of what was there.
  if (mark === undefined || mark >= known) return;
  throw rolledBack(file.realPath, `at least ${known - mark}`);
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
  if (BigInt(known) > BigInt(sequence)) throw rolledBack(path, (BigInt(known) - BigInt(sequence)).toString());
}

function rolledBack(path: string, missing: string): LedgerFault {
  const log = `${path}-wal and ${path}-shm`;
  return new LedgerFault(
    "ledger_rolled_back",
    `the ledger ${path} is an older copy of itself: ${missing} durable writes are missing, and what they counted would be spent again. Stop every program, remove ${log}, and put the newest copy back; or remove ${headOf(path)} with them to go on without those writes`,
  );
}

/** Others write it at any moment, and a number that is half an old one would be a false alarm: what two readings agree on is whole. */
function readIfThere(path: string): string {
  try {
    for (let last = readFileSync(path, "utf8"); ; ) {
      const text = readFileSync(path, "utf8");
      if (text === last) return text;
      last = text;
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw headFault(path, error);
  }
}

/** A head to read and write: made where there is none, never emptied, and written in place. @throws LedgerFault */
function openedHead(headPath: string, ledgerPath: string): number {
  try {
    const made = newHead(headPath, ledgerPath);
    if (made !== undefined) return made;
    const file = openSync(headPath, constants.O_RDWR | constants.O_CREAT);
    const named = lstatSync(headPath);
    // Made with an older version, or before the ledger's mode was changed. Not what a link leads to.
    if (named.uid === process.geteuid?.() && named.ino === fstatSync(file).ino) giveMode(file, statSync(ledgerPath).mode);
    return file;
  } catch (error) {
    throw headFault(headPath, error);
  }
}

/** A head that was not there, for whoever the ledger is for, as SQLite makes its log; undefined where there is one. */
function newHead(headPath: string, ledgerPath: string): number | undefined {
  const { mode, uid, gid } = statSync(ledgerPath);
  try {
    const file = openSync(headPath, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, mode & 0o777);
    // The umask has taken some of it away.
    giveMode(file, mode);
    if (process.geteuid?.() === 0) giveOwner(file, uid, gid);
    return file;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return undefined;
    throw error;
  }
}

function giveMode(file: number, mode: number): void {
  if (((fstatSync(file).mode ^ mode) & 0o777) === 0) return;
  try {
    fchmodSync(file, mode & 0o777);
  } catch {
    // A file system may have one mode for everything. Whoever cannot open the head is told so.
  }
}

/** As SQLite does with its log where it runs as root, so that the owner's own programs can open it. */
function giveOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // A file system may have one owner for everything.
  }
}

/** A ledger whose head cannot be read and written is not opened: nobody would notice that it is an older copy. */
function headFault(headPath: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === "EISDIR")
    return new LedgerFault("ledger_unreachable", `${headPath} is a folder, where the ledger keeps a small file: move it`, {
      cause: error,
    });
  if (code !== "EACCES" && code !== "EPERM") return error;
  return new LedgerFault(
    "ledger_unreachable",
    `${headPath} cannot be opened (${code}): whoever writes the ledger writes it too. Give it the ledger's own group and mode with chgrp and chmod, such as chmod g+rw ${headPath}`,
    { cause: error },
  );
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
