import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "./support.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scripts = (name: string): string => new URL(`../../scripts/lib/${name}`, import.meta.url).href;

/** What the machine of somebody who only installed the wheel has: an environment, and nothing of Node's on PATH. */
const folder = temporaryFolder();
const bin = join(folder, "environment", "bin");
const environment = { PATH: join(folder, "empty"), HOME: folder };

/** Installs into the environment, by the pins of the repository. */
async function install(...what: readonly string[]): Promise<void> {
  const { binOf } = (await import(scripts("python.mjs"))) as { binOf(name: string): string };
  execFileSync(join(binOf("tools"), "uv"), ["pip", "install", "--quiet", "--python", join(bin, "python"), ...what], {
    cwd: root,
  });
}

beforeAll(async () => {
  const { findPythons } = (await import(scripts("python.mjs"))) as { findPythons(): { path: string }[] };
  const { buildWheel } = (await import(scripts("wheel.mjs"))) as { buildWheel(to: string): Promise<{ file: string }> };
  const [newest] = findPythons();
  const { file } = await buildWheel("node_modules/.cache/agentkit-policy/wheel");
  mkdirSync(environment.PATH);
  execFileSync((newest as { path: string }).path, ["-m", "venv", join(folder, "environment")]);
  await install("-c", "python/requirements/wheel.txt", `${join(root, file)}[node]`);
}, 300_000);

describe("the wheel, in an empty environment, with no Node on PATH", () => {
  test("brings the command, which checks a policy file", () => {
    const file = join(folder, "policy.yaml");
    writeFileSync(
      file,
      'version: 1\nledger: memory\nrules:\n  - { id: eth, limit: native, max: "0.05", per: [user], window: day }\n',
    );
    const command = (...args: string[]): string =>
      execFileSync(join(bin, "agentkit-policy"), args, { env: environment, encoding: "utf8", stdio: "pipe" });
    expect(command("check", file)).toContain("at most 0.05 of the chain's coin per user, each day (UTC)");
    expect(command("--help")).toContain("budgets");
    writeFileSync(file, "version: 1\nledger: memory\nrules: [{ id: a, limit: natve }]\n");
    expect(() => command("check", file)).toThrow(/policy.yaml:3:\d+/);
  });

  test("carries no file of the clone's that changes when the clone does", () => {
    const site = join(folder, "environment", "lib");
    const installed = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => /agentkit_policy\//.test(name));
    for (const name of ["bundled/sidecar.mjs", "bundled/agentkit-policy.mjs", "bundled/THIRD-PARTY-LICENSES.txt", "py.typed"]) {
      expect(
        installed.some((path) => path.endsWith(`agentkit_policy/${name}`)),
        name,
      ).toBe(true);
    }
  });

  test("runs the Python half of the demo", async () => {
    await install("-r", "python/requirements/agentkit.txt");
    // This process's own Node runs the demo's chain and its proofs; the agent's decisions are made by the wheel's.
    const output = execFileSync(process.execPath, ["main.mjs", "--python-only"], {
      cwd: join(root, "examples", "shared-budget"),
      env: { ...environment, AGENTKIT_POLICY_PYTHON: join(bin, "python") },
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(output).toContain("12 times 0.004 ETH");
    expect(output).toMatch(/All \d+ claims hold\./);
  }, 300_000);
});
