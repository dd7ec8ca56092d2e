import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, staticImportsOf } from "./import-rules.js";

const file = join(root, "examples/minimal-runner/main.mjs");
const source = readFileSync(file, "utf8");

/** A folder in which there is nothing but schemas/v1 and the runner. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkit-policy-minimal-"));
  cpSync(join(root, "schemas"), join(folder, "schemas"), { recursive: true });
  mkdirSync(join(folder, "examples/minimal-runner"), { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(code: string): { readonly status: number | null; readonly stdout: string } {
  const copy = join(folder, "examples/minimal-runner/main.mjs");
  writeFileSync(copy, code);
  const { status, stdout } = spawnSync(process.execPath, [copy], { encoding: "utf8", timeout: 60_000 });
  return { status, stdout };
}

describe("the minimal runner", () => {
  it("is at most 200 lines, and imports nothing of ours", () => {
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
    const imported = staticImportsOf(file, source).map(({ specifier }) => specifier);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((specifier) => !specifier.startsWith("node:"))).toEqual([]);
  });

  it("passes every vector of decision, order and failure, where there is nothing beside it but schemas/v1", () => {
    const vectors = ["decision", "order", "failure"].map(
      (name) => JSON.parse(readFileSync(join(root, `schemas/v1/vectors/${name}.json`), "utf8")).vectors.length as number,
    );
    const count = vectors.reduce((sum, length) => sum + length, 0);
    expect(run(source)).toEqual({ status: 0, stdout: `${count} of ${count} vectors hold\n` });
  });

  it.each([
    ["tells its providers in order", ").reverse()) {", ")) {", "order/forward-then-reverse"],
    [
      "takes rubbish for an allow",
      "if (decision === undefined) return denied",
      "if (decision === null) return denied",
      "failure/",
    ],
    [
      "asks a failed provider no more questions and allows",
      'return denied("policy_error", "failed")',
      "return {}",
      "failure/throws",
    ],
    ["forgets that a wallet call was denied", "this.denial ??= await", "this.denial = await", "decision/wallet-call-denied-ends"],
  ])("is seen where it %s", (_what, find, replace, vector) => {
    expect(source.split(find)).toHaveLength(2);
    const { status, stdout } = run(source.replace(find, replace));
    expect(status).toBe(1);
    expect(stdout).toContain(`${vector}`);
  });
});
