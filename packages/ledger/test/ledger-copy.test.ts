import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Ledger } from "../src/ledger.js";
import { openDatabase } from "../src/sqlite-database.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { attemptAt, limitOf, reserveOf } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder({ inMemory: true });
const script = fileURLToPath(new URL("support/child.mjs", import.meta.url));

/** Armed, which is a durable write. */
const pay = async (ledger: Ledger) =>
  await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(100_000)], arm: true }));

function start(file: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [script, `sqlite:${file}`, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout?.resume();
  return child;
}

/** A process of its own that arms one thing and ends. */
async function armedOnce(file: string): Promise<void> {
  expect(await once(start(file, "race", "100000", "1"), "close")).toEqual([0, null]);
}

/** A process of its own that is killed once it has armed something, so that its log is left. */
async function killedAfterItsArm(file: string): Promise<void> {
  const child = start(file, "die", "10", "armed");
  await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
  child.kill("SIGKILL");
  await once(child, "close");
}

/** A ledger of which there is yesterday's copy, and whose last process was killed. */
async function killedSinceYesterday(name: string): Promise<string> {
  const file = join(folder, name);
  await armedOnce(file);
  copy(file, `${file}.yesterday`);
  await armedOnce(file);
  await killedAfterItsArm(file);
  return file;
}

/** As an operator does it. This process may have the file open, and would lose its locks by opening and closing it once more. */
function copy(from: string, to: string): void {
  expect(spawnSync("cp", [from, to]).status).toBe(0);
}

const rolledBack = { code: "ledger_rolled_back", message: expect.stringMatching(/durable writes are missing.*-wal.*-head/) };

/** The count of durable writes in the file itself, as a copy of it has it. */
function markOf(file: string): number {
  copy(file, `${file}.marked`);
  return readFileSync(`${file}.marked`).readUInt32BE(60);
}

it("a ledger's file itself, without its log, says how many durable writes it had when a program last ended or began", async () => {
  const file = join(folder, "marked.db");
  await armedOnce(file);
  expect(markOf(file)).toBe(1);
  await killedAfterItsArm(file);
  expect(markOf(file)).toBe(1);
  const ledger = await openSqliteLedger(file);
  expect(markOf(file)).toBe(2);
  await ledger.dispose();
});

describe("yesterday's copy of a ledger", () => {
  it("is noticed beside the log of a killed process, whose newest writes SQLite would lay over it", async () => {
    const file = await killedSinceYesterday("killed.db");
    copy(file, `${file}.now`);
    copy(`${file}.yesterday`, file);
    // Again and again: to look at it must not make it pass.
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(openSqliteLedger(file)).rejects.toMatchObject(rolledBack);
    // The file that belongs to the log is all there is to put back.
    copy(`${file}.now`, file);
    await armedOnce(file);
  });

  it("can be gone on with, without the log, by whoever means it", async () => {
    const file = await killedSinceYesterday("meant.db");
    copy(`${file}.yesterday`, file);
    for (const suffix of ["-wal", "-shm", "-head"]) rmSync(`${file}${suffix}`);
    const ledger = await openSqliteLedger(file);
    expect(await pay(ledger)).toMatchObject({ ok: true });
    await ledger.dispose();
  });

  it("is noticed under a program that runs, by it and by the next", async () => {
    const file = join(folder, "running.db");
    await armedOnce(file);
    copy(file, `${file}.yesterday`);
    await armedOnce(file);
    const ledger = await openSqliteLedger(file);
    expect(await pay(ledger)).toMatchObject({ ok: true });
    copy(`${file}.yesterday`, file);
    await expect(pay(ledger)).rejects.toMatchObject(rolledBack);
    await expect(openSqliteLedger(file)).rejects.toMatchObject(rolledBack);
    await ledger.dispose();
  });

  it("is noticed where it is older than the last thousand durable writes of a program that never ended", async () => {
    const file = join(folder, "long.db");
    const ledger = await openSqliteLedger(file);
    expect(await pay(ledger)).toMatchObject({ ok: true });
    copy(file, `${file}.early`);
    for (let count = 0; count < 1_000; count += 1) await pay(ledger);
    expect(await pay(ledger)).toMatchObject({ ok: true });
    copy(`${file}.early`, file);
    await expect(openSqliteLedger(file)).rejects.toMatchObject(rolledBack);
    await ledger.dispose();
  });

  it("is what no ledger is taken for, however many processes write to it, end in turn or are killed", {
    timeout: 120_000,
  }, async () => {
    const file = join(folder, "storm.db");
    const ledger = await openSqliteLedger(file);
    for (let round = 0; round < 8; round += 1) {
      const children = Array.from({ length: 3 }, (_, index) =>
        index === 0 ? start(file, "race", "100000", "40") : start(file, "storm", "100000"),
      );
      const ended = children.map((child) => once(child, "close"));
      for (const child of children.slice(1)) {
        await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
        child.kill("SIGKILL");
      }
      expect(await ended[0]).toEqual([0, null]);
      await Promise.all(ended);
      expect(await pay(ledger)).toMatchObject({ ok: true });
      await armedOnce(file);
    }
    await ledger.dispose();
    await armedOnce(file);
  });

  it("is not what a ledger of an older version is, whose head and file say nothing yet", async () => {
    const file = join(folder, "older.db");
    await armedOnce(file);
    const database = await openDatabase(file);
    database.exec("PRAGMA user_version = 0");
    database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
    database.close();
    writeFileSync(`${file}-head`, readFileSync(`${file}-head`, "utf8").split("\n", 1).concat("").join("\n"));
    copy(file, `${file}.yesterday`);
    await armedOnce(file);
    await killedAfterItsArm(file);
    copy(`${file}.yesterday`, file);
    await expect(openSqliteLedger(file)).rejects.toMatchObject(rolledBack);
  });
});
