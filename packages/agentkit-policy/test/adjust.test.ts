import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedPolicy, loadPolicy } from "../src/index.js";
import { commandIn } from "./support/command.js";
import { coin, newAttemptId } from "./support/pay.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-adjust-"));
const usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
const usdcChecksummed = "eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e";
const file = join(folder, "policy.yaml");
writeFileSync(
  file,
  `version: 1
ledger: sqlite:./ledger.db
rules:
  - { id: eth, limit: native, max: "1", per: [], window: day }
  - { id: usdc, limit: "${usdc}", max: "1", per: [], window: day }
`,
);
const run = commandIn(folder);
const attemptId = newAttemptId();

let policy: LoadedPolicy;
beforeAll(async () => {
  policy = await loadPolicy(file);
  const line = { unit: "amount", amount: "70" } as const;
  const lines = [
    { ...line, asset: coin },
    { ...line, asset: usdc },
  ];
  await policy.ledger.reserve({ attemptId, stepId: "root", scopes: {}, lines, limits: [], arm: true });
});
afterAll(async () => {
  await policy.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const adjust = (...args: string[]) => run("budgets", "adjust", attemptId, ...args, "--reason", "seen");
const counted = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await policy.balances()).map((balance) => [balance.limitId, balance.counted]));

describe("agentkit-policy budgets adjust", () => {
  it.each([
    [["--spent", "5", "--asset", "ETH"], '"ETH" is no asset'],
    [["--spent", "5", "--asset", "native"], '"native" is no asset'],
    [["--spent", "5", "--asset", "slip44:60"], '"slip44:60" is no asset'],
    [["--spent", "5", "--asset", `${coin}1`], "is no asset"],
    [["--spent", "5", "--asset", usdcChecksummed.replace("CbD", "cbD")], "its checksum is wrong"],
    [["--spent", "5", "--asset", "eip155:84532/erc20:USDC"], "is no address of a token"],
    [["--spent", "5"], "each --spent needs its --asset"],
    [["--spent", "0", "--spent", "0"], "each --spent needs its --asset"],
    [["--spent", "5", "--spent", "6", "--asset", coin], "each --spent needs its --asset"],
    [["--spent", "5", "--asset", coin, "--asset", usdc], "each --spent needs its --asset"],
    [["--spent", "5", "--asset", usdc, "--spent", "6", "--asset", usdcChecksummed], "is named twice"],
    [["--spent", "0.1", "--asset", coin], "is no amount in atomic units"],
    [
      ["--spent", "5", "--asset", "eip155:5042002/erc20:0x3600000000000000000000000000000000000000"],
      "write eip155:5042002/slip44:60, and the amount in its 18 decimals",
    ],
  ])("%j is refused, shows the right form, and changes nothing", async (args, problem) => {
    const { code, stdout, stderr } = await adjust(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(problem);
    if (stderr.includes("asset;") || stderr.includes("--asset,")) expect(stderr).toContain("eip155:84532/slip44:60");
    expect(await counted()).toEqual({ eth: "70", usdc: "70" });
  });

  it("sets each asset that is named, in the order of its amounts, and says that nothing else counts", async () => {
    expect(await adjust("--asset", coin, "--spent", "5", "--spent", "6", "--asset", usdcChecksummed)).toEqual({
      code: 0,
      stdout: `${attemptId} counts 5 atomic units of ${coin} and 6 atomic units of ${usdc}, and nothing else, from now on: seen\n`,
      stderr: "",
    });
    expect(await counted()).toEqual({ eth: "5", usdc: "6" });
  });

  it("an asset that is not named counts nothing any more, and neither does one with 0", async () => {
    expect(await adjust("--asset", coin, "--spent", "0", "--asset", usdc, "--spent", "7")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`0 atomic units of ${coin} and 7 atomic units of ${usdc}, and nothing else`),
    });
    expect(await counted()).toEqual({ eth: "0", usdc: "7" });
    expect(await adjust("--asset", coin, "--spent", "8")).toMatchObject({
      code: 0,
      stdout: `${attemptId} counts 8 atomic units of ${coin}, and nothing else, from now on: seen\n`,
    });
    expect(await counted()).toEqual({ eth: "8", usdc: "0" });
  });

  it("--spent 0 alone means nothing at all", async () => {
    expect(await adjust("--spent", "0")).toEqual({
      code: 0,
      stdout: `${attemptId} counts no money from now on: seen\n`,
      stderr: "",
    });
    expect(await counted()).toEqual({ eth: "0", usdc: "0" });
  });
});
