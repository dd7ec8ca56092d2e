import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Ledger } from "../src/ledger.js";
import { openLedger } from "../src/open-ledger.js";
import { driversFor, faultOf, openDatabase } from "../src/sqlite-database.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { attemptAt, limitOf, reserveOf } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();

describe("a ledger that cannot answer says why", () => {
  it("when its folder is missing", async () => {
    await expect(openSqliteLedger(join(folder, "nowhere", "a.db"))).rejects.toMatchObject({ code: "ledger_unreachable" });
  });

  it("when its file is no database", async () => {
    const file = join(folder, "garbage.db");
    writeFileSync(file, "garbage ".repeat(2_000));
    await expect(openSqliteLedger(file)).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when its file is somebody else's database", async () => {
    const file = join(folder, "other.db");
    const database = await openDatabase(file);
    database.exec("CREATE TABLE customers (name TEXT)");
    database.close();
    await expect(openSqliteLedger(file)).rejects.toMatchObject({
      code: "ledger_corrupt",
      message: expect.stringContaining("no ledger"),
    });
  });

  it("when another version wrote it", async () => {
    const file = join(folder, "version.db");
    await (await openSqliteLedger(file)).dispose();
    const database = await openDatabase(file);
    database.exec("UPDATE meta SET value = '99' WHERE name = 'version'");
    database.close();
    await expect(openSqliteLedger(file)).rejects.toMatchObject({
      code: "ledger_version",
      message: expect.stringContaining("99"),
    });
  });

  it.each([
    ["an empty sum", "UPDATE tallies SET open = ''"],
    ["a negative sum", "UPDATE tallies SET open = '-5'"],
    ["a sum in another notation", "UPDATE tallies SET dated = '0x5'"],
    ["windows that are none", "UPDATE tallies SET windows = 'day'"],
    ["a window without a beginning", `UPDATE tallies SET windows = '[["day",null,"0"]]'`],
    ["a lost high-water mark", "UPDATE head SET high_water = ''"],
    ["no high-water mark", "DELETE FROM head"],
  ])("when a row of it is damaged: %s", async (what, damage) => {
    const file = join(folder, `${what}.db`);
    const ledger = await openSqliteLedger(file);
    const request = (amount: string) => reserveOf({ attemptId: attemptAt(Date.now()), amount, limits: [limitOf(10)], arm: true });
    expect(await ledger.reserve(request("5"))).toMatchObject({ ok: true });
    const database = await openDatabase(file);
    database.exec(damage);
    database.close();
    await expect(ledger.reserve(request("5"))).rejects.toMatchObject({ code: "ledger_corrupt" });
    await expect(ledger.balances({ limits: [limitOf(10)] })).rejects.toMatchObject({ code: "ledger_corrupt" });
    await ledger.dispose();
  });

  it.each([
    ["an amount", "$.lines[0].amount", '"-5"'],
    ["an amount in another notation", "$.lines[0].amount", '"0x5"'],
    ["a state", "$.state", '"forgiven"'],
    ["a date", "$.until", '"yesterday"'],
    ["its steps", "$.steps", "null"],
    ["its calls", "$.calls", '"none"'],
  ])("when an entry of it is damaged: %s", async (what, path, value) => {
    const file = join(folder, `entry ${what}.db`);
    const ledger = await openSqliteLedger(file);
    const attemptId = attemptAt(Date.now());
    expect(await ledger.reserve(reserveOf({ attemptId, amount: "5", limits: [limitOf(10)] }))).toMatchObject({ ok: true });
    const database = await openDatabase(file);
    database.exec(`UPDATE entries SET entry = json_set(entry, '${path}', json('${value}'))`);
    database.close();
    await expect(ledger.arm({ attemptId, steps: ["root"] })).rejects.toMatchObject({ code: "ledger_corrupt" });
    // It is the entry that is damaged: another attempt's is not.
    expect(
      await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "5", limits: [limitOf(10)] })),
    ).toMatchObject({ ok: true });
    await ledger.dispose();
  });

  it("when pages of its file are damaged", async () => {
    const file = join(folder, "pages.db");
    const ledger = await openSqliteLedger(file);
    const spend = async (of: Ledger) =>
      await of.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(1_000)], arm: true }));
    for (let index = 0; index < 50; index += 1) expect(await spend(ledger)).toMatchObject({ ok: true });
    await ledger.dispose();
    const bytes = readFileSync(file);
    // Everything but the first page, which says that it is a database and what is in it.
    bytes.fill(0xa5, 4_096);
    writeFileSync(file, bytes);
    const damaged = async () => {
      const again = await openSqliteLedger(file);
      try {
        return await spend(again);
      } finally {
        await again.dispose();
      }
    };
    await expect(damaged()).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when another process holds it for too long, and goes on once it is free", async () => {
    const file = join(folder, "busy.db");
    const ledger = await openSqliteLedger(file, { busyTimeoutMs: 10 });
    const database = await openDatabase(file);
    database.exec("BEGIN IMMEDIATE");
    const request = reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(1)] });
    await expect(ledger.reserve(request)).rejects.toMatchObject({ code: "ledger_busy" });
    database.exec("COMMIT");
    database.close();
    expect(await ledger.reserve(request)).toMatchObject({ ok: true });
    await ledger.dispose();
  });

  it("when it cannot be written, or its disk is full", async () => {
    const database = await openDatabase(join(folder, "full.db"));
    database.exec("CREATE TABLE t (a TEXT); PRAGMA query_only = 1");
    const write = (): unknown => {
      try {
        database.exec(`INSERT INTO t VALUES ('${"x".repeat(100_000)}')`);
        return undefined;
      } catch (error) {
        return faultOf(error, "full.db");
      }
    };
    expect(write()).toMatchObject({ code: "ledger_read_only" });
    database.exec("PRAGMA query_only = 0; PRAGMA max_page_count = 4");
    expect(write()).toMatchObject({ code: "ledger_full" });
    // In a folder that cannot be written, of which libsql has a number and no name.
    const inFolder = Object.assign(new Error("attempt to write a readonly database"), {
      code: "UNKNOWN_SQLITE_ERROR_1544",
      rawCode: 1544,
    });
    expect(faultOf(inFolder, "l.db")).toMatchObject({ code: "ledger_read_only" });
    database.exec("PRAGMA max_page_count = 1000");
    expect(write()).toBeUndefined();
    database.close();
  });

  it("when its file was removed or replaced while it was open, before two ledgers grant one budget", async () => {
    const file = join(folder, "replaced.db");
    const request = () => reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(2)] });
    const first = await openSqliteLedger(file);
    expect(await first.reserve(request())).toMatchObject({ ok: true });
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    await expect(first.reserve(request())).rejects.toMatchObject({ code: "ledger_replaced" });
    // The head beside it remembers the one that was there; who removes it too means it.
    await expect(openSqliteLedger(file)).rejects.toMatchObject({
      code: "ledger_replaced",
      message: expect.stringContaining(`remove ${file}-head`),
    });
    for (const suffix of ["", "-wal", "-shm", "-head"]) rmSync(`${file}${suffix}`, { force: true });
    const second = await openSqliteLedger(file);
    expect(await second.reserve(request())).toMatchObject({ ok: true });
    await expect(first.reserve(request())).rejects.toMatchObject({ code: "ledger_replaced" });
    await first.dispose();
    await second.dispose();
  });

  it("when it is yesterday's copy of itself, which would spend again what was spent since", async () => {
    const file = join(folder, "copied.db");
    const pay = async (ledger: Ledger) =>
      await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(2)], arm: true }));
    const first = await openSqliteLedger(file);
    expect(await pay(first)).toMatchObject({ ok: true });
    await first.dispose();
    copyFileSync(file, `${file}.yesterday`);
    const second = await openSqliteLedger(file);
    expect(await pay(second)).toMatchObject({ ok: true });
    await second.dispose();
    copyFileSync(file, `${file}.today`);
    copyFileSync(`${file}.yesterday`, file);
    await expect(openSqliteLedger(file)).rejects.toMatchObject({
      code: "ledger_rolled_back",
      message: expect.stringMatching(/1 durable writes are missing.*remove .*copied\.db-head/),
    });
    // The newest copy is the ledger itself, and goes on.
    copyFileSync(`${file}.today`, file);
    const third = await openSqliteLedger(file);
    expect(await pay(third)).toMatchObject({ ok: false, code: "over_limit" });
    await third.dispose();
  });

  it("when a folder stands where its head would be, and which", async () => {
    const file = join(folder, "headless.db");
    mkdirSync(`${file}-head`);
    await expect(openSqliteLedger(file)).rejects.toMatchObject({
      code: "ledger_unreachable",
      message: expect.stringContaining(`${file}-head is a folder`),
    });
  });

  it("when its location is none", async () => {
    await expect(openLedger("postgres://somewhere")).rejects.toMatchObject({ code: "ledger_unreachable" });
    expect((await openLedger("memory")).id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("when no driver is installed, with the command that installs one", async () => {
    await expect(openDatabase(join(folder, "none.db"), [])).rejects.toMatchObject({
      code: "ledger_driver_missing",
      message: expect.stringContaining("npm install libsql"),
    });
  });
});

it("Node's own SQLite comes first where it is there without a flag", () => {
  expect(driversFor("v20.19.0")[0]).toBe("libsql");
  expect(driversFor("v22.12.0")[0]).toBe("libsql");
  expect(driversFor("v22.13.0")[0]).toBe("node:sqlite");
  expect(driversFor("v24.0.0")[0]).toBe("node:sqlite");
});

it("a ledger keeps its identity, and another file has another", async () => {
  const file = join(folder, "identity.db");
  const first = await openSqliteLedger(file);
  await first.dispose();
  const again = await openSqliteLedger(file);
  const other = await openSqliteLedger(join(folder, "other-identity.db"));
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
  await again.dispose();
  await other.dispose();
});
