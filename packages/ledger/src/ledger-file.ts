import {
  type BigIntStats,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { LedgerFault } from "./ledger-fault.js";

/** Which file a name meant when it was looked at. */
interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** SQLite finds its log, and the log's index, by the ledger's name. Who has another one sees nothing of what the others commit. */
const companions = ["-wal", "-shm"];

/** Where a database's header has `PRAGMA user_version`, four bytes, the highest first. */
const markOffset = 60;

/** More than a process ever has open. */
const mostDescriptors = 65_536;

/**
 * The files of a ledger that is open, as their names meant them then. One that was removed or replaced goes on working for whoever
 * has it open, and counts beside the new one: both would grant the same budget.
 */
export class LedgerFile {
  /** Whole: the program may go to another folder. */
  readonly path: string;
  /** Where SQLite keeps the log: beside the file itself, whatever link was followed. */
  readonly realPath: string;
  readonly #identity: FileIdentity;
  readonly #companions = new Map<string, FileIdentity>();
  /** The descriptor by which the file was read last. */
  #descriptor: number | undefined;

  /**
   * To be made as soon as SQLite has opened the file, before it reads.
   * @throws LedgerFault `ledger_unreachable` for a file whose other names would have other logs; `ledger_replaced`
   */
  constructor(path: string) {
    const stats = statOf(path);
    if (stats === undefined) throw replaced(path, "it has been removed");
    this.path = path;
    this.realPath = realpathSync(path);
    this.#identity = identityOf(stats);
    if (stats.nlink > 1n) {
      const names = `the ledger ${path} is one of ${stats.nlink} hard links to one file`;
      throw apart(names, "leave it one name, and use a symbolic link or a copy for the others");
    }
    if (isMountedByItself(this.realPath, stats))
      throw apart(`the ledger ${path} is a file that is mounted by itself`, "mount the folder, never the file");
  }

  /**
   * Under the ledger's lock, so that nobody who still holds these files can be writing others of the same names.
   * @throws LedgerFault `ledger_replaced`
   */
  check(): void {
    const stats = statOf(this.path);
    if (stats === undefined) throw replaced(this.path, "it has been removed");
    if (!isSame(identityOf(stats), this.#identity)) throw replaced(this.path, "another file has taken its place");
    for (const suffix of companions) this.#checkCompanion(suffix);
  }

  /** The mark in the file's own header, whatever the log says; undefined for a file that nothing was written to yet. */
  mark(): number | undefined {
    const bytes = Buffer.alloc(4);
    const count = this.#withDescriptor((descriptor) => readSync(descriptor, bytes, 0, 4, markOffset));
    return count === 4 ? bytes.readUInt32BE() : undefined;
  }

  /** Whatever the file holds is on the disk once this returns. */
  sync(): void {
    this.#withDescriptor(fsyncSync);
  }

  /**
   * Uses the descriptor that SQLite has of the file. On POSIX systems whoever opens a file once more, and closes it, gives up every
   * lock that the process has on it, and another process that closes the ledger would remove the log under this one.
   */
  #withDescriptor<T>(use: (descriptor: number) => T): T {
    if (process.platform !== "win32") {
      if (this.#descriptor === undefined || !this.#isOpenAs(this.#descriptor)) this.#descriptor = this.#findDescriptor();
      return use(this.#descriptor);
    }
    const descriptor = openSync(this.path, "r+");
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #findDescriptor(): number {
    for (let descriptor = 0; descriptor < mostDescriptors; descriptor += 1) if (this.#isOpenAs(descriptor)) return descriptor;
    // What SQLite has opened is not what the name means now.
    throw replaced(this.path, "another file has taken its place");
  }

  #isOpenAs(descriptor: number): boolean {
    try {
      return isSame(identityOf(fstatSync(descriptor, { bigint: true })), this.#identity);
    } catch {
      return false;
    }
  }

  /** SQLite removes them when the last process closes the ledger, and this one has it open. */
  #checkCompanion(suffix: string): void {
    const stats = statOf(`${this.realPath}${suffix}`);
    const known = this.#companions.get(suffix);
    if (known === undefined) {
      if (stats !== undefined) this.#companions.set(suffix, identityOf(stats));
      return;
    }
    if (stats === undefined) throw replaced(this.path, `its ${suffix} has been removed`);
    if (!isSame(identityOf(stats), known)) throw replaced(this.path, `another ${suffix} has taken the place of its own`);
  }
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function identityOf({ dev, ino }: BigIntStats): FileIdentity {
  return { device: dev, inode: ino };
}

function isSame(one: FileIdentity, other: FileIdentity): boolean {
  return one.device === other.device && one.inode === other.inode;
}

/** Whether a container was given the file alone: its log would lie beside the name in here, and everybody else's elsewhere. */
function isMountedByItself(realPath: string, { dev }: BigIntStats): boolean {
  const mounted = mountPoints();
  if (mounted !== undefined) return mounted.has(realPath);
  // Where the system does not list what is mounted, what lies on another device than its folder is taken for it.
  return statSync(dirname(realPath), { bigint: true }).dev !== dev;
}

/** What Linux has mounted in this process's view; undefined elsewhere. */
function mountPoints(): ReadonlySet<string> | undefined {
  let text: string;
  try {
    text = readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return undefined;
  }
  // The fifth field of each line, in which blanks and backslashes are octal.
  const places = text.split("\n").map((line) => line.split(" ")[4] ?? "");
  return new Set(
    places.map((place) => place.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))),
  );
}

/** @throws LedgerFault `ledger_unreachable`: two logs for one file would grant the same money twice */
function apart(what: string, instead: string): LedgerFault {
  const why = "SQLite finds its log by the file's name, so that each name has its log, and both would grant the same money";
  return new LedgerFault("ledger_unreachable", `${what}: ${why}; ${instead}`);
}

function replaced(path: string, what: string): LedgerFault {
  return new LedgerFault("ledger_replaced", `the ledger ${path} is not the one that was opened: ${what}; restart the program`);
}
