import { randomUUID } from "node:crypto";
import { sha256Hex } from "@agentkit-policy/schema";
import { indexDateOf } from "./counting.js";
import type { Entry, Line } from "./entry.js";
import type { EntryState, Scope, ScopeValues } from "./ledger.js";
import { LedgerFault } from "./ledger-fault.js";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.js";
import type { LineQuery, LineVisitor, Store } from "./store.js";

const version = "2";

/** The scopes that are columns of an entry; a counterparty is one of a line. */
const entryScopes = ["wallet", "user", "session", "run", "agent", "action"] as const;

const states: ReadonlySet<string> = new Set(["reserved", "armed", "closed", "void"] satisfies EntryState[]);

/** Amounts are decimal text: SQLite's integers end at 9.2 ETH in wei, and turn into floats there without a word. */
const tables = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE entries (
    attempt_id TEXT PRIMARY KEY, state TEXT NOT NULL, reserved_at INTEGER NOT NULL, send_by INTEGER NOT NULL, until INTEGER NOT NULL,
    signature_deadline INTEGER NOT NULL, wallet TEXT, user TEXT, session TEXT, run TEXT, agent TEXT, action TEXT,
    intent TEXT, intent_digest TEXT, intent_free INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX entries_by_intent ON entries (intent) WHERE intent IS NOT NULL;
  CREATE TABLE steps (attempt_id TEXT NOT NULL, step_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (attempt_id, step_id));
  CREATE TABLE lines (
    attempt_id TEXT NOT NULL, unit TEXT NOT NULL, asset TEXT, amount TEXT NOT NULL, counterparty TEXT,
    per_counterparty_only INTEGER NOT NULL, date INTEGER NOT NULL
  );
  CREATE INDEX lines_by_attempt ON lines (attempt_id);
  CREATE INDEX lines_by_asset ON lines (unit, asset, date);
`;

const lineColumns = "lines.unit, lines.asset, lines.amount, lines.counterparty, lines.per_counterparty_only";

interface EntryRow extends Readonly<Record<(typeof entryScopes)[number], string | null>> {
  readonly attempt_id: string;
  readonly state: EntryState;
  readonly reserved_at: number;
  readonly send_by: number;
  readonly until: number;
  readonly signature_deadline: number;
  readonly intent: string | null;
  readonly intent_digest: string | null;
  readonly intent_free: number;
}

interface LineRow {
  readonly unit: Line["unit"];
  readonly asset: string | null;
  readonly amount: string;
  readonly counterparty: string | null;
  readonly per_counterparty_only: number;
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

/** The store over one connection. `onDurable` hears of every write that must be on the disk before anybody hears of it. */
export function sqliteStore(database: SqliteDatabase, onDurable: () => void): Store {
  const statements = new Map<string, SqliteStatement>();
  const statement = (sql: string): SqliteStatement => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  function eachLine({ unit, asset, attemptId, scope, since, perCounterparty }: LineQuery, visit: LineVisitor): void {
    const names = Object.keys(scope) as Scope[];
    const own = attemptId === undefined ? "" : " AND lines.attempt_id = ?";
    const conditions = names
      .map((name) => ` AND ${name === "counterparty" ? "lines.counterparty" : `entries.${name}`} = ?`)
      .join("");
    const shadows = perCounterparty ? "" : " AND lines.per_counterparty_only = 0";
    const rows = statement(
      `SELECT entries.*, ${lineColumns} FROM lines JOIN entries USING (attempt_id)
       WHERE lines.unit = ? AND lines.asset IS ? AND lines.date >= ?${own}${conditions}${shadows}`,
    ).all(
      unit,
      asset ?? null,
      since ?? 0,
      ...(attemptId === undefined ? [] : [attemptId]),
      ...names.map((name) => scope[name] ?? null),
    ) as (EntryRow & LineRow)[];
    for (const row of rows) visit(entryOf(row), lineOfRow(row));
  }

  return {
    entry(attemptId) {
      const [row] = statement("SELECT * FROM entries WHERE attempt_id = ?").all(attemptId) as EntryRow[];
      if (row === undefined) return undefined;
      const steps = statement("SELECT step_id, digest FROM steps WHERE attempt_id = ? ORDER BY rowid").all(attemptId) as {
        step_id: string;
        digest: string;
      }[];
      const lines = statement(`SELECT ${lineColumns} FROM lines WHERE attempt_id = ? ORDER BY rowid`).all(attemptId) as LineRow[];
      return {
        ...entryOf(row),
        steps: steps.map(({ step_id, digest }) => ({ stepId: step_id, digest })),
        lines: lines.map(lineOfRow),
      };
    },
    entriesOfIntent(key) {
      return (statement("SELECT * FROM entries WHERE intent = ?").all(key) as EntryRow[]).map(entryOf);
    },
    put(entry, durable) {
      if (durable) onDurable();
      const scopes = entryScopes.map((scope) => entry.scopes[scope] ?? null);
      statement("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
        entry.attemptId,
        entry.state,
        entry.reservedAt,
        entry.sendBy,
        entry.until,
        entry.signatureDeadline,
        ...scopes,
        entry.intent?.key ?? null,
        entry.intent?.digest ?? null,
        entry.intent?.free === true ? 1 : 0,
      );
      statement("DELETE FROM steps WHERE attempt_id = ?").run(entry.attemptId);
      for (const { stepId, digest } of entry.steps)
        statement("INSERT INTO steps VALUES (?, ?, ?)").run(entry.attemptId, stepId, digest);
      statement("DELETE FROM lines WHERE attempt_id = ?").run(entry.attemptId);
      for (const line of entry.lines) {
        statement("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)").run(
          entry.attemptId,
          line.unit,
          line.asset ?? null,
          line.amount.toString(),
          line.counterparty ?? null,
          line.perCounterpartyOnly === true ? 1 : 0,
          indexDateOf(entry, line),
        );
      }
    },
    digest: sha256Hex,
    eachLine,
    sum(query, counted) {
      let sum = 0n;
      eachLine(query, (entry, line) => {
        if (counted(entry, line)) sum += line.amount;
      });
      return sum;
    },
    assets() {
      const rows = statement("SELECT DISTINCT asset FROM lines WHERE unit = 'amount' ORDER BY asset").all() as {
        asset: string;
      }[];
      return rows.map(({ asset }) => asset);
    },
    highWater() {
      const [row] = statement("SELECT value FROM meta WHERE name = 'high_water'").all() as { value: string }[];
      // Number reads an empty text as zero, and time would run backwards.
      const time = /^[0-9]+$/.test(row?.value ?? "") ? Number(row?.value) : Number.NaN;
      if (!Number.isSafeInteger(time)) throw corrupt("it has lost the latest time it has seen");
      return time;
    },
    raiseHighWater(now) {
      statement("UPDATE meta SET value = ? WHERE name = 'high_water'").run(String(now));
    },
  };
}

function entryOf(row: EntryRow): Entry {
  const times = [row.reserved_at, row.send_by, row.until, row.signature_deadline];
  if (!times.every(Number.isSafeInteger) || !states.has(row.state))
    throw corrupt(`the entry of ${row.attempt_id} has no state or no date`);
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
    ...intentOf(row),
  };
}

function intentOf({ intent: key, intent_digest: digest, intent_free: free }: EntryRow): Pick<Entry, "intent"> {
  if (key === null) return {};
  if (digest === null) throw corrupt("an intent has lost its content");
  return { intent: { key, digest, free: free === 1 } };
}

function lineOfRow({ unit, asset, amount, counterparty, per_counterparty_only }: LineRow): Line {
  // BigInt reads an empty text as zero: a damaged row must not become free money.
  if (typeof amount !== "string" || !/^[0-9]+$/.test(amount)) throw corrupt(`a line holds the amount ${JSON.stringify(amount)}`);
  return {
    unit,
    ...(asset === null ? {} : { asset }),
    amount: BigInt(amount),
    ...(counterparty === null ? {} : { counterparty }),
    ...(per_counterparty_only === 0 ? {} : { perCounterpartyOnly: true }),
  };
}

function corrupt(what: string): LedgerFault {
  return new LedgerFault("ledger_corrupt", `the ledger is damaged: ${what}`);
}
