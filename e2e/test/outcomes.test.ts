import { createWalletClient, fallback, http } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { baseSepolia } from "../world/agentkit.mjs";
import type { Anvil } from "../world/anvil.mjs";
import { type FlakyNode, startFlakyNode } from "../world/flaky-node.mjs";
import { invoke, nativeTransfer, tokenTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { setTokenBalance, testTokenAbi, testTokenAddress, tokenBalance } from "../world/test-token.mjs";
import { startWorld } from "../world/world.mjs";
import { makeSpender, oneEther, oneToken, type Setting, tokens } from "./spender.js";
import { counted } from "./support.js";

// Each test spends from a wallet and a ledger of its own, and asks the chain what really moved: what the ledger counts is
// never less, and equal to the wei wherever section 6 of the design says so.

let anvil: Anvil;
let flakyNode: FlakyNode;

beforeAll(async () => {
  anvil = await startWorld();
  flakyNode = await startFlakyNode(anvil.rpcUrl);
});
beforeEach(async () => {
  flakyNode.mode = "honest";
  await anvil.request("evm_setAutomine", [true]);
});
afterAll(async () => {
  await flakyNode.stop();
  await anvil.stop();
});

async function spender(name: string, setting: Setting = {}) {
  return await makeSpender(anvil, name, setting);
}

describe("an ERC-20 transfer that is mined and reverts, of which AgentKit says Transferred", () => {
  /** Sends a transfer of 60 tokens and, before it is mined, has somebody else take the wallet's tokens away. */
  async function revertedTransfer(name: string, final: boolean) {
    const { account, wallet, policy, heard, kit } = await spender(name, { final });
    const to = freshAddress(`${name} to`);
    const taker = freshAccount(`${name} taker`);
    await setBalance(anvil, taker.address, oneEther);
    const asSpender = createWalletClient({ account, chain: baseSepolia, transport: http(anvil.rpcUrl) });
    const asTaker = createWalletClient({ account: taker, chain: baseSepolia, transport: http(anvil.rpcUrl) });
    const approval = {
      address: testTokenAddress,
      abi: testTokenAbi,
      functionName: "approve",
      args: [taker.address, 100n * oneToken],
    } as const;
    await wallet.waitForTransactionReceipt(await asSpender.writeContract(approval));

    await anvil.request("evm_setAutomine", [false]);
    const answer: Promise<string> = invoke(kit, tokenTransfer, tokens(to, "60"));
    await heard.first("wallet.returned");
    await asTaker.writeContract({
      address: testTokenAddress,
      abi: testTokenAbi,
      functionName: "transferFrom",
      args: [account.address, taker.address, 100n * oneToken],
      gas: 200_000n,
      maxFeePerGas: 500n * 10n ** 9n,
      maxPriorityFeePerGas: 100n * 10n ** 9n,
    });
    await anvil.request("evm_mine");
    return { text: await answer, moved: await tokenBalance(anvil.rpcUrl, to), policy, heard, kit, account };
  }

  test("is free again where one confirmation is final", async () => {
    const { text, moved, policy, heard } = await revertedTransfer("reverted final", true);
    expect(text).toMatch(/^Transferred 60 of Test USD/);
    expect(moved).toBe(0n);
    expect(heard.events.find((event) => event.type === "wallet.receipt")?.detail).toBe("reverted");
    expect(await counted(policy, "tokens")).toBe(0n);
  });

  test("stays counted where nothing says when a receipt is final", async () => {
    const { text, moved, policy } = await revertedTransfer("reverted open", false);
    expect(text).toMatch(/^Transferred 60 of Test USD/);
    expect(moved).toBe(0n);
    expect(await counted(policy, "tokens")).toBe(60n * oneToken);
  });

  test("leaves the budget to the next transfer, which counts to the unit", async () => {
    const { policy, kit, account } = await revertedTransfer("reverted next", true);
    await anvil.request("evm_setAutomine", [true]);
    await setTokenBalance(anvil, account.address, 100n * oneToken);
    const to = freshAddress("reverted next second");
    expect(await invoke(kit, tokenTransfer, tokens(to, "2.5"))).toMatch(/^Transferred 2\.5/);
    expect(await tokenBalance(anvil.rpcUrl, to)).toBe(2_500_000n);
    expect(await counted(policy, "tokens")).toBe(2_500_000n);
  });
});

describe("a receipt that does not come in time, of which AgentKit says Error", () => {
  test.each([
    ["ETH", "eth", 10n ** 16n],
    ["tokens", "tokens", 3n * oneToken],
  ] as const)("%s that were sent count, and equal what is mined later", async (name, limitId, amount) => {
    const { policy, kit } = await spender(`timeout ${name}`, { receipts: { timeoutMs: 300 } });
    const to = freshAddress(`timeout ${name} to`);
    const moved = async (): Promise<bigint> =>
      limitId === "eth" ? await balanceOf(anvil, to) : await tokenBalance(anvil.rpcUrl, to);

    await anvil.request("evm_setAutomine", [false]);
    const text =
      limitId === "eth"
        ? await invoke(kit, nativeTransfer, { to, value: "0.01" })
        : await invoke(kit, tokenTransfer, tokens(to, "3"));

    expect(text).toMatch(/^Error (during transaction|transferring the asset): WaitForTransactionReceiptTimeoutError/);
    expect(await moved()).toBe(0n);
    expect(await counted(policy, limitId)).toBe(amount);
    await anvil.request("evm_mine");
    expect(await moved()).toBe(amount);
    expect(await counted(policy, limitId)).toBe(amount);
  });
});

describe("money that is not there", () => {
  test("a value that the wallet does not hold is refused by the guard, and nothing counts", async () => {
    const { policy, heard, kit } = await spender("poor");
    const to = freshAddress("poor to");
    expect(await invoke(kit, nativeTransfer, { to, value: "1.000000000000000001" })).toMatch(
      /^Error during transaction: .*insufficient funds/,
    );
    expect(heard.count("wallet.handed_over")).toBe(0);
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(await counted(policy, "eth")).toBe(0n);
    // What it does hold still goes.
    expect(await invoke(kit, nativeTransfer, { to, value: "0.9" })).toMatch(/^Transferred 0\.9/);
    expect(await counted(policy, "eth")).toBe(await balanceOf(anvil, to));
  });

  test("a value without the fees beside it counts as gone, because no error of a broadcast proves that nothing left", async () => {
    const { policy, heard, kit } = await spender("no fees");
    const to = freshAddress("no fees to");
    expect(await invoke(kit, nativeTransfer, { to, value: "1" })).toMatch(/^Error during transaction/);
    expect(await balanceOf(anvil, to)).toBe(0n);
    // The node refused it, but a node behind viem's fallback may have said so after another one took it.
    expect(heard.count("wallet.raised")).toBe(1);
    expect(await counted(policy, "eth")).toBe(oneEther);
  });

  test("tokens that the wallet does not hold are refused by AgentKit itself, and nothing counts", async () => {
    const { policy, heard, kit } = await spender("no tokens");
    const to = freshAddress("no tokens to");
    expect(await invoke(kit, tokenTransfer, tokens(to, "100.000001"))).toMatch(/^Error: Insufficient Test USD/);
    expect(heard.count("wallet.requested")).toBe(0);
    expect(await counted(policy, "tokens")).toBe(0n);
    expect(await invoke(kit, tokenTransfer, tokens(to, "100"))).toMatch(/^Transferred 100/);
    expect(await counted(policy, "tokens")).toBe(await tokenBalance(anvil.rpcUrl, to));
  });

  test("a transfer that fails while its gas is estimated never left, and nothing counts", async () => {
    const { policy, heard, kit, wallet } = await spender("blocked");
    const to = freshAddress("blocked to");
    const operator = createWalletClient({ account: freshAccount("operator"), chain: baseSepolia, transport: http(anvil.rpcUrl) });
    await setBalance(anvil, operator.account.address, oneEther);
    const setBlocked = async (value: boolean): Promise<void> => {
      const call = { address: testTokenAddress, abi: testTokenAbi, functionName: "setBlocked", args: [to, value] } as const;
      await wallet.waitForTransactionReceipt(await operator.writeContract(call));
    };
    await setBlocked(true);
    expect(await invoke(kit, tokenTransfer, tokens(to, "1"))).toMatch(/^Error transferring the asset: .*blocked/s);
    expect(heard.count("wallet.never_left")).toBe(1);
    expect(await counted(policy, "tokens")).toBe(0n);
    await setBlocked(false);
    expect(await invoke(kit, tokenTransfer, tokens(to, "1"))).toMatch(/^Transferred 1/);
    expect(await tokenBalance(anvil.rpcUrl, to)).toBe(oneToken);
    expect(await counted(policy, "tokens")).toBe(oneToken);
  });
});

describe("a node that takes the transaction and answers 503, with an honest node behind it", () => {
  function twoNodes() {
    return fallback([http(flakyNode.rpcUrl, { retryCount: 0 }), http(anvil.rpcUrl, { retryCount: 0 })], { retryCount: 0 });
  }

  test.each([
    ["ETH", "eth", 12_345_678_901_234_567n],
    ["tokens", "tokens", 1_234_567n],
  ] as const)(
    "%s moved although the error says that the nonce was too low, and count to the last unit",
    async (name, limitId, amount) => {
      const { account, policy, kit } = await spender(`flaky ${name}`, { transport: twoNodes() });
      const to = freshAddress(`flaky ${name} to`);
      flakyNode.mode = "mines_and_fails";
      const before = flakyNode.taken.length;

      const text =
        limitId === "eth"
          ? await invoke(kit, nativeTransfer, { to, value: "0.012345678901234567" })
          : await invoke(kit, tokenTransfer, tokens(to, "1.234567"));

      expect(text).toMatch(/^Error (during transaction|transferring the asset): .*nonce too low/s);
      expect(flakyNode.taken.length).toBe(before + 1);
      expect(Number(await anvil.request("eth_getTransactionCount", [account.address, "latest"]))).toBe(1);
      expect(limitId === "eth" ? await balanceOf(anvil, to) : await tokenBalance(anvil.rpcUrl, to)).toBe(amount);
      expect(await counted(policy, limitId)).toBe(amount);
    },
  );

  test("that says the transaction is known already moved the money all the same", async () => {
    const { policy, kit } = await spender("flaky known", { transport: twoNodes() });
    const to = freshAddress("flaky known to");
    flakyNode.mode = "takes_and_fails";
    await anvil.request("evm_setAutomine", [false]);
    expect(await invoke(kit, nativeTransfer, { to, value: "0.02" })).toMatch(/^Error during transaction/);
    expect(await counted(policy, "eth")).toBe(2n * 10n ** 16n);
    await anvil.request("evm_mine");
    expect(await balanceOf(anvil, to)).toBe(2n * 10n ** 16n);
  });

  test("that is honest again: the transfer ends as usual and counts once", async () => {
    const { policy, kit } = await spender("flaky honest", { transport: twoNodes() });
    const to = freshAddress("flaky honest to");
    expect(await invoke(kit, nativeTransfer, { to, value: "0.01" })).toMatch(/^Transferred 0\.01/);
    expect(await balanceOf(anvil, to)).toBe(10n ** 16n);
    expect(await counted(policy, "eth")).toBe(10n ** 16n);
  });
});
