import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "./import-rules.js";

const question = '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}';

/** The programs of the npm packages, below `dist`, each with what it is asked and a word of its answer. */
const programs = [
  { name: "agentkit-policy", file: "command/main.js", args: ["check", "policy.yaml"], input: "", says: "eth" },
  {
    name: "sidecar",
    file: "main.js",
    args: [],
    input: `Content-Length: ${question.length}\r\n\r\n${question}`,
    says: "protocolVersion",
  },
] as const;

const policy = 'version: 1\nledger: memory\nrules:\n  - { id: eth, limit: native, max: "1", per: [wallet], window: day }\n';
const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-programs-"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(join(folder, "policy.yaml"), policy);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a copy that has nothing beside it: no package is found from where it lies. */
function runAlone({ name, file }: (typeof programs)[number], args: readonly string[], input: string) {
  const dist = join(root, "packages", name, "dist");
  const alone = join(folder, name);
  cpSync(join(dist, file), join(alone, file));
  cpSync(join(dist, "program"), join(alone, "program"), { recursive: true });
  return spawnSync(process.execPath, [join(alone, file), ...args], { cwd: folder, input, encoding: "utf8" });
}

describe("a program of ours", () => {
  it.each(programs)("$name holds all that it needs, but drivers of databases", (program) => {
    const { status, stdout, stderr } = runAlone(program, program.args, program.input);
    expect(stderr).toBe("");
    expect(stdout).toContain(program.says);
    expect(status).toBe(0);
  });

  it("holds the engines that a policy names without a module", () => {
    const options = '{ baseUrl: "http://127.0.0.1:1", apiKey: k, tenant: t, prices: { eth: free } }';
    writeFileSync(
      join(folder, "engines.yaml"),
      `version: 1\nledger: memory\nrules:\n  - { id: cycles, use: cycles, with: ${options} }\n`,
    );
    const [command] = programs;
    const { stderr } = runAlone(command, ["check", "engines.yaml"], "");
    // Only the adapter knows its options.
    expect(stderr).toMatch(/engines\.yaml.*prices/s);
  });

  it.each(programs)("$name has the licences of what is in it beside it", ({ name, file }) => {
    const dist = join(root, "packages", name, "dist");
    const texts = readFileSync(join(dist, "program", "THIRD-PARTY-LICENSES.txt"), "utf8");
    const sources = [file, ...readdirSync(join(dist, "program")).map((chunk) => join("program", chunk))]
      .filter((chunk) => chunk.endsWith(".js"))
      .map((chunk) => readFileSync(join(dist, chunk), "utf8"));
    const packages = sources.flatMap((source) =>
      [...source.matchAll(/^\/\/ node_modules\/\.pnpm\/(.+?)\/node_modules\/(@[^/]+\/[^/]+|[^/]+)\//gm)].map(
        ([, , bundled]) => bundled,
      ),
    );
    const unnamed = [...new Set(packages)].filter((bundled) => !texts.includes(`${bundled} `));
    expect(new Set(packages).size).toBeGreaterThan(4);
    expect(unnamed).toEqual([]);
  });
});
