import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agedAtOnce } from "../src/ageing.js";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CloseRequest } from "../src/ledger.js";
import { AnchoredClock } from "../src/ledger-clock.js";
import { LedgerFile } from "../src/ledger-file.js";
import { LedgerHead } from "../src/ledger-head.js";
import { defaultLedgerTimes } from "../src/ledger-options.js";
import { openDatabase, type SqliteDatabase } from "../src/sqlite-database.js";
import { prepareTables } from "../src/sqlite-tables.js";
import { SqliteWriter } from "../src/sqlite-writer.js";
import { Verbs } from "../src/verbs.js";
import { attemptAt, closeOf, limitOf, reserveOf } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
let serial = 0;

/** A writer whose commits are recorded with what they were: on the disk, or only visible. */
async function recordedWriter() {
  serial += 1;
  const path = join(folder, `${serial}.db`);
  const database = await openDatabase(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("BEGIN IMMEDIATE");
  const { ledgerId, sequence } = prepareTables(database, path);
  database.exec("COMMIT");
  const commits: string[] = [];
  let synchronous = "FULL";
  const recording: SqliteDatabase = {
    exec(sql) {
      synchronous = /^PRAGMA synchronous = (.+)$/.exec(sql)?.[1] ?? synchronous;
      if (sql === "COMMIT") commits.push(synchronous === "FULL" ? "durable" : "visible");
      return database.exec(sql);
    },
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
  };
  const clock = new ManualClock();
  const verbs = new Verbs(new AnchoredClock(clock), defaultLedgerTimes, agedAtOnce);
  const writer = new SqliteWriter(recording, new LedgerFile(path), 1_000, new LedgerHead(path, ledgerId, sequence));
  const reserve = (attemptId: string, more: { stepId?: string; arm?: boolean } = {}) => {
    const request = reserveOf({ attemptId, amount: "10", limits: [limitOf(10_000)], ...more });
    return writer.run((store) => verbs.reserve(store, request), request.arm === true || request.stepId !== "root");
  };
  const arm = (attemptId: string) => writer.run((store) => verbs.arm(store, { attemptId, steps: ["root"] }), true);
  const close = (attemptId: string, spent: bigint, overrides: Partial<CloseRequest> = {}) =>
    writer.run((store) => verbs.close(store, closeOf(attemptId, spent, overrides)), false);
  const fresh = () => attemptAt(clock.now());
  const taken = () => commits.splice(0).join(" ");
  return { clock, database, writer, reserve, arm, close, fresh, taken };
}

describe("a writer", () => {
  it("makes one durable write for a spending attempt: its arm", async () => {
    const { reserve, arm, close, fresh, taken, writer } = await recordedWriter();
    const attemptId = fresh();
    await reserve(attemptId);
    expect(taken()).toBe("visible");
    await arm(attemptId);
    expect(taken()).toBe("durable");
    await close(attemptId, 10n);
    expect(taken()).toBe("visible");
    await close(attemptId, 10n);
    expect(taken()).toBe("visible");
    await writer.dispose();
  });

  it("makes every renewal, every step of an armed entry and every raise durable", async () => {
    const { reserve, arm, close, fresh, taken, writer } = await recordedWriter();
    const attemptId = fresh();
    await reserve(attemptId, { arm: true });
    await reserve(attemptId, { stepId: "call-1" });
    await arm(attemptId);
    await close(attemptId, 21n, { inFlight: true });
    await close(attemptId, 20n);
    await close(attemptId, 30n);
    expect(taken()).toBe("durable durable durable durable visible durable");
    await close(fresh(), 5n);
    const reserved = fresh();
    await reserve(reserved);
    await close(reserved, 1n);
    expect(taken()).toBe("durable visible durable");
    await writer.dispose();
  });

  it("makes a step of an armed entry durable whatever it is called", async () => {
    const { reserve, fresh, taken, writer } = await recordedWriter();
    const attemptId = fresh();
    await reserve(attemptId, { stepId: "call-1", arm: true });
    await reserve(attemptId, { stepId: "root" });
    expect(taken()).toBe("durable durable");
    await writer.dispose();
  });

  it("groups what waits together into one commit, and one that fails takes only itself along", async () => {
    const { reserve, close, fresh, taken, writer } = await recordedWriter();
    const ids = Array.from({ length: 20 }, fresh);
    const [answers, failed] = await Promise.all([
      Promise.all(ids.map((id) => reserve(id))),
      close("no id", 1n).catch((error: unknown) => error),
    ]);
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(failed).toBeInstanceOf(RangeError);
    expect(taken()).toBe("visible");
    await writer.dispose();
  });

  it("ages what many have left open a portion a commit, with timers in between, and answers once none is left", async () => {
    const { clock, reserve, fresh, taken, writer } = await recordedWriter();
    const ids = Array.from({ length: 2 * agedAtOnce + 5 }, fresh);
    await Promise.all(ids.map((id) => reserve(id, { arm: true }).catch(() => undefined)));
    clock.pass(48 * 3_600_000);
    taken();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    expect(await reserve(fresh())).toMatchObject({ ok: true });
    clearInterval(timer);
    expect(taken()).toBe("visible visible visible visible");
    expect(turns).toBeGreaterThan(0);
    await writer.dispose();
  });

  it("lets nobody of a group believe in a commit that found the disk full, and goes on when there is room", async () => {
    const { database, reserve, fresh, writer } = await recordedWriter();
    const [page] = database.prepare("PRAGMA page_count").all() as { page_count: number }[];
    database.exec(`PRAGMA max_page_count = ${page?.page_count ?? 0}`);
    const ids = Array.from({ length: 200 }, fresh);
    const failures = await Promise.all(
      ids.map((id) =>
        reserve(id).then(
          () => "granted",
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(new Set(failures)).toEqual(new Set(["ledger_full"]));
    expect(database.prepare("SELECT * FROM entries").all()).toEqual([]);
    database.exec("PRAGMA max_page_count = 100000");
    expect(await reserve(ids[0] ?? "")).toMatchObject({ ok: true });
    await writer.dispose();
  });

  it("finishes what waits before it closes, and closes once", async () => {
    const { reserve, fresh, writer } = await recordedWriter();
    const waiting = reserve(fresh());
    const closings = Promise.all([writer.dispose(), writer.dispose()]);
    expect(await waiting).toMatchObject({ ok: true });
    await closings;
    await expect(reserve(fresh())).rejects.toMatchObject({ code: "ledger_disposed" });
  });
});
