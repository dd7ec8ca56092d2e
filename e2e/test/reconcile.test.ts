import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { definePolicy, type LoadedPolicy, withPolicy } from "agentkit-policy";
import { createWalletClient, http, parseEther, parseGwei } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { baseSepolia } from "../world/agentkit.mjs";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { counted, silentLogger, temporaryFolder, until } from "./support.js";

// Real actions on a real chain, whose blocks are made, undone and made again; what the ledger counts is compared with balances.

let anvil: Anvil;
const policies: LoadedPolicy[] = [];

beforeAll(async () => {
  anvil = await startWorld();
});
afterEach(async () => {
  await anvil.request("evm_setAutomine", [true]);
  for (const policy of policies.splice(0)) await policy.dispose();
});
afterAll(async () => await anvil.stop());

const limit = { id: "eth", limit: "native", max: "1", per: [], window: "day" } as const;
const half = parseEther("0.5");

/** An agent for whom one receipt is not final, so that what is known of a payment for good comes from the chain. */
async function agent(name: string, { confirmations = 3, background = false, receiptTimeoutMs = 60_000 } = {}) {
  const account = freshAccount(name);
  await setBalance(anvil, account.address, parseEther("10"));
  const definition = {
    version: 1,
    ledger: `sqlite:${join(temporaryFolder(), "ledger.db")}`,
    chains: { [caipChainId]: { rpc: anvil.rpcUrl, confirmations } },
    rules: [limit],
  } as const;
  const policy = await definePolicy(definition, { background });
  policies.push(policy);
  const receipts = { pollingIntervalMs: 50, timeoutMs: receiptTimeoutMs };
  const { kit: bare } = await makeKit({ rpcUrl: anvil.rpcUrl, account, receipts });
  const kit = withPolicy(bare, policy, { logger: silentLogger });
  const to = freshAddress(`${name}, to`);
  const pay = async (value = "0.5"): Promise<string> => await invoke(kit, nativeTransfer, { to, value });
  const mine = async (blocks: number): Promise<unknown> => await anvil.request("anvil_mine", [`0x${blocks.toString(16)}`]);
  const pass = async () => (await policy.reconciler?.pass()) ?? [];
  /** Takes the nonce of the first payment with a transaction that pays more for its place. */
  const replace = async (receiver: `0x${string}`, value: bigint): Promise<`0x${string}`> => {
    const client = createWalletClient({ account, chain: baseSepolia, transport: http(anvil.rpcUrl) });
    const fees = { maxFeePerGas: parseGwei("500"), maxPriorityFeePerGas: parseGwei("400") };
    return await client.sendTransaction({ to: receiver, value, nonce: 0, ...fees });
  };
  return { account, policy, definition, to, pay, mine, pass, replace };
}

describe("the reconciler", () => {
  test("dates a payment by its block once that is final, and not before", async () => {
    const { policy, pay, mine, pass, to } = await agent("dated");
    await pay();
    expect(await balanceOf(anvil, to)).toBe(half);
    expect(await pass()).toEqual([]);
    await mine(1);
    expect(await pass()).toEqual([]);
    await mine(1);
    const [proven] = await pass();
    const block = await anvil.request("eth_getTransactionReceipt", [proven?.call.transactionId]);
    const { timestamp } = await anvil.request("eth_getBlockByNumber", [block.blockNumber, false]);
    expect(proven?.verdict).toEqual({ kind: "moved", blockTime: Number(timestamp) * 1_000 });
    expect(await counted(policy, "eth")).toBe(half);
    expect(await pass()).toEqual([]);
  });

  test("gives back what another transaction of the same nonce has replaced, once that is final", async () => {
    const { account, policy, pay, mine, pass, replace, to } = await agent("replaced", { receiptTimeoutMs: 300 });
    await anvil.request("evm_setAutomine", [false]);
    await pay();
    // The node shows the nonce of what is pending, and of nothing that was replaced.
    expect(await pass()).toEqual([]);
    await replace(account.address, 0n);
    await mine(1);
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(await pass()).toEqual([]);
    expect(await counted(policy, "eth")).toBe(half);
    await mine(2);
    expect(await pass()).toMatchObject([{ verdict: { kind: "never" } }]);
    expect(await counted(policy, "eth")).toBe(0n);
  });

  test("counts what was sent again under another id at a higher fee, and dates it by the block that has it", async () => {
    const { policy, pay, mine, pass, replace, to } = await agent("fee raised", { receiptTimeoutMs: 300 });
    await anvil.request("evm_setAutomine", [false]);
    await pay();
    expect(await pass()).toEqual([]);
    const hash = await replace(to, half);
    await mine(3);
    expect(await balanceOf(anvil, to)).toBe(half);
    const { blockNumber } = await anvil.request("eth_getTransactionReceipt", [hash]);
    const { timestamp } = await anvil.request("eth_getBlockByNumber", [blockNumber, false]);
    expect(await pass()).toMatchObject([{ verdict: { kind: "moved", blockTime: Number(timestamp) * 1_000 } }]);
    expect(await counted(policy, "eth")).toBe(half);
  });

  test("cannot tell, and counts all of it, where another amount went to the same payee under its nonce", async () => {
    const { policy, pay, mine, pass, replace, to } = await agent("amount changed", { receiptTimeoutMs: 300 });
    await anvil.request("evm_setAutomine", [false]);
    await pay();
    expect(await pass()).toEqual([]);
    await replace(to, parseEther("0.1"));
    await mine(3);
    expect(await pass()).toEqual([]);
    expect(await counted(policy, "eth")).toBe(half);
  });

  test("believes in no block that is undone: what is mined in another one counts by that", async () => {
    const { policy, pay, mine, pass, to } = await agent("undone", { confirmations: 4 });
    await mine(2);
    await pay();
    await mine(1);
    expect(await pass()).toEqual([]);
    await anvil.request("anvil_reorg", [2, []]);
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(await pass()).toEqual([]);
    expect(await counted(policy, "eth")).toBe(half);
  });

  test("works by itself in the background, and a process may end while it waits", async () => {
    const { policy, pay, mine } = await agent("background", { confirmations: 1, background: true });
    await pay();
    await mine(1);
    await until(async () => (await policy.ledger.unproven(10)).length === 0, "the payment is proven", 90_000);
    expect(await counted(policy, "eth")).toBe(half);
  });

  test("can be told to by hand", async () => {
    const { policy, definition, pay, mine } = await agent("by hand");
    await pay();
    await mine(3);
    const [unproven] = await policy.ledger.unproven(10);
    const file = join(temporaryFolder(), "policy.json");
    writeFileSync(file, JSON.stringify(definition));
    const program = fileURLToPath(new URL("../../packages/agentkit-policy/dist/command/main.js", import.meta.url));
    const said = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [program, "reconcile", file], (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
    expect(said).toContain(unproven?.transactionId);
    expect(said).toMatch(/moved at 20\d\d-/);
    expect(said).toContain("0 calls of attempts that are over are unproven");
  });
});
