import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "@agentkit-policy/schema";
import { agedAtOnce } from "./ageing.js";
import type { Ledger } from "./ledger.js";
import { AnchoredClock } from "./ledger-clock.js";
import { LedgerFault } from "./ledger-fault.js";
import { LedgerFile } from "./ledger-file.js";
import { checkHead, checkMark, knownMark, LedgerHead } from "./ledger-head.js";
import { type LedgerOptions, timesOf } from "./ledger-options.js";
import { faultOf, openDatabase, type SqliteDatabase } from "./sqlite-database.js";
import { markFile, prepareTables } from "./sqlite-tables.js";
import { moveLog, SqliteWriter, whenFree } from "./sqlite-writer.js";
import { Verbs } from "./verbs.js";

/**
 * A ledger in one SQLite file, shared by every process that opens it. One writer queue a process; verbs that wait together
 * share one transaction. Waiting for other processes never blocks the event loop. Not for a network file system.
 * @param path created when it does not exist; its folder must
 * @throws LedgerFault
 */
export async function openSqliteLedger(path: string, options: LedgerOptions = {}): Promise<Ledger> {
  const busyTimeoutMs = options.busyTimeoutMs ?? 4_000;
  const times = timesOf(options);
  // A whole path, so that a driver cannot take the text for an address, or for a database in memory that nobody shares.
  const wholePath = resolve(path);
  // An empty file is what somebody has touched, and no ledger.
  if (options.mustExist === true && (statSync(wholePath, { throwIfNoEntry: false })?.size ?? 0) === 0)
    throw new LedgerFault("ledger_unreachable", `there is no ledger ${wholePath} yet`);
  // Before the file is looked at: others may raise both at any time, the file's first.
  const known = knownMark(targetOf(wholePath));
  const database = await openDatabase(wholePath);
  let file: LedgerFile;
  let ledgerId: string;
  let head: LedgerHead;
  try {
    file = new LedgerFile(wholePath);
    // SQLite has opened the file and not read it yet. To read it is to lay the log over it, after which nobody could tell.
    checkMark(file, known);
    database.exec("PRAGMA busy_timeout = 0");
    await whenFree(() => useWriteAheadLog(database, wholePath), busyTimeoutMs);
    database.exec("PRAGMA synchronous = FULL");
    await whenFree(() => database.exec("BEGIN IMMEDIATE"), busyTimeoutMs);
    // It may have been replaced while others were waited for.
    file.check();
    const { ledgerId: id, sequence } = prepareTables(database, wholePath);
    ledgerId = id;
    // Beside the file itself, as its log is: whoever comes by another link has to know of what this one counts. Beside the link too, which
    // may lead to another ledger tomorrow.
    for (const path of new Set([wholePath, file.realPath])) checkHead(path, ledgerId, sequence);
    if (sequence > (file.mark() ?? 0)) markFile(database, sequence);
    database.exec("COMMIT");
    head = new LedgerHead(file.realPath, ledgerId, sequence);
    if (file.realPath !== wholePath) new LedgerHead(wholePath, ledgerId, sequence).close();
    moveLog(database, file, head, "PASSIVE");
  } catch (error) {
    database.close();
    throw faultOf(error, wholePath);
  }
  const verbs = new Verbs(new AnchoredClock(options.clock ?? systemClock), times, agedAtOnce);
  const writer = new SqliteWriter(database, file, busyTimeoutMs, head);
  return {
    id: ledgerId,
    reserve: (request) => writer.run((store) => verbs.reserve(store, request), request.arm === true || request.stepId !== "root"),
    arm: (request) => writer.run((store) => verbs.arm(store, request), true),
    close: (request) => writer.run((store) => verbs.close(store, request), false),
    correct: (request) => writer.run((store) => verbs.correct(store, request), false),
    adjust: (request) => writer.run((store) => verbs.adjust(store, request), true),
    balances: (query) => writer.run((store) => verbs.balances(store, query), false),
    unproven: (limit) => writer.run((store) => verbs.unproven(store, limit), false),
    untold: (limit) => writer.run((store) => verbs.untold(store, limit), false),
    note: (request) => writer.run((store) => verbs.note(store, request), request.mark.kind === "replaced"),
    freeze: (freeze) => writer.run((store) => verbs.freeze(store, freeze), true),
    unfreeze: (freeze) => writer.run((store) => store.unfreeze(freeze), true),
    freezes: () => writer.run((store) => verbs.freezes(store), false),
    clockIsTrusted: () => verbs.clockIsTrusted(),
    trustClock: (proof) => verbs.trustClock(proof),
    assets: () => writer.run((store) => store.assets(), false),
    dispose: () => writer.dispose(),
  };
}

/** The file that a link leads to; a new ledger's own path. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function useWriteAheadLog(database: SqliteDatabase, path: string): void {
  const [row] = database.prepare("PRAGMA journal_mode = WAL").all() as { journal_mode: string }[];
  if (row?.journal_mode === "wal") return;
  throw new LedgerFault("ledger_unreachable", `the ledger ${path} lies where SQLite cannot keep its write-ahead log`);
}
