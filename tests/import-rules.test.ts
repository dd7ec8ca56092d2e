import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importRules, importsOf, packageImports, root, violationsOf } from "./import-rules.js";

const names = readdirSync(join(root, "packages")).filter((name) => existsSync(join(root, "packages", name, "package.json")));

describe("who imports whom", () => {
  it("is looked at: every package is walked, and has imports", () => {
    expect(names.sort()).toEqual(Object.keys(importRules).sort());
    for (const name of names) expect(packageImports(name).length, name).toBeGreaterThan(2);
    expect(names.flatMap(packageImports).length).toBeGreaterThan(150);
  });

  it.each(names)("in packages/%s is what the design allows", (name) => {
    expect(violationsOf(name, packageImports(name))).toEqual([]);
  });

  it.each(names)("in packages/%s is declared in its package.json, and nothing more", (name) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
    const { onUse = [], folders = {} } = importRules[name] ?? {};
    const onlyThere = Object.values(folders).flat();
    for (const peer of [...onUse, ...onlyThere].filter((name) => !name.startsWith("@agentkit-policy/")))
      expect(optional, "what is not loaded always, and is not ours, is an optional peer").toContain(peer);
    const required = Object.keys(manifest.peerDependencies ?? {}).filter((peer) => !optional.includes(peer));
    const declared = new Set([...Object.keys(manifest.dependencies ?? {}), ...required, ...onUse, ...onlyThere]);
    const used = packageImports(name)
      .map(({ specifier }) => specifier)
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .map((specifier) =>
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(used)].sort()).toEqual([...declared].sort());
  });

  it.each([
    ["core", 'import { parse } from "zod";', 1],
    ["core", 'import { AgentKit } from "@coinbase/agentkit";', 1],
    ["core", 'import type { AgentKit } from "@coinbase/agentkit";', 0],
    ["core", 'export * from "@agentkit-policy/ledger";', 1],
    ["core", 'const viem = await import("viem");', 1],
    ["core", "import {\n  a,\n  b,\n} from 'viem/utils';", 1],
    ["effects", 'import { withPolicy } from "@agentkit-policy/core";', 1],
    ["ledger", 'import "libsql";', 1],
    ["ledger", 'import { Client } from "pg";', 1],
    ["ledger", 'import type { Client } from "pg";', 0],
    ["ledger", 'const pg = await import("pg");', 0],
    ["ledger", 'import fc from "fast-check";', 1],
    ["ledger", 'import { walk } from "./driver-kit/walk.js";', 1],
    ["schema", 'import { x } from "./x.js";\nimport { y } from "node:fs";', 0],
    ["core", 'import { x } from "../../ledger/src/index.js";', 1],
    ["core", "const { z } = await import(`zod`);", 1],
    ["core", "const anything = await import(name);", 1],
    ["unheard-of", "", 1],
  ])("in packages/%s, %j is seen for what it is", (name, text, count) => {
    expect(violationsOf(name, importsOf(`packages/${name}/src/file.ts`, text))).toHaveLength(count);
  });

  it("in a folder that is loaded by itself is what the folder needs, and the package's own", () => {
    const text =
      'import fc from "fast-check";\nimport { a } from "./walk.js";\nimport { b } from "../ledger.js";\nimport c from "zod";';
    expect(violationsOf("ledger", importsOf("packages/ledger/src/driver-kit/file.ts", text))).toHaveLength(1);
  });
});
