import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { openMemoryLedger } from "../src/memory-ledger.js";
import mutants from "./driver-mutants.json" with { type: "json" };
import { mutants as wrongRules } from "./search/mutants.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { TickClock } from "./support/tick-clock.js";
import { drive, drivenWalk, rareWalks, start, traceOf } from "./support/trace.js";

const folder = temporaryFolder();
const source = join(import.meta.dirname, "../src");

/** The memory ledger made from the product's source with one text in it replaced. */
async function wrongLedger({ mutant, file, find, replace }: (typeof mutants.mutants)[number]): Promise<typeof openMemoryLedger> {
  const place = join(folder, mutant.replaceAll(/\W+/g, "-"));
  cpSync(source, place, { recursive: true });
  const text = readFileSync(join(place, file), "utf8");
  expect(text.split(find)).toHaveLength(2);
  writeFileSync(
    join(place, file),
    text.replace(find, () => replace),
  );
  const outfile = join(place, "wrong.mjs");
  const entry = `export { openMemoryLedger } from ${JSON.stringify(join(place, "memory-ledger.ts"))};`;
  await build({
    stdin: { contents: entry, resolveDir: join(import.meta.dirname, "..") },
    nodePaths: [join(import.meta.dirname, "../node_modules")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
  });
  return ((await import(pathToFileURL(outfile).href)) as { openMemoryLedger: typeof openMemoryLedger }).openMemoryLedger;
}

describe("a driver that is wrong answers otherwise than the model", () => {
  it.each(mutants.mutants)("where it $mutant", { timeout: 120_000 }, async (mutant) => {
    const open = await wrongLedger(mutant);
    const found = await fc.check(
      fc.asyncProperty(drivenWalk, async (way) => {
        const trace = traceOf(way);
        const clock = new TickClock(start, 0);
        await drive(open({ clock, times: trace.times }), clock, trace);
      }),
      // From this seed all of them show soon.
      { numRuns: 20_000, seed: 8, examples: [...rareWalks], endOnFailure: true },
    );
    expect(found.failed, "no trace tells it from the right one").toBe(true);
    expect(String(found.errorInstance)).toMatch(/expected/);
  });

  it("and each is one of the wrong rules of the search", () => {
    expect(mutants.mutants.length).toBeGreaterThanOrEqual(10);
    for (const { mutant } of mutants.mutants) expect(wrongRules).toContain(mutant);
  });
});
