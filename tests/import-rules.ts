import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** An import of one file: what it names, and whether only its types are used. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** Whether it is loaded only when it is needed. */
  readonly onUse?: boolean;
}

/** Whom a package may import beside itself and Node. `types` may be imported as types only, `onUse` also when they are needed. */
export interface ImportRule {
  readonly values: readonly string[];
  readonly types: readonly string[];
  readonly onUse?: readonly string[];
  /** Folders that are loaded by themselves, with whom they may import besides. Nothing outside a folder may import from it. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
}

/** The table "Who may import whom" of the design, for the packages that there are. */
export const importRules: Readonly<Record<string, ImportRule>> = {
  schema: { values: ["canonicalize"], types: [] },
  core: { values: ["@agentkit-policy/schema"], types: ["@coinbase/agentkit"] },
  effects: { values: ["@agentkit-policy/schema", "@noble/hashes"], types: ["@agentkit-policy/core"] },
  // Database clients are optional peers, loaded on use: SQLite's by a name that only sqlite-database.ts holds.
  ledger: {
    values: ["@agentkit-policy/schema"],
    types: [],
    onUse: ["pg"],
    // The checks for drivers, which are for tests.
    folders: { "driver-kit": ["fast-check"] },
  },
  policies: {
    values: [
      "@agentkit-policy/schema",
      "@agentkit-policy/core",
      "@agentkit-policy/effects",
      "@agentkit-policy/ledger",
      "fastest-levenshtein",
      "yaml",
      "zod",
    ],
    types: [],
  },
  // Never AgentKit: it decides for a host in another process. Adapters only by their names in a policy file.
  sidecar: {
    values: [
      "@agentkit-policy/schema",
      "@agentkit-policy/core",
      "@agentkit-policy/effects",
      "@agentkit-policy/ledger",
      "@agentkit-policy/policies",
      "vscode-jsonrpc",
    ],
    types: [],
    onUse: ["@agentkit-policy/adapter-cycles"],
  },
  // Its test server is for tests, and loaded by itself.
  "adapter-cycles": {
    values: ["@agentkit-policy/core", "@agentkit-policy/schema", "lossless-json", "undici", "zod"],
    types: [],
    folders: { "test-server": [] },
  },
  conformance: { values: ["@agentkit-policy/schema", "@agentkit-policy/core"], types: [] },
  "agentkit-policy": {
    values: [
      "@agentkit-policy/schema",
      "@agentkit-policy/core",
      "@agentkit-policy/effects",
      "@agentkit-policy/ledger",
      "@agentkit-policy/policies",
      "commander",
      "picocolors",
    ],
    types: [],
    onUse: ["@agentkit-policy/adapter-cycles"],
  },
};

const fromClause = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/g;
const dynamicImport = /\b(?:import|require|getBuiltinModule)\(\s*["'`]([^"'`]+)["'`]/g;
/** An import whose name is not written out, of which nobody can tell what it loads. */
const openImport = /\b(?:import|require)\((?!\s*["'`])/g;
/** Where such an import may stand. */
const openImportsAllowed: readonly string[] = [
  // The drivers of SQLite are loaded by a name from a closed list.
  "packages/ledger/src/sqlite-database.ts",
  // The driver that is checked is the caller's own.
  "packages/ledger/src/driver-kit/child.ts",
  "packages/ledger/src/driver-kit/process-checks.ts",
  // An adapter's module is named by a policy file.
  "packages/policies/src/adapters.ts",
];

/** The static imports in a text: what is loaded before its first line runs. */
export function staticImportsOf(file: string, text: string): Import[] {
  return [...text.matchAll(fromClause)].map(([, type, specifier = ""]) => ({ file, specifier, typeOnly: type !== undefined }));
}

/** Every import in a text of TypeScript, static and dynamic. */
export function importsOf(file: string, text: string): Import[] {
  const dynamic = [...text.matchAll(dynamicImport)].map(([, specifier = ""]) => ({
    file,
    specifier,
    typeOnly: false,
    onUse: true,
  }));
  const open = [...text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "").matchAll(openImport)].map(() => ({
    file,
    specifier: "(computed)",
    typeOnly: false,
  }));
  return [...staticImportsOf(file, text), ...dynamic, ...(openImportsAllowed.includes(file) ? [] : open)];
}

/** The imports that a package may not have, as sentences. */
export function violationsOf(name: string, imports: readonly Import[]): string[] {
  const rule = importRules[name];
  if (rule === undefined) return [`packages/${name} has no row in the table of import rules`];
  return imports.flatMap(({ file, specifier, typeOnly, onUse = false }) => {
    if (specifier.startsWith("node:")) return [];
    const folders = Object.entries(rule.folders ?? {}).map(([of, values]) => ({ of: `packages/${name}/src/${of}/`, values }));
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(file), specifier);
      if (!target.startsWith(`packages/${name}/src/`))
        return [`${file} imports ${specifier}, which is no file of packages/${name}/src`];
      const apart = folders.find(({ of }) => target.startsWith(of) && !file.startsWith(of));
      return apart === undefined ? [] : [`${file} imports ${specifier}, but nothing outside ${apart.of} may`];
    }
    const wanted = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : (specifier.split("/")[0] ?? "");
    if (rule.values.includes(wanted) || (typeOnly && rule.types.includes(wanted))) return [];
    if (rule.onUse?.includes(wanted) === true && (typeOnly || onUse)) return [];
    if (folders.some(({ of, values }) => file.startsWith(of) && values.includes(wanted))) return [];
    return [
      `${file} imports ${specifier}${rule.types.includes(wanted) ? " for more than its types" : ""}; packages/${name} may not`,
    ];
  });
}

/** All imports of a package's source. */
export function packageImports(name: string): Import[] {
  const folder = join(root, "packages", name, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => importsOf(`packages/${name}/src/${file}`, readFileSync(join(folder, file), "utf8")));
}
