import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root, staticImportsOf } from "./import-rules.js";

/** What is loaded together with a file, and with what it loads. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const { specifier } of staticImportsOf(file, readFileSync(file, "utf8"))) {
    const name = specifier.startsWith(".") ? join(file, "..", specifier) : specifier;
    if (seen.has(name)) continue;
    seen.add(name);
    if (specifier.startsWith(".")) loadedWith(name, seen);
  }
  return seen;
}

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const commands = Object.values(scripts).flatMap((command) => /^node (scripts\/\S+\.mjs)/.exec(command)?.[1] ?? []);
const benches = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => `bench/${file}`);

it("there are commands and benchmarks, and what they load is followed", () => {
  expect(commands.length).toBeGreaterThan(5);
  expect(benches.length).toBeGreaterThan(1);
  expect([...loadedWith(join(root, "scripts/lib/contract.mjs"))]).toContain("esbuild");
  expect([...loadedWith(join(root, "scripts/demo.mjs"))]).toContain(join(root, "scripts/lib/setup.mjs"));
});

it.each([...new Set(commands), ...benches])("%s starts in a clone in which nothing is installed yet", (file) => {
  const installed = [...loadedWith(join(root, file))].filter((name) => !name.startsWith("node:") && !name.startsWith(root));
  expect(installed).toEqual([]);
});
