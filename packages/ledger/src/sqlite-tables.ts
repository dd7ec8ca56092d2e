import { randomUUID } from "node:crypto";
import { LedgerFault } from "./ledger-fault.js";
import type { SqliteDatabase } from "./sqlite-database.js";

const version = "4";

/**
 * Amounts are decimal text: SQLite's integers end at 9.2 ETH in wei, and turn into floats there without a word. `head` has one
 * row: `generation` counts changes of what processes keep in memory, `sequence` the durable commits. The mark (`user_version`) is the
 * sequence at some earlier time: it stands in the file's header, where it can be read without the log.
 */
const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE head (id INTEGER PRIMARY KEY, high_water INTEGER NOT NULL, generation INTEGER NOT NULL, sequence INTEGER NOT NULL);
  CREATE TABLE entries (
    attempt_id TEXT PRIMARY KEY, ages_at INTEGER, unproven_until INTEGER, note_due INTEGER, intent TEXT, entry TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX entries_aging ON entries (ages_at) WHERE ages_at IS NOT NULL;
  CREATE INDEX entries_unproven ON entries (unproven_until) WHERE unproven_until IS NOT NULL;
  CREATE INDEX entries_untold ON entries (note_due) WHERE note_due IS NOT NULL;
  CREATE INDEX entries_by_intent ON entries (intent) WHERE intent IS NOT NULL;
  CREATE TABLE kinds (id INTEGER PRIMARY KEY, kind TEXT NOT NULL UNIQUE);
  CREATE TABLE tallies (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL, open TEXT NOT NULL, dated TEXT NOT NULL, windows TEXT NOT NULL,
    UNIQUE (kind, key)
  );
  CREATE TABLE dates (tally INTEGER NOT NULL, date INTEGER NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (tally, date)) WITHOUT ROWID;
  CREATE TABLE assets (asset TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE freezes (
    scope TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (scope, value)
  ) WITHOUT ROWID;
`;

/**
 * The tables of a ledger, made when they are not there. Runs inside a transaction of the caller's, so that of several processes
 * that start at once one makes them.
 * @throws LedgerFault `ledger_corrupt`, `ledger_version`
 */
export function prepareTables(database: SqliteDatabase, path: string): { readonly ledgerId: string; readonly sequence: number } {
  const meta = (name: string): string | undefined =>
    (database.prepare("SELECT value FROM meta WHERE name = ?").all(name) as { value: string }[])[0]?.value;
  const existing = (database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]).map(
    ({ name }) => name,
  );
  if (existing.length === 0) {
    database.exec(tables);
    const insert = database.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
    insert.run("version", version);
    insert.run("ledger_id", randomUUID());
    database.exec("INSERT INTO head (id, high_water, generation, sequence) VALUES (0, 0, 0, 0)");
  } else if (!existing.includes("meta") || !existing.includes("entries")) {
    throw new LedgerFault("ledger_corrupt", `${path} is a SQLite database and no ledger; give the ledger a file of its own`);
  }
  const found = meta("version");
  const ledgerId = meta("ledger_id");
  if (found === version && ledgerId !== undefined) {
    const [head] = database.prepare("SELECT sequence FROM head").all() as { sequence: number }[];
    return { ledgerId, sequence: head?.sequence ?? 0 };
  }
  throw new LedgerFault(
    "ledger_version",
    `the ledger ${path} is of version ${found ?? "unknown"}, and this program reads version ${version}`,
  );
}

/** The largest that SQLite keeps as a database's `user_version`. */
const largestMark = 2 ** 31 - 1;

/** Marks the file with a sequence, within a transaction of the caller's. The header has it once the log was moved into the file. */
export function markFile(database: SqliteDatabase, sequence: number): void {
  database.exec(`PRAGMA user_version = ${Math.min(sequence, largestMark)}`);
}
