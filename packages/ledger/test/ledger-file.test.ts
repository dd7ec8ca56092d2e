import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  fstatSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Ledger } from "../src/ledger.js";
import { openDatabase } from "../src/sqlite-database.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { attemptAt, limitOf, reserveOf } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("support/child.mjs", import.meta.url));
const isRoot = process.getuid?.() === 0;
/** Node, or this repository, may lie in a folder of root's. */
const canBeOthers =
  isRoot &&
  spawnSync(process.execPath, ["-e", "require('node:fs').accessSync(process.argv[1])", script], { uid: 5_001, gid: 4_242 })
    .status === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "true"]).status === 0;

/** One more unit of ten, armed: a durable write. */
const pay = async (ledger: Ledger) =>
  await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(10)], arm: true }));

/** What a process of its own says of a ledger that it opens and closes: its id, or why not. */
async function opened(file: string, { before = [], ...options }: SpawnOptions & { before?: string[] } = {}): Promise<string> {
  const [command = "", ...args] = [...before, process.execPath, script, `sqlite:${file}`, "open"];
  const child = spawn(command, args, {
    // Of an SQLite that Node has and calls experimental.
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return text;
}

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe("a ledger that has to be there", () => {
  it("is none where somebody has made an empty file", async () => {
    const file = join(folder, "touched.db");
    writeFileSync(file, "");
    await expect(openSqliteLedger(file, { mustExist: true })).rejects.toMatchObject({ code: "ledger_unreachable" });
    expect(statSync(file).size).toBe(0);
    await (await openSqliteLedger(file)).dispose();
    await (await openSqliteLedger(file, { mustExist: true })).dispose();
  });
});

describe("the head beside a ledger", () => {
  it("is for whoever the ledger is for, whatever the umask was", async () => {
    const file = join(folder, "group.db");
    writeFileSync(file, "");
    chmodSync(file, 0o660);
    await (await openSqliteLedger(file)).dispose();
    expect(mode(`${file}-head`)).toBe("660");
  });

  it("that an older version made follows the ledger at its owner's next start", async () => {
    const file = join(folder, "older.db");
    await (await openSqliteLedger(file)).dispose();
    chmodSync(file, 0o664);
    chmodSync(`${file}-head`, 0o644);
    await (await openSqliteLedger(file)).dispose();
    expect(mode(`${file}-head`)).toBe("664");
  });

  it.skipIf(!isRoot)("that root makes belongs to the ledger's owner, tried only where root runs the tests", async () => {
    const file = join(folder, "owned.db");
    writeFileSync(file, "");
    chownSync(file, 5_001, 4_242);
    await (await openSqliteLedger(file)).dispose();
    expect(statSync(`${file}-head`)).toMatchObject({ uid: 5_001, gid: 4_242 });
  });

  it.skipIf(!canBeOthers)(
    "lets a second user of the group in, and says what to do where it cannot, tried only where tests may run as others",
    async () => {
      const shared = join(folder, "shared");
      mkdirSync(shared);
      for (const place of [folder, shared]) chmodSync(place, 0o777);
      const file = join(shared, "a.db");
      writeFileSync(file, "");
      chmodSync(file, 0o666);
      const [first, second] = [
        { uid: 5_001, gid: 4_242 },
        { uid: 5_002, gid: 4_242 },
      ];
      const id = await opened(file, first);
      expect(id).toMatch(/^[0-9a-f-]{36}\nend\n$/);
      expect(await opened(file, second)).toBe(id);
      chmodSync(`${file}-head`, 0o600);
      const refused = await opened(file, second);
      expect(refused).toContain("ledger_unreachable");
      expect(refused).toMatch(/a\.db-head .*EACCES.* chmod/);
    },
  );
});

describe("a ledger's file", () => {
  it("that was named from the working directory stays the same when the program goes elsewhere", async () => {
    const from = process.cwd();
    process.chdir(folder);
    try {
      const ledger = await openSqliteLedger("relative.db");
      process.chdir(tmpdir());
      expect(await pay(ledger)).toMatchObject({ ok: true });
      await ledger.dispose();
    } finally {
      process.chdir(from);
    }
  });

  it("that is replaced while an open waits for it is not taken for the one that was opened", async () => {
    const file = join(folder, "waiting.db");
    await (await openSqliteLedger(file)).dispose();
    copyFileSync(file, `${file}.new`);
    const holder = await openDatabase(file);
    holder.exec("BEGIN IMMEDIATE");
    const before = descriptorsOf(file);
    const opening = openSqliteLedger(file).then(
      (ledger) => ledger.dispose(),
      (error: unknown) => error,
    );
    await expect.poll(() => descriptorsOf(file)).toBeGreaterThan(before);
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`);
    renameSync(`${file}.new`, file);
    holder.exec("ROLLBACK");
    holder.close();
    expect(await opening).toMatchObject({ code: "ledger_replaced" });
  });

  it("that only stays busy for a while is opened", async () => {
    const file = join(folder, "busy.db");
    await (await openSqliteLedger(file)).dispose();
    const holder = await openDatabase(file);
    holder.exec("BEGIN IMMEDIATE");
    const before = descriptorsOf(file);
    const opening = openSqliteLedger(file);
    await expect.poll(() => descriptorsOf(file)).toBeGreaterThan(before);
    holder.exec("ROLLBACK");
    holder.close();
    await (await opening).dispose();
  });

  it("with a second name is refused under both, before each has a log of its own", async () => {
    const file = join(folder, "named.db");
    const other = join(folder, "named-twice.db");
    await (await openSqliteLedger(file)).dispose();
    linkSync(file, other);
    for (const name of [file, other]) {
      await expect(openSqliteLedger(name)).rejects.toMatchObject({
        code: "ledger_unreachable",
        message: expect.stringMatching(/hard link.* its log/),
      });
    }
    rmSync(other);
    const ledger = await openSqliteLedger(file);
    expect(await pay(ledger)).toMatchObject({ ok: true });
    await ledger.dispose();
  });

  it("behind a symbolic link is one ledger under both names", async () => {
    const file = join(folder, "real.db");
    const link = join(folder, "elsewhere", "link.db");
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync(file, link);
    const ledgers = [await openSqliteLedger(link), await openSqliteLedger(file)];
    for (const ledger of ledgers) expect(await pay(ledger)).toMatchObject({ ok: true });
    for (const ledger of ledgers) expect(await ledger.balances({ limits: [limitOf(10)] })).toMatchObject([{ counted: "2" }]);
    for (const ledger of ledgers) await ledger.dispose();
  });

  it("behind symbolic links is known to be yesterday's copy to whoever comes by any of them", async () => {
    const places = ["beside", "one", "other"].map((name) => join(folder, "linked", name));
    for (const place of places) mkdirSync(place, { recursive: true });
    const [file = "", ...links] = places.map((place) => join(place, "l.db"));
    for (const link of links) symlinkSync(file, link);
    for (const link of links) expect(await opened(link)).toContain("end");
    copyFileSync(file, `${file}.yesterday`);
    const ledger = await openSqliteLedger(links[0] ?? "");
    expect(await pay(ledger)).toMatchObject({ ok: true });
    await ledger.dispose();
    copyFileSync(`${file}.yesterday`, file);
    for (const name of [...links, file]) expect(await opened(name), name).toContain("ledger_rolled_back");
  });

  it("behind a link that leads to another ledger now is not taken for the one before", async () => {
    const [file, another, link] = ["first.db", "second.db", "leads.db"].map((name) => join(folder, name));
    if (file === undefined || another === undefined || link === undefined) throw new Error("no names");
    symlinkSync(file, link);
    for (const name of [link, another]) expect(await opened(name)).toContain("end");
    rmSync(link);
    symlinkSync(another, link);
    expect(await opened(link)).toContain("ledger_replaced");
    expect(await opened(another)).toContain("end");
  });

  it.skipIf(!canMount)(
    "that is mounted by itself is refused, and one in a folder that is mounted is not, tried only where tests may mount",
    async () => {
      const [host, inside] = [join(folder, "host"), join(folder, "inside")];
      for (const place of [host, inside]) mkdirSync(place);
      const file = join(host, "l 1.db");
      await (await openSqliteLedger(file)).dispose();
      const name = join(inside, "l 1.db");
      const container = (...steps: string[]) => ["unshare", "-m", "sh", "-c", [...steps, 'exec "$0" "$@"'].join(" && ")];
      const folderMounted = await opened(name, { before: container(`mount --bind ${host} ${inside}`) });
      expect(folderMounted).toMatch(/^[0-9a-f-]{36}\nend\n$/);
      writeFileSync(name, "");
      const itself = `mount --bind '${file}' '${name}'`;
      const ofAnother = [`mount -t tmpfs none ${inside}`, `touch '${name}'`, itself];
      // Where the system does not say what is mounted, the device does.
      for (const steps of [[itself], ofAnother, [...ofAnother, "mount -t tmpfs none /proc"]]) {
        const refused = await opened(name, { before: container(...steps) });
        expect(refused).toContain("ledger_unreachable");
        expect(refused).toContain("mount the folder");
      }
    },
  );

  it.each([["-wal"], ["-shm"]])("whose %s is removed is let go of, before another process has another one", async (suffix) => {
    const file = join(folder, `without${suffix}.db`);
    const first = await openSqliteLedger(file);
    expect(await pay(first)).toMatchObject({ ok: true });
    rmSync(`${file}${suffix}`);
    await expect(pay(first)).rejects.toMatchObject({ code: "ledger_replaced", message: expect.stringContaining(suffix) });
    await opened(file);
    await expect(pay(first)).rejects.toMatchObject({ code: "ledger_replaced" });
    await first.dispose();
  });

  it("keeps its log as long as anybody has it open, however many come and go", async () => {
    const file = join(folder, "turns.db");
    const first = await openSqliteLedger(file);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await opened(file)).toContain(first.id);
      expect(await pay(first)).toMatchObject({ ok: true });
      const second = await openSqliteLedger(file);
      expect(await pay(second)).toMatchObject({ ok: true });
      await second.dispose();
      expect(await pay(first)).toMatchObject({ ok: true });
    }
    await first.dispose();
  });
});

/** How often this process has a file open. */
function descriptorsOf(file: string): number {
  const { dev, ino } = statSync(file);
  let count = 0;
  for (let descriptor = 0; descriptor < 1_000; descriptor += 1) {
    try {
      const held = fstatSync(descriptor);
      if (held.dev === dev && held.ino === ino) count += 1;
    } catch {
      // Nothing is open by that number.
    }
  }
  return count;
}
