import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadPolicy } from "../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));

const policyText = `version: 1
ledger: sqlite:./ledger.db
rules:
  - { id: daily-eth, limit: native, max: "0.05", per: [wallet], window: day }
  - { id: loop, limit: actions, max: 20, per: [run], window: 10m }
  - { id: payees, allow: { recipients: ["0x70997970c51812dc3a010c7d01b50e0d17dc79c8"] } }
`;
writeFileSync(join(folder, "policy.yaml"), policyText);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("agentkit-policy", () => {
  it.each([["--help"], ["check", "--help"], ["budgets", "--help"]])("%s %s says how it is used", async (...args) => {
    expect(await run(...args.filter((arg) => arg !== undefined))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: agentkit-policy"),
    });
  });

  it("check says what every rule does", async () => {
    const { code, stdout, stderr } = await run("check");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("daily-eth  limit  at most 0.05 of the chain's coin per wallet, each day (UTC)");
    expect(stdout).toContain("loop       limit  at most 20 actions per run, in any 600 s");
    expect(stdout).toContain("payees     allow  recipients: 0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  });

  it("check of a wrong file fails with file, line and hint, and prints nothing on standard output", async () => {
    writeFileSync(join(folder, "wrong.yaml"), policyText.replace("max:", "maximum:"));
    expect(await run("check", "wrong.yaml")).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^error: wrong\.yaml:4:37 rules\[0\]\.maximum: the key "maximum" is unknown\n {2}hint: .*max/,
      ),
    });
  });

  it("budgets of a policy under which nothing ran says that there is no ledger yet", async () => {
    expect(await run("budgets")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("there is no ledger") });
  });

  it("budgets shows what is counted and left, and as JSON in exact atomic units", async () => {
    const policy = await loadPolicy(join(folder, "policy.yaml"));
    const asset = "eip155:84532/slip44:60";
    const time = Date.now().toString(16).padStart(12, "0");
    await policy.ledger.reserve({
      attemptId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`,
      stepId: "root",
      scopes: { wallet: "eip155:0xf39f" },
      lines: [{ unit: "amount", asset, amount: "7000000000000000" }],
      limits: [],
      arm: true,
    });
    await policy.dispose();
    const { code, stdout } = await run("budgets");
    expect(code).toBe(0);
    expect(stdout).toMatch(/daily-eth\s+wallet eip155:0xf39f\s+0\.007 ETH\s+0\.007 ETH\s+0\.043 ETH\s+0\.05 ETH/);
    expect(JSON.parse((await run("budgets", "--json")).stdout)).toEqual([
      {
        limitId: "daily-eth",
        scope: { wallet: "eip155:0xf39f" },
        asset,
        unit: "amount",
        counted: "7000000000000000",
        open: "7000000000000000",
        max: "50000000000000000",
        left: "43000000000000000",
      },
    ]);
  });

  it("an unknown command fails and says where help is", async () => {
    expect(await run("spend")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--help") });
  });
});
