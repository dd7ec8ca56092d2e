import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./import-rules.js";

const names = ["CYCLES_BASE_URL", "CYCLES_API_KEY", "CYCLES_TENANT"];

/** Runs a program with these of the three variables, and no other. */
function run(file: string, set: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const env = { ...process.env };
  for (const name of names) delete env[name];
  // Nothing listens there: whoever asked would fail in another way.
  for (const name of set) env[name] = name === "CYCLES_BASE_URL" ? "http://127.0.0.1:9" : "a-value";
  const { status, stderr } = spawnSync(process.execPath, [join(root, file)], {
    cwd: root,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stderr };
}

it.each([
  { set: [], absent: names },
  { set: ["CYCLES_BASE_URL", "CYCLES_TENANT"], absent: ["CYCLES_API_KEY"] },
])("the suite for a live Cycles server fails where $absent are absent, and says what to set", ({ set, absent }) => {
  const { status, stderr } = run("scripts/test-cycles-live.mjs", set);
  expect(status).toBe(1);
  expect(names.filter((name) => stderr.includes(`${name} is absent: set it to `))).toEqual(absent);
});
