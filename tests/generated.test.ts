import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
// @ts-expect-error: the root's scripts are plain JavaScript, without declarations.
import { generate, readDefinitions } from "../scripts/lib/contract.mjs";
import { root } from "./import-rules.js";

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

describe("the generated files", () => {
  it("are what follows from the schemas", async () => {
    const files = (await generate()) as GeneratedFile[];
    expect(files.map(({ path }) => path)).toEqual([
      "packages/schema/src/generated/types.ts",
      "packages/schema/src/generated/validators.ts",
      "packages/schema/src/generated/outcome-labels.ts",
      "python/src/agentkit_policy/generated/outcome_labels.py",
      "python/src/agentkit_policy/generated/types.py",
      "python/src/agentkit_policy/generated/checks.py",
    ]);
    for (const { path, text } of files) expect(readFileSync(join(root, path), "utf8") === text, path).toBe(true);
  });

  it("name their sources and their hash, so that a schema cannot change without them", () => {
    const { sha256 } = readDefinitions() as { sha256: string };
    for (const path of ["packages/schema/src/generated/types.ts", "python/src/agentkit_policy/generated/types.py"]) {
      expect(readFileSync(join(root, path), "utf8")).toContain(sha256);
    }
  });

  it("keep allow and deny apart, so that the compiler narrows them", () => {
    const types = readFileSync(join(root, "packages/schema/src/generated/types.ts"), "utf8");
    expect(types).toContain("export type PolicyDecision = Allow | Deny;");
    expect(types).toMatch(/export interface Allow \{\s+decision: "allow";/);
    expect(types).toMatch(/export interface Deny \{\s+decision: "deny";/);
  });
});
