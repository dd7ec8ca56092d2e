import { LedgerFault, type LedgerFaultCode } from "./ledger-fault.js";

/** A statement that was compiled once. Values are text, integers within 2^53, or null. */
export interface SqliteStatement {
  run(...values: readonly (string | number | null)[]): unknown;
  all(...values: readonly (string | number | null)[]): unknown[];
}

/** What the three drivers have in common. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** The drivers, in the order of preference. All of them share one WAL file exactly. */
export type SqliteDriver = "node:sqlite" | "libsql" | "better-sqlite3";

/** Node's own SQLite needs no addon; it is there without a flag from 22.13 on. */
export function driversFor(nodeVersion: string): readonly SqliteDriver[] {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, "").split(".").map(Number);
  const builtIn = major > 22 || (major === 22 && minor >= 13);
  return builtIn ? ["node:sqlite", "libsql", "better-sqlite3"] : ["libsql", "better-sqlite3"];
}

/**
 * Opens a file with the first driver that is there.
 * @throws LedgerFault `ledger_driver_missing` with the one command that installs a driver; `ledger_unreachable`
 */
export async function openDatabase(path: string, drivers = driversFor(process.version)): Promise<SqliteDatabase> {
  for (const driver of drivers) {
    const open = await load(driver);
    if (open === undefined) continue;
    try {
      return open(path);
    } catch (error) {
      throw faultOf(error, path);
    }
  }
  throw new LedgerFault(
    "ledger_driver_missing",
    `no SQLite driver for Node ${process.version} is installed; run: npm install libsql`,
  );
}

async function load(driver: SqliteDriver): Promise<((path: string) => SqliteDatabase) | undefined> {
  if (driver === "node:sqlite") {
    const builtIn = process.getBuiltinModule("node:sqlite") as { DatabaseSync: new (path: string) => SqliteDatabase } | undefined;
    return builtIn === undefined ? undefined : (path) => new builtIn.DatabaseSync(path);
  }
  try {
    const module = (await import(driver)) as { default: new (path: string) => SqliteDatabase };
    return (path) => new module.default(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return undefined;
    throw new LedgerFault("ledger_driver_missing", `the SQLite driver ${driver} is installed and does not load`, {
      cause: error,
    });
  }
}

/** SQLite's primary result codes that say something about the file. */
const faults: Readonly<Record<number, LedgerFaultCode>> = {
  5: "ledger_busy",
  6: "ledger_busy",
  8: "ledger_read_only",
  11: "ledger_corrupt",
  13: "ledger_full",
  14: "ledger_unreachable",
  26: "ledger_corrupt",
};

const names: Readonly<Record<string, number>> = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
};

/** Whether another process holds the file at this moment. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5 || resultCode(error) === 6;
}

/** A driver's error as a fault of the ledger. What is not known is unreachable: whoever asked must deny. */
export function faultOf(error: unknown, path: string): LedgerFault {
  if (LedgerFault.isInstance(error)) return error;
  const code = faults[resultCode(error) ?? -1] ?? "ledger_unreachable";
  const text = error instanceof Error ? error.message : String(error);
  return new LedgerFault(code, `the ledger ${path} failed: ${text}`, { cause: error });
}

/** node:sqlite has the number in `errcode`, libsql in `rawCode`; the others have SQLite's name, perhaps extended, in `code`. */
function resultCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { errcode, rawCode, code, message } = error as Partial<Record<"errcode" | "rawCode" | "code" | "message", unknown>>;
  for (const number of [errcode, rawCode]) if (typeof number === "number" && number > 0) return number & 0xff;
  const name = typeof code === "string" ? /^SQLITE_([A-Z]+)/.exec(code)?.[1] : undefined;
  if (name !== undefined && Object.hasOwn(names, name)) return names[name];
  // libsql reports an unopenable file without a code, in SQLite's words or its own.
  return typeof message === "string" && /unable to open (database file|connection to local database)/i.test(message)
    ? 14
    : undefined;
}
