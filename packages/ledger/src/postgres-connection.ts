import type { Client } from "pg";
import { LedgerFault, type LedgerFaultCode } from "./ledger-fault.js";
import { assumedWrongly } from "./postgres-functions.js";

/** A transaction whose client fell silent gives the ledger's lock back after this, so that a machine that sleeps stops nobody. */
const idleTimeoutMs = 2_000;

/** PostgreSQL's error codes that say something about the ledger; classes are the first two letters. */
const faults: Readonly<Record<string, LedgerFaultCode>> = {
  "25006": "ledger_read_only",
  "53100": "ledger_full",
  "53200": "ledger_full",
  "55P03": "ledger_busy",
  "57014": "ledger_busy",
  "40P01": "ledger_busy",
  XX001: "ledger_corrupt",
  XX002: "ledger_corrupt",
};

/** One connection to a database, which is made when it is needed and made anew after it broke. */
export class PostgresConnection {
  readonly #location: string;
  readonly #address: Address;
  readonly #timeoutMs: number;
  #client: Client | undefined;

  constructor(location: string, timeoutMs: number) {
    this.#location = location;
    this.#address = addressOf(location);
    this.#timeoutMs = timeoutMs;
  }

  /** The database in words, without its password. */
  get name(): string {
    return this.#address.name;
  }

  /** Whether the next query needs a new connection first. */
  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  /** @throws LedgerFault */
  async open(): Promise<void> {
    const { Client: PgClient } = await loadPg();
    try {
      // This reads the address, and the files of certificates that it names.
      const client = new PgClient({
        connectionString: this.#location,
        connectionTimeoutMillis: this.#timeoutMs,
        // Answers come, or the connection is given up: a network that swallows everything must not hang a decision.
        query_timeout: this.#timeoutMs + idleTimeoutMs,
        lock_timeout: this.#timeoutMs,
        idle_in_transaction_session_timeout: idleTimeoutMs,
        application_name: "agentkit-policy",
        keepAlive: true,
      });
      // An error between two queries ends the connection; the next query says so.
      client.on("error", () => this.#drop(client));
      client.on("end", () => this.#drop(client));
      await client.connect();
      this.#client = client;
    } catch (error) {
      throw faultOf(error, this.#address);
    }
  }

  /**
   * Sends statements in one message. @returns the rows of each
   * @throws LedgerFault; the transaction is undone then
   */
  async send(sql: string): Promise<Record<string, unknown>[][]> {
    const client = this.#client;
    if (client === undefined) throw new LedgerFault("ledger_unreachable", `the ledger ${this.name} is not connected`);
    try {
      const results: unknown = await client.query(sql);
      return (Array.isArray(results) ? results : [results]).map(({ rows }: { rows: Record<string, unknown>[] }) => rows);
    } catch (error) {
      await this.#undo(client, error);
      throw faultOf(error, this.#address);
    }
  }

  /**
   * Sends one statement, which the server prepares once under its name.
   * @returns the first column of its one row; null too where the statement itself undid what it did, since it was assumed wrongly
   * @throws LedgerFault; nothing was done then, as far as can be told
   */
  async ask(name: string, sql: string, values: readonly (string | number | boolean | null)[]): Promise<unknown> {
    const client = this.#client;
    if (client === undefined) throw new LedgerFault("ledger_unreachable", `the ledger ${this.name} is not connected`);
    try {
      const { rows } = await client.query<unknown[]>({ name, text: sql, values: [...values], rowMode: "array" });
      return rows[0]?.[0];
    } catch (error) {
      if ((error as { code?: unknown }).code === assumedWrongly) return null;
      if (!isServerError(error)) this.#drop(client);
      throw faultOf(error, this.#address);
    }
  }

  /** Says goodbye, and lets go: at once when the server has heard it, and after two seconds where the network is silent. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await end(client);
  }

  /** After an error that the server told, the connection is good; after any other, nobody knows what it holds. */
  async #undo(client: Client, error: unknown): Promise<void> {
    if (isServerError(error)) {
      try {
        await client.query("ROLLBACK");
        return;
      } catch {
        // Then the connection is broken too.
      }
    }
    this.#drop(client);
  }

  #drop(client: Client): void {
    if (this.#client === client) this.#client = undefined;
    void end(client);
  }
}

/** A goodbye that nobody hears must hold up neither whoever closes the ledger nor the end of the process. */
async function end(client: Client): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  const isOver = new Promise((resolve) => {
    limit = setTimeout(resolve, idleTimeoutMs);
  });
  await Promise.race([client.end().catch(() => undefined), isOver]);
  clearTimeout(limit);
  client.connection.stream.destroy();
}

/** A text as PostgreSQL reads it between quotes. */
export function literal(text: string): string {
  return text.includes("\\") ? ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;
}

/** A driver's error as a fault of the ledger. What is not known is unreachable: whoever asked must deny. */
function faultOf(error: unknown, { name, isCertain }: Address): LedgerFault {
  if (LedgerFault.isInstance(error)) return error;
  const { code } = error as { code?: unknown };
  const known = typeof code === "string" ? faults[code] : undefined;
  const fault = known ?? "ledger_unreachable";
  // A lock that did not come, or a full disk, is the same for every verb, and each would wait for it anew.
  const isRefusal = isServerError(error) && (known === undefined || known === "ledger_corrupt");
  if (!isCertain) {
    // The driver names hosts, ports and databases, any of which may be a part of the password: a log must not have its words.
    const why = typeof code === "string" ? ` (${code})` : "";
    return new LedgerFault(
      fault,
      `the ledger ${name} failed${why}; more is not told, as its address can be read in two ways; ${hint}`,
      { isRefusal },
    );
  }
  return new LedgerFault(fault, `the ledger ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
    isRefusal,
  });
}

function isServerError(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  // Class 57P is the server going away.
  return severity === "ERROR" && typeof code === "string" && !code.startsWith("57P");
}

async function loadPg(): Promise<{ readonly Client: typeof Client }> {
  try {
    return (await import("pg")).default;
  } catch (error) {
    throw new LedgerFault("ledger_driver_missing", "a ledger in PostgreSQL needs its client; run: npm install pg", {
      cause: error,
    });
  }
}

/** A database's address, as far as it may be told. */
interface Address {
  /** In words, without a password. */
  readonly name: string;
  /** Whether it is certain that nothing in it but the password is the password. */
  readonly isCertain: boolean;
}

const hint = "in a password, write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25";

/** @throws LedgerFault */
function addressOf(location: string): Address {
  let url: URL;
  try {
    url = new URL(location);
  } catch {
    throw new LedgerFault("ledger_unreachable", `the ledger's location is no address of a PostgreSQL database; ${hint}`);
  }
  // A sign that is not escaped ends the password early, and what is left of it becomes a host, a port, a database or an option.
  const { host, pathname, search, hash } = url;
  const isCertain = !`${decoded(host + pathname) ?? "@"}${search}`.includes("@") && hash === "";
  return { name: isCertain ? `postgres://${host}${pathname}` : "postgres://…", isCertain };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
