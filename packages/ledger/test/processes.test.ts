import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import type { Balance, Ledger, Limit } from "../src/ledger.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import { openLedger } from "../src/open-ledger.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, native } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("support/child.mjs", import.meta.url));
const scale = Number(process.env["TEST_SCALE"] ?? 1);
const server = postgresOfTests();
let serial = 0;

/** Where a ledger is that nobody has opened yet. Both engines write to a real disk. */
const locations: readonly (readonly [string, () => Promise<string>])[] = [
  [
    "sqlite",
    async () => {
      serial += 1;
      return `sqlite:${join(folder, `${serial}.db`)}`;
    },
  ],
  ["postgres", async () => await server().newDatabase()],
];

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

/** What a process has said, line by line, once it has ended. */
async function said(child: ChildProcess): Promise<readonly string[]> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, "close");
  return text.split("\n").slice(0, -1);
}

const limit = (max: string): Limit => ({
  id: "budget",
  unit: "amount",
  asset: native,
  per: ["user"],
  window: { kind: "calendar", unit: "day" },
  max,
});
const scopes = { user: "u1" };

async function withLedger<T>(location: string, use: (ledger: Ledger) => Promise<T>, options: LedgerOptions = {}): Promise<T> {
  const ledger = await openLedger(location, { times: { lifeMs: 2_000 }, ...options });
  try {
    return await use(ledger);
  } finally {
    await ledger.dispose();
  }
}

async function balance(location: string, max: string, options: LedgerOptions = {}): Promise<Balance | undefined> {
  return await withLedger(location, async (ledger) => (await ledger.balances({ limits: [limit(max)], scopes }))[0], options);
}

function movedOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Number(/^moved (\d+)$/.exec(line)?.[1] ?? 0), 0);
}

/** Three days from now, by a clock that was never set: everything has freed itself by then. */
const later = { now: () => systemClock.now() + 3 * 86_400_000, uptime: () => systemClock.uptime() };

describe.each(locations)("several processes on one %s ledger", (_name, newLocation) => {
  it.each(Array.from({ length: scale }, (_, index) => index))(
    "eight of them, sixteen at a time each, are granted exactly what there is, run %d",
    { timeout: 120_000 },
    async () => {
      const location = await newLocation();
      const all = await Promise.all(Array.from({ length: 8 }, () => said(start(location, "race", "1000", "150"))));
      expect(all.reduce((sum, [granted]) => sum + Number(granted), 0)).toBe(1_000);
      expect(await balance(location, "1000")).toMatchObject({ counted: "1000", left: "0" });
    },
  );

  it("make a new ledger once, whoever comes first", async () => {
    const location = await newLocation();
    const ids = await Promise.all(Array.from({ length: 6 }, async () => (await said(start(location, "open", "1")))[0]));
    expect(new Set(ids).size).toBe(1);
  });
});

describe.each(locations)("a process on a %s ledger that is killed", (_name, newLocation) => {
  it("between any two steps has never spent more than is counted, and leaves the rest to others", {
    timeout: 300_000,
  }, async () => {
    const steps: string[] = [];
    for (let step = 1; ; step += 1) {
      const location = await newLocation();
      const child = start(location, "step", "10", String(step));
      const lines = said(child);
      const at = await new Promise<string>((resolve) => {
        child.stdout?.on("data", (chunk: Buffer) => {
          const found = /^(?:at (.*)|end)$/m.exec(chunk.toString());
          if (found !== null) resolve(found[1] ?? "end");
        });
      });
      child.kill("SIGKILL");
      const moved = movedOf(await lines);
      const words = new Set(await lines);
      const holds = await balance(location, "10");
      const counted = Number(holds?.counted);
      const where = `killed at step ${step}, ${at}`;
      expect(counted, where).toBeGreaterThanOrEqual(moved);
      expect(counted, where).toBeLessThanOrEqual(7);
      if (words.has("armed")) expect(counted, where).toBeGreaterThanOrEqual(4);
      if (words.has("closed")) expect(counted, where).toBe(7);
      await expectRest(location, 10 - counted, where);
      expect(await balance(location, "10", { clock: later }), where).toMatchObject({ counted: "0" });
      steps.push(at);
      if (at === "end") break;
    }
    process.stderr.write(`killed at each of ${steps.length} steps\n`);
    expect(steps.length).toBeGreaterThan(20);
    expect(steps.join(" ")).toMatch(/COMMIT|save/);
  });

  it("at random moments, again and again, never lets more than the budget out", {
    timeout: 60_000 + 30_000 * scale,
  }, async () => {
    const location = await newLocation();
    const kills = scale > 1 ? 25 * scale : 60;
    const max = 40 * kills;
    let moved = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const child = start(location, "storm", String(max));
      const lines = said(child);
      await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      child.kill("SIGKILL");
      moved += movedOf(await lines);
      if (kill % 10 !== 9) continue;
      const counted = Number((await balance(location, String(max)))?.counted);
      expect(counted).toBeGreaterThanOrEqual(moved);
      expect(counted).toBeLessThanOrEqual(max);
    }
    expect(moved).toBeGreaterThan(kills);
    expect(moved).toBeLessThanOrEqual(max);
    process.stderr.write(`${kills} kills, ${moved} of ${max} moved\n`);
    expect(await balance(location, String(max), { clock: later })).toMatchObject({ counted: "0" });
  });

  /** Of what is not counted everything can be had, and not one unit more. */
  async function expectRest(location: string, rest: number, where: string): Promise<void> {
    await withLedger(location, async (ledger) => {
      const ask = async (amount: number) => {
        const lines = [{ unit: "amount", asset: native, amount: String(amount) } as const];
        const attemptId = attemptAt(Date.now());
        return await ledger.reserve({ attemptId, stepId: "root", scopes, lines, limits: [limit("10")] });
      };
      expect(await ask(rest + 1), where).toMatchObject({ ok: false, code: "over_limit" });
      if (rest > 0) expect(await ask(rest), where).toMatchObject({ ok: true });
    });
  }

  const killedAt = async (step: string): Promise<string> => {
    const location = await newLocation();
    const child = start(location, "die", "10", step);
    const [line] = (await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({ ok: true, state: step });
    child.kill("SIGKILL");
    await once(child, "close");
    return location;
  };

  it("after its reserve holds the money until its life is over, and not longer", async () => {
    const location = await killedAt("reserved");
    expect(await balance(location, "10")).toMatchObject({ counted: "7", open: "7" });
    await expect.poll(async () => (await balance(location, "10"))?.counted, { interval: 200 }).toBe("0");
  });

  it("after its arm leaves the money counted as spent", async () => {
    expect(await balance(await killedAt("armed"), "10")).toMatchObject({ counted: "7", open: "7", left: "3" });
  });

  it("after its close leaves what was closed", async () => {
    expect(await balance(await killedAt("closed"), "10")).toMatchObject({ counted: "5", open: "0", left: "5" });
  });
});
