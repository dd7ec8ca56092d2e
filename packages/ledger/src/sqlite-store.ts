import { randomUUID } from "node:crypto";
import { dateOf } from "./counting.js";
import type { Entry, Line } from "./entry.js";
import type { EntryState, Scope, ScopeValues } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.js";
import type { HeldLine, LineQuery, Store } from "./store.js";

const version = "1";

/** The scopes that are columns of an entry; a counterparty is one of a line. */
const entryScopes = ["wallet", "user", "session", "run", "agent", "action"] as const;

/** Amounts are decimal text: SQLite's integers end at 9.2 ETH in wei, and turn into floats there without a word. */
const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE entries (
    attempt_id TEXT PRIMARY KEY, state TEXT NOT NULL, reserved_at INTEGER NOT NULL, send_by INTEGER NOT NULL, until INTEGER NOT NULL,
    signature_deadline INTEGER NOT NULL, wallet TEXT, user TEXT, session TEXT, run TEXT, agent TEXT, action TEXT
  ) WITHOUT ROWID;
  CREATE TABLE steps (attempt_id TEXT NOT NULL, step_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (attempt_id, step_id));
  CREATE TABLE lines (attempt_id TEXT NOT NULL, unit TEXT NOT NULL, asset TEXT, amount TEXT NOT NULL, counterparty TEXT, date INTEGER NOT NULL);
  CREATE INDEX lines_by_attempt ON lines (attempt_id);
  CREATE INDEX lines_by_asset ON lines (unit, asset, date);
`;

interface EntryRow extends Readonly<Record<(typeof entryScopes)[number], string | null>> {
  readonly attempt_id: string;
  readonly state: EntryState;
  readonly reserved_at: number;
  readonly send_by: number;
  readonly until: number;
  readonly signature_deadline: number;
}

interface LineRow {
  readonly unit: Line["unit"];
  readonly asset: string | null;
  readonly amount: string;
  readonly counterparty: string | null;
}

/** The tables of a ledger, made when they are not there. Runs inside a transaction of the caller's. */
export function prepareTables(database: SqliteDatabase, path: string): { readonly ledgerId: string } {
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
    insert.run("high_water", "0");
  } else if (!existing.includes("meta") || !existing.includes("entries")) {
    throw new LedgerFault("ledger_corrupt", `${path} is a SQLite database and no ledger; give the ledger a file of its own`);
  }
  const found = meta("version");
  const ledgerId = meta("ledger_id");
  if (found === version && ledgerId !== undefined) return { ledgerId };
  throw new LedgerFault(
    "ledger_version",
    `the ledger ${path} is of version ${found ?? "unknown"}, and this program reads version ${version}`,
  );
}

/** The store over one connection. */
export function sqliteStore(database: SqliteDatabase): Store {
  const statements = new Map<string, SqliteStatement>();
  const statement = (sql: string): SqliteStatement => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    entry(attemptId) {
      const [row] = statement("SELECT * FROM entries WHERE attempt_id = ?").all(attemptId) as EntryRow[];
      if (row === undefined) return undefined;
      const steps = statement("SELECT step_id, digest FROM steps WHERE attempt_id = ? ORDER BY rowid").all(attemptId) as {
        step_id: string;
        digest: string;
      }[];
      const lines = statement("SELECT unit, asset, amount, counterparty FROM lines WHERE attempt_id = ? ORDER BY rowid").all(
        attemptId,
      ) as LineRow[];
      return {
        ...entryOf(row),
        steps: steps.map(({ step_id, digest }) => ({ stepId: step_id, digest })),
        lines: lines.map(lineOfRow),
      };
    },
    put(entry) {
      const scopes = entryScopes.map((scope) => entry.scopes[scope] ?? null);
      statement("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
        entry.attemptId,
        entry.state,
        entry.reservedAt,
        entry.sendBy,
        entry.until,
        entry.signatureDeadline,
        ...scopes,
      );
      statement("DELETE FROM steps WHERE attempt_id = ?").run(entry.attemptId);
      for (const { stepId, digest } of entry.steps)
        statement("INSERT INTO steps VALUES (?, ?, ?)").run(entry.attemptId, stepId, digest);
      statement("DELETE FROM lines WHERE attempt_id = ?").run(entry.attemptId);
      for (const line of entry.lines) {
        statement("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)").run(
          entry.attemptId,
          line.unit,
          line.asset ?? null,
          line.amount.toString(),
          line.counterparty ?? null,
          dateOf(entry, line),
        );
      }
    },
    lines({ unit, asset, scope, since }: LineQuery): HeldLine[] {
      const names = Object.keys(scope) as Scope[];
      const conditions = names
        .map((name) => ` AND ${name === "counterparty" ? "lines.counterparty" : `entries.${name}`} = ?`)
        .join("");
      const rows = statement(
        `SELECT entries.*, lines.unit, lines.asset, lines.amount, lines.counterparty FROM lines JOIN entries USING (attempt_id)
         WHERE lines.unit = ? AND lines.asset IS ? AND lines.date >= ?${conditions}`,
      ).all(unit, asset ?? null, since ?? 0, ...names.map((name) => scope[name] ?? null)) as (EntryRow & LineRow)[];
      return rows.map((row) => ({ entry: { ...entryOf(row), steps: [], lines: [] }, line: lineOfRow(row) }));
    },
    assets() {
      const rows = statement("SELECT DISTINCT asset FROM lines WHERE unit = 'amount' ORDER BY asset").all() as {
        asset: string;
      }[];
      return rows.map(({ asset }) => asset);
    },
    highWater() {
      const [row] = statement("SELECT value FROM meta WHERE name = 'high_water'").all() as { value: string }[];
      return Number(row?.value ?? 0);
    },
    raiseHighWater(now) {
      statement("UPDATE meta SET value = ? WHERE name = 'high_water'").run(String(now));
    },
  };
}

function entryOf(row: EntryRow): Entry {
  const scopes = Object.fromEntries(entryScopes.flatMap((scope) => (row[scope] === null ? [] : [[scope, row[scope]]])));
  return {
    attemptId: row.attempt_id,
    scopes: scopes as ScopeValues,
    state: row.state,
    reservedAt: row.reserved_at,
    sendBy: row.send_by,
    until: row.until,
    signatureDeadline: row.signature_deadline,
    steps: [],
    lines: [],
  };
}

function lineOfRow({ unit, asset, amount, counterparty }: LineRow): Line {
  return {
    unit,
    ...(asset === null ? {} : { asset }),
    // An amount that is no number any more means a damaged file: BigInt throws, and the ledger fails as a whole.
    amount: BigInt(amount),
    ...(counterparty === null ? {} : { counterparty }),
  };
}
