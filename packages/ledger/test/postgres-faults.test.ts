import { inspect } from "node:util";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Ledger } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { openLedger } from "../src/open-ledger.js";
import { openPostgresLedger } from "../src/postgres-ledger.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, closeOf, limitOf, reserveOf, wallet } from "./support/requests.js";
import { silentNetworkTo } from "./support/silent-network.js";

const server = postgresOfTests();
const limits = [limitOf(10)];

describe("a ledger in PostgreSQL", () => {
  it("goes by the database's own time, in windows that move on with it", async () => {
    const ledger = await openPostgresLedger(await server().newDatabase());
    const rolling = limitOf(3, { window: { kind: "rolling", ms: 60_000 } });
    const words: boolean[] = [];
    for (let index = 0; index < 4; index += 1) {
      const attemptId = attemptAt(Date.now());
      const { ok } = await ledger.reserve(reserveOf({ attemptId, amount: 1n, limits: [rolling], arm: true }));
      words.push(ok);
      if (ok) await ledger.close(closeOf(attemptId, 1n));
    }
    expect(words).toEqual([true, true, true, false]);
    // Another window of the same money is made from what is there.
    const other = limitOf(4, { window: { kind: "rolling", ms: 120_000 } });
    const ask = async () =>
      (await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: 1n, limits: [other] }))).ok;
    expect([await ask(), await ask()]).toEqual([true, false]);
    await ledger.dispose();
  });

  it.each(["repeatable read", "serializable"])(
    "grants to two that write at once where the database's own isolation is %s",
    async (isolation) => {
      const url = await server().newDatabase();
      const admin = new pg.Client(url);
      await admin.connect();
      await admin.query(`ALTER DATABASE ${admin.database} SET default_transaction_isolation = '${isolation}'`);
      await admin.end();
      const ledgers = [await openPostgresLedger(url), await openPostgresLedger(url)];
      for (let round = 0; round < 30; round += 1) {
        const pay = async (ledger: Ledger) =>
          await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: 1n, limits: [limitOf(60)], arm: true }));
        expect(await Promise.all(ledgers.map(pay))).toMatchObject([{ ok: true }, { ok: true }]);
      }
      for (const ledger of ledgers) await ledger.dispose();
    },
  );

  it("is opened where a database or an option has an @ in its name", async () => {
    const admin = new pg.Client(server().url);
    await admin.connect();
    await admin.query('CREATE DATABASE "agents@home"');
    await admin.end();
    for (const name of ["agents@home", "agents@home?application_name=a@b", "agents@home?application_name=a%40b"])
      await (await openLedger(server().url.replace(/\w+$/, name))).dispose();
  });

  it("can be closed, and lets its process end, after the network has fallen silent", async () => {
    const network = await silentNetworkTo(await server().newDatabase());
    const ledger = await openPostgresLedger(network.url);
    expect(network.held()).toBe(1);
    network.fallSilent();
    await ledger.dispose();
    await expect.poll(() => network.held()).toBe(0);
  });
});

describe("a ledger in PostgreSQL that cannot answer says why, and goes on afterwards", () => {
  let url: string;

  beforeEach(async () => {
    url = await server().newDatabase();
  });

  async function open(options: LedgerOptions = {}): Promise<Ledger> {
    const ledger = await openPostgresLedger(url, options);
    onTestFinished(async () => await ledger.dispose());
    return ledger;
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    onTestFinished(async () => await client.end().catch(() => undefined));
    return client;
  }

  const spend = async (ledger: Ledger, amount = "1", attemptId = attemptAt(Date.now())) =>
    await ledger.reserve(reserveOf({ attemptId, amount, limits, arm: true }));
  const counted = async (ledger: Ledger) => (await ledger.balances({ limits, scopes: { wallet } }))[0]?.counted;

  it("when nobody listens, when there is no such database, and when its address is none", async () => {
    await expect(openLedger("postgres://agent:hunter2@127.0.0.1:1/agents")).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.not.stringContaining("hunter2"),
    });
    await expect(openLedger("postgresql+psycopg://agent:hunter2@127.0.0.1/agents")).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.not.stringContaining("hunter2"),
    });
    await expect(openLedger(url.replace(/\w+$/, "nowhere"))).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.stringContaining("nowhere"),
    });
    await expect(openLedger("postgres://[hunter2")).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.not.stringContaining("hunter2"),
    });
  });

  it.each([
    "postgres://agent:hunter2@HOST/agents?sslmode=verify-full&sslrootcert=./no-such-file.pem",
    "postgres://agent:%ff-hunter2@HOST/agents",
  ])("when the driver cannot take its address: %s", async (address) => {
    const { host } = new URL(url);
    await expect(openLedger(address.replace("HOST", host))).rejects.toMatchObject({
      name: "LedgerFault",
      code: "ledger_unreachable",
      message: expect.stringMatching(/^the ledger postgres:\/\/127\.0\.0\.1:\d+\/agents failed: (?!.*hunter2)/),
    });
  });

  it.each(["/", "?", "#", "@1/", "@1?", "@1#", "%40/%", "/%ff"])(
    "when its password holds %s, and nobody can tell where that ends: no part of it is told, here or as a cause",
    async (sign) => {
      const address = `postgres://agent:1${sign}hunter2@127.0.0.1:1/agents`;
      const fault: unknown = await openLedger(address, { busyTimeoutMs: 1_000 }).catch((error: unknown) => error);
      expect(fault).toMatchObject({ name: "LedgerFault", code: "ledger_unreachable" });
      expect(inspect(fault, { showHidden: true, depth: 9 })).not.toMatch(/hunter2|agent:1|postgres:\/\/1|0\.1:/);
    },
  );

  it("when it has to be there, and is not: none is made, and one that is there is opened", async () => {
    await expect(open({ mustExist: true })).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.stringMatching(/^there is no ledger in postgres:\S+ yet$/),
    });
    const { rows } = await (await connect()).query("SELECT to_regnamespace('agentkit_policy') AS schema");
    expect(rows).toEqual([{ schema: null }]);
    await open();
    expect(await spend(await open({ mustExist: true }))).toMatchObject({ ok: true });
  });

  it("when another version has made its tables", async () => {
    await open();
    await (await connect()).query("INSERT INTO agentkit_policy.migrations (version) VALUES (99)");
    await expect(openPostgresLedger(url)).rejects.toMatchObject({
      code: "ledger_version",
      message: expect.stringContaining("99"),
    });
  });

  it("when it is another ledger than before", async () => {
    const ledger = await open();
    expect(await spend(ledger)).toMatchObject({ ok: true });
    await (await connect()).query("UPDATE agentkit_policy.head SET ledger_id = 'another'");
    await expect(spend(ledger)).rejects.toMatchObject({
      code: "ledger_replaced",
      message: expect.stringContaining("restart the program"),
    });
    await expect(spend(ledger)).rejects.toMatchObject({ code: "ledger_replaced" });
    expect(await spend(await open())).toMatchObject({ ok: true });
  });

  it("when it cannot be written", async () => {
    const ledger = await open();
    expect(await spend(ledger)).toMatchObject({ ok: true });
    const admin = await connect();
    const [, name = ""] = /(\w+)$/.exec(url) ?? [];
    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const readOnly = await openPostgresLedger(url).catch((error: unknown) => error);
    expect(readOnly).toMatchObject({ code: "ledger_read_only" });
    await admin.query("SET default_transaction_read_only = off");
    await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    expect(await spend(await open())).toMatchObject({ ok: true });
  });

  it("when others hold its lock for too long", async () => {
    const ledger = await open({ busyTimeoutMs: 200 });
    const other = await connect();
    await other.query("BEGIN; SELECT * FROM agentkit_policy.head FOR UPDATE");
    await expect(spend(ledger)).rejects.toMatchObject({ code: "ledger_busy" });
    await other.query("ROLLBACK");
    expect(await spend(ledger)).toMatchObject({ ok: true });
    expect(await counted(ledger)).toBe("1");
  });

  it("when a row of it is damaged", async () => {
    const ledger = await open();
    expect(await spend(ledger)).toMatchObject({ ok: true });
    await (await connect()).query("UPDATE agentkit_policy.tallies SET open = '-5'");
    await expect(spend(await open())).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when its connection breaks in the middle of a transaction: the same verb again counts once", async () => {
    const ledger = await open();
    expect(await spend(ledger)).toMatchObject({ ok: true });
    const other = await connect();
    await other.query("BEGIN; SELECT * FROM agentkit_policy.head FOR UPDATE");
    const attemptId = attemptAt(Date.now());
    const broken = spend(ledger, "3", attemptId).catch((error: unknown) => error);
    const admin = await connect();
    await expect
      .poll(async () => {
        const { rows } = await admin.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agentkit-policy' AND wait_event_type = 'Lock' AND datname = current_database()",
        );
        return rows.length;
      })
      .toBe(1);
    expect(await broken).toMatchObject({ code: "ledger_unreachable" });
    await other.query("ROLLBACK");
    expect(await spend(ledger, "3", attemptId)).toMatchObject({ ok: true });
    expect(await spend(ledger, "3", attemptId)).toMatchObject({ ok: true });
    expect(await counted(ledger)).toBe("4");
  });

  it("when a machine falls silent while it holds the lock: the others wait for two seconds, and go on", async () => {
    const ledger = await open();
    const silent = new pg.Client({ connectionString: url, idle_in_transaction_session_timeout: 2_000 });
    silent.on("error", () => undefined);
    await silent.connect();
    await silent.query("BEGIN; SELECT * FROM agentkit_policy.head FOR UPDATE");
    expect(await spend(ledger)).toMatchObject({ ok: true });
    await silent.end().catch(() => undefined);
  });

  it("when the server is down; what was armed is still there when it is up again, after a power cut too", async () => {
    const ledger = await open();
    expect(await spend(ledger, "4")).toMatchObject({ ok: true });
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      await server().end(signal);
      await expect(spend(ledger)).rejects.toMatchObject({ code: "ledger_unreachable" });
      await server().start();
      await expect.poll(async () => await counted(ledger).catch(() => undefined)).toBe("4");
    }
    expect(await spend(ledger, "7")).toMatchObject({ code: "over_limit" });
    expect(await spend(ledger, "6")).toMatchObject({ ok: true });
  });

  it("when the server is killed under load: nothing is granted twice, and nothing that was granted is lost", async () => {
    const ledger = await open();
    const plenty = limitOf(1_000_000);
    let granted = 0;
    let faults = 0;
    let isEnough = false;
    const agents = Array.from({ length: 8 }, async () => {
      while (!isEnough) {
        const attemptId = attemptAt(Date.now());
        const asked = async () => await ledger.reserve(reserveOf({ attemptId, amount: 1n, limits: [plenty], arm: true }));
        const answer = await asked().catch(() => undefined);
        if (answer === undefined) faults += 1;
        else if (answer.ok) granted += 1;
      }
    });
    await expect.poll(() => granted).toBeGreaterThan(20);
    await server().end("SIGKILL");
    await expect.poll(() => faults).toBeGreaterThan(0);
    const before = granted;
    await server().start();
    await expect.poll(() => granted).toBeGreaterThan(before);
    isEnough = true;
    await Promise.all(agents);
    // An answer that was lost may have been a grant: it counts, and nobody acted on it.
    const count = Number(await counted(ledger));
    expect(count).toBeGreaterThanOrEqual(granted);
    expect(count).toBeLessThanOrEqual(granted + faults);
    const further = { attemptId: attemptAt(Date.now()), amount: 1n };
    expect(await ledger.reserve(reserveOf({ ...further, limits: [limitOf(count)] }))).toMatchObject({ code: "over_limit" });
    expect(await ledger.reserve(reserveOf({ ...further, limits: [limitOf(count + 1)] }))).toMatchObject({ ok: true });
  });
});
