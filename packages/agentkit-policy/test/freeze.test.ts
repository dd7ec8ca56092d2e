import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedPolicy, loadPolicy } from "../src/index.js";
import { commandIn } from "./support/command.js";
import { pay } from "./support/pay.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-freeze-"));
const file = join(folder, "policy.yaml");
writeFileSync(
  file,
  'version: 1\nledger: sqlite:./ledger.db\nrules:\n  - { id: eth, limit: native, max: "1", per: [wallet], window: day }\n',
);
const run = commandIn(folder);

const checksummed = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const lower = checksummed.toLowerCase();
const solana = "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin";
const solanaMainnet = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

let policy: LoadedPolicy;
beforeAll(async () => {
  policy = await loadPolicy(file);
});
afterAll(async () => {
  await policy.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const frozen = { decision: "deny", code: "frozen" };
const allowed = { decision: "allow" };

describe("agentkit-policy freeze", () => {
  it.each([checksummed, lower, `eip155:${checksummed}`, `eip155:${lower}`, `eip155:84532:${checksummed}`, `eip155:1:${lower}`])(
    "stops the wallet %s on every EVM chain, says by which text, and unfreeze takes the same form",
    async (wallet) => {
      expect(await run("freeze", "wallet", wallet, "--reason", "stolen")).toEqual({
        code: 0,
        stdout: `frozen: wallet eip155:${lower} (stolen); it is frozen on every EVM chain\n`,
        stderr: "",
      });
      expect(await pay(policy, { walletAddress: lower })).toMatchObject(frozen);
      expect(await pay(policy, { walletAddress: lower, chainId: "eip155:8453" })).toMatchObject(frozen);
      expect(await pay(policy, { walletAddress: lower.replace("0x7", "0x8") })).toMatchObject(allowed);
      expect(await run("unfreeze", "wallet", wallet)).toMatchObject({
        code: 0,
        stdout: `no longer frozen: wallet eip155:${lower}\n`,
      });
      expect(await pay(policy, { walletAddress: lower })).toMatchObject(allowed);
    },
  );

  it.each([`solana:${solana}`, `${solanaMainnet}:${solana}`])("stops the wallet %s, whose case it keeps", async (wallet) => {
    expect(await run("freeze", "wallet", wallet, "--reason", "stolen")).toMatchObject({
      code: 0,
      stdout: `frozen: wallet solana:${solana} (stolen)\n`,
    });
    expect(await pay(policy, { walletAddress: solana, chainId: solanaMainnet })).toMatchObject(frozen);
    expect(await run("unfreeze", "wallet", wallet)).toMatchObject({ code: 0 });
    expect(await pay(policy, { walletAddress: solana, chainId: solanaMainnet })).toMatchObject(allowed);
  });

  it.each([
    ["", "is no wallet"],
    ["alice.eth", "is no wallet"],
    [solana, "is no wallet"],
    [`eip155:84532`, "is no wallet"],
    [`eip155:x:${lower}`, "is no wallet"],
    [`cosmos:hub:${lower}`, "is no wallet"],
    [lower.slice(0, -1), "its checksum is wrong"],
    [checksummed.replace("d17", "D17"), "its checksum is wrong"],
    [solanaMainnet, "is no address of Solana"],
    [`solana:${lower}`, "is no address of Solana"],
    [`solana:${solana.slice(0, -2)}`, "is no address of Solana"],
  ])('refuses the wallet "%s", freezes nothing, and shows the right form', async (wallet, problem) => {
    const before = await policy.ledger.freezes();
    const { code, stdout, stderr } = await run("freeze", "wallet", wallet, "--reason", "stolen");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(problem);
    expect(stderr).toContain("0x… or eip155:0x…");
    expect(await policy.ledger.freezes()).toEqual(before);
  });

  it.each(["wallet.native_transfer", "WalletActionProvider_native_transfer", "native_transfer"])(
    "stops the action %s by its canonical id",
    async (action) => {
      const transfer = { actionName: "WalletActionProvider_native_transfer", canonicalAction: "wallet.native_transfer" };
      expect(await run("freeze", "action", action, "--reason", "loop")).toEqual({
        code: 0,
        stdout: "frozen: action wallet.native_transfer (loop)\n",
        stderr: "",
      });
      expect(await pay(policy, transfer)).toMatchObject(frozen);
      expect(await pay(policy, { actionName: "pay" })).toMatchObject(allowed);
      expect(await run("unfreeze", "action", action)).toMatchObject({ code: 0 });
      expect(await pay(policy, transfer)).toMatchObject(allowed);
    },
  );

  it("knows an action by the ending of its full name, where the canonical id ends otherwise", async () => {
    expect((await run("freeze", "action", "coinIt", "--reason", "r")).stdout).toBe("frozen: action zora.coin_it (r)\n");
    expect(await run("unfreeze", "action", "ZoraActionProvider_coinIt")).toMatchObject({ code: 0 });
  });

  it("stops an action of the program's own by its name, and says that it is none of AgentKit's", async () => {
    expect(await run("freeze", "action", "CustomActionProvider_pay", "--reason", "loop")).toMatchObject({
      code: 0,
      stdout:
        "frozen: action CustomActionProvider_pay (loop); no built-in action has this name, so it is frozen as it is written\n",
    });
    expect(await pay(policy, { actionName: "CustomActionProvider_pay" })).toMatchObject(frozen);
    expect(await run("unfreeze", "action", "CustomActionProvider_pay")).toMatchObject({ code: 0 });
  });

  it.each([
    ["wallet.*", "is a pattern"],
    ["*", "is a pattern"],
    ["get_balance", "erc20.get_balance, erc721.get_balance"],
  ])("refuses the action %s, which names more than one, and freezes nothing", async (action, hint) => {
    expect(await run("freeze", "action", action, "--reason", "loop")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining(hint),
    });
    expect(await policy.ledger.freezes()).toEqual([]);
  });

  it("leaves the value of another scope as it is", async () => {
    expect((await run("freeze", "user", checksummed, "--reason", "r")).stdout).toBe(`frozen: user ${checksummed} (r)\n`);
    expect(await run("unfreeze", "user", checksummed)).toMatchObject({ code: 0 });
  });

  it("a text that was frozen as it was written, and stops nobody, can be taken back as budgets lists it", async () => {
    await policy.ledger.freeze({ scope: "wallet", value: checksummed, reason: "by hand" });
    expect((await run("budgets")).stdout).toContain(`frozen: wallet ${checksummed} (by hand)`);
    expect(await run("unfreeze", "wallet", checksummed)).toMatchObject({
      code: 0,
      stdout: `no longer frozen: wallet ${checksummed}\n`,
    });
    expect(await policy.ledger.freezes()).toEqual([]);
  });
});
