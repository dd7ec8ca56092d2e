import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cyclesAdapterOptions } from "../packages/adapter-cycles/src/cycles-adapter-options.js";
import { loadPolicy } from "../packages/agentkit-policy/src/index.js";
import { root } from "./import-rules.js";

const page = readFileSync(join(root, "docs/cycles.md"), "utf8");
const quiet = { info: () => undefined, warn: () => undefined };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkit-policy-cycles-page-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page's policy file, with one thing changed, and without a ledger on the disk. */
async function load(change: (text: string) => string) {
  const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(folder, "policy.yaml");
  writeFileSync(file, change(text.replace(/^ledger: .*$/m, "ledger: memory")));
  return await loadPolicy(file, { logger: quiet });
}

describe("docs/cycles.md", () => {
  it("shows a policy file that loads, once its variables are set", async () => {
    vi.stubEnv("CYCLES_BASE_URL", undefined);
    await expect(load((text) => text)).rejects.toThrow(/CYCLES_BASE_URL/);
    vi.stubEnv("CYCLES_BASE_URL", "https://cycles.example.com");
    vi.stubEnv("CYCLES_API_KEY", "a-key");
    vi.stubEnv("CYCLES_TENANT", "acme");
    const policy = await load((text) => text);
    await policy.dispose();
    await expect(load((text) => text.replace("worth:", "wroth:"))).rejects.toThrow(/wroth|worth/);
  });

  it("says what every option means, and of none that there is not", () => {
    const [, table = ""] = /\| option \| means \|\n\| --- \| --- \|\n([\s\S]*?)\n\n/.exec(page) ?? [];
    const named = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(Object.keys(cyclesAdapterOptions.shape).sort());
  });

  it("names every code that the adapter denies with", () => {
    const source = join(root, "packages/adapter-cycles/src");
    const codes = readdirSync(source)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...readFileSync(join(source, file), "utf8").matchAll(/\bcode: "(\w+)"/g)].map(([, code = ""]) => code));
    expect(new Set(codes).size).toBeGreaterThan(10);
    expect([...new Set(codes)].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
