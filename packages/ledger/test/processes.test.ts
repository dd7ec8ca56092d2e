import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Balance, Limit } from "../src/ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { native } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("support/child.mjs", import.meta.url));
const scale = Number(process.env["TEST_SCALE"] ?? 1);

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

async function output(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  return text.trim();
}

const limit = (max: string): Limit => ({
  id: "budget",
  unit: "amount",
  asset: native,
  per: ["user"],
  window: { kind: "calendar", unit: "day" },
  max,
});

async function balance(file: string, max: string): Promise<Balance | undefined> {
  const ledger = await openSqliteLedger(file, { times: { lifeMs: 2_000 } });
  const [found] = await ledger.balances({ limits: [limit(max)] });
  await ledger.dispose();
  return found;
}

describe("several processes on one file", () => {
  it.each(Array.from({ length: 2 * scale }, (_, index) => index))("grant exactly what there is, run %d", async (run) => {
    const file = join(folder, `race-${run}.db`);
    const granted = await Promise.all(Array.from({ length: 4 }, () => output(start(file, "race", "100", "40"))));
    expect(granted.reduce((sum, count) => sum + Number(count), 0)).toBe(100);
    expect(await balance(file, "100")).toMatchObject({ counted: "100", left: "0" });
  });

  it("make a new ledger once, whoever comes first", async () => {
    const file = join(folder, "new.db");
    const ids = await Promise.all(Array.from({ length: 6 }, () => output(start(file, "open", "1"))));
    expect(new Set(ids).size).toBe(1);
  });
});

describe("a process that is killed", () => {
  const killedAt = async (step: string): Promise<string> => {
    const file = join(folder, `killed-${step}.db`);
    const child = start(file, "die", "10", step);
    const [line] = (await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ ok: true, state: step });
    child.kill("SIGKILL");
    await once(child, "close");
    return file;
  };

  it("after its reserve holds the money until its life is over, and not longer", async () => {
    const file = await killedAt("reserved");
    expect(await balance(file, "10")).toMatchObject({ counted: "7", open: "7" });
    await expect.poll(async () => (await balance(file, "10"))?.counted, { timeout: 10_000, interval: 200 }).toBeUndefined();
  });

  it("after its arm leaves the money counted as spent", async () => {
    expect(await balance(await killedAt("armed"), "10")).toMatchObject({ counted: "7", open: "7", left: "3" });
  });

  it("after its close leaves what was closed", async () => {
    expect(await balance(await killedAt("closed"), "10")).toMatchObject({ counted: "5", open: "0", left: "5" });
  });
});
