import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "agentkit-policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPostgres, startPostgres } from "../../scripts/lib/postgres.mjs";
import type { Anvil } from "../world/anvil.mjs";
import { startWorld } from "../world/world.mjs";
import { Child, pythonChild } from "./child.js";
import { counted, scale, temporaryFolder } from "./support.js";

// Four processes of each language, sixteen actions at a time each, and a thousand actions for all of them together.

const action = "CustomActionProvider_run";
const attempts = 150;

let anvil: Anvil;
let postgres: RunningPostgres;
let children: Child[];

beforeAll(async () => {
  [anvil, postgres] = await Promise.all([startWorld(), startPostgres()]);
  const configs = [0, 1, 2, 3].map((index) => ({ rpcUrl: anvil.rpcUrl, accountName: `racer ${index}` }));
  const inPython = await Promise.all(configs.map((config) => pythonChild("racer.py", config)));
  children = [...configs.map((config) => new Child("racer.mjs", config)), ...inPython];
  await Promise.all(children.map((child) => child.next("ready")));
}, 120_000);
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await anvil.stop();
  await postgres.stop();
});

describe("8 processes of two languages, on one limit of 1,000 actions", () => {
  const engines = ["sqlite", "postgres"] as const;
  const runs = Array.from({ length: scale }, (_, index) => index + 1);

  test.each(engines.flatMap((engine) => runs.map((run) => [engine, run] as const)))(
    "do exactly 1,000 of 1,200 on %s, run %i",
    { timeout: 120_000 },
    async (engine) => {
      const folder = temporaryFolder();
      const ledger = engine === "sqlite" ? "sqlite:./ledger.db" : await postgres.newDatabase();
      const file = join(folder, "policy.json");
      const rules = [
        { id: "all", limit: "actions", max: 1_000, window: "lifetime" },
        { id: "own", allow: { actions: [action] } },
      ];
      writeFileSync(file, JSON.stringify({ version: 1, ledger, rules }));
      for (const child of children) child.send({ policy: file, attempts });
      const done = await Promise.all(children.map(async (child) => Number((await child.next("raced")).done)));
      expect(done.reduce((sum, count) => sum + count, 0)).toBe(1_000);
      // Each language had a part in it.
      expect(Math.min(sumOf(done.slice(0, 4)), sumOf(done.slice(4)))).toBeGreaterThan(0);
      const policy = await loadPolicy(file, { actions: [action] });
      expect(await counted(policy, "all")).toBe(1_000n);
      await policy.dispose();
    },
  );
});

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
