import { withPolicy } from "agentkit-policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Anvil } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { silentLogger } from "./support.js";

// The RFC's interface, verbatim (section 4 of the design). That this file compiles is part of the test.
// biome-ignore format: verbatim
type PolicyDecision =
  | { decision: "allow"; metadata?: Record<string, string> }
  | { decision: "deny"; reason: string; metadata?: Record<string, string> };
// biome-ignore format: verbatim
interface ActionPolicyProvider {
  beforeAction(context: { actionName: string; walletAddress?: string; network?: string; args: unknown;
    userId?: string; sessionId?: string; runId?: string; }): Promise<PolicyDecision>;
  afterAction?(context: unknown, result: unknown): Promise<void>;
  onActionError?(context: unknown, error: unknown): Promise<void>;
}

/** Written as the RFC's reader would: with its words only. */
class RecordingProvider implements ActionPolicyProvider {
  readonly asked: { actionName: string; walletAddress?: string; network?: string; args: unknown; userId?: string }[] = [];
  readonly afterActions: unknown[] = [];
  readonly errors: unknown[] = [];

  constructor(private readonly answer: PolicyDecision) {}

  async beforeAction(context: {
    actionName: string;
    walletAddress?: string;
    network?: string;
    args: unknown;
    userId?: string;
    sessionId?: string;
    runId?: string;
  }): Promise<PolicyDecision> {
    this.asked.push(context);
    return this.answer;
  }

  async afterAction(_context: unknown, result: unknown): Promise<void> {
    this.afterActions.push(result);
  }

  async onActionError(_context: unknown, error: unknown): Promise<void> {
    this.errors.push(error);
  }
}

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

/** A guarded kit whose wallet holds one ETH. */
async function guardedKit(name: string, provider: ActionPolicyProvider) {
  const account = freshAccount(name);
  await setBalance(anvil, account.address, 10n ** 18n);
  const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account });
  return {
    account,
    kit: withPolicy(kit, provider, { logger: silentLogger, context: { userId: "u1" } }),
  };
}

describe("a provider that knows only the RFC's interface", () => {
  test("denies: the model reads the reason, nothing is sent, and it was asked with the RFC's fields", async () => {
    const provider = new RecordingProvider({ decision: "deny", reason: "not on a Sunday" });
    const { account, kit } = await guardedKit("rfc deny", provider);
    const to = freshAddress("rfc denied");

    const text = await invoke(kit, nativeTransfer, { to, value: "0.01" });

    expect(text).toBe("Error: denied by policy (denied): not on a Sunday");
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(Number(await anvil.request("eth_getTransactionCount", [account.address, "pending"]))).toBe(0);
    expect(provider.asked).toHaveLength(1);
    expect(provider.asked[0]).toMatchObject({
      actionName: nativeTransfer,
      walletAddress: account.address.toLowerCase(),
      network: "base-sepolia",
      args: { to, value: "0.01" },
      userId: "u1",
    });
    // It denied by itself: there is nothing that it would have to be told.
    expect(provider.afterActions).toEqual([]);
    expect(provider.errors).toEqual([]);
  });

  test("allows: the transfer runs, and afterAction hears the action's own result", async () => {
    const provider = new RecordingProvider({ decision: "allow", metadata: { note: "fine" } });
    const { kit } = await guardedKit("rfc allow", provider);
    const to = freshAddress("rfc allowed");

    const text = await invoke(kit, nativeTransfer, { to, value: "0.01" });

    expect(text).toMatch(/^Transferred 0\.01 ETH to 0x/);
    expect(await balanceOf(anvil, to)).toBe(10n ** 16n);
    expect(provider.afterActions).toEqual([text]);
    expect(provider.errors).toEqual([]);
  });

  test("hears onActionError when the action failed and nothing left", async () => {
    const provider = new RecordingProvider({ decision: "allow" });
    const { kit } = await guardedKit("rfc failed", provider);
    const to = freshAddress("rfc failed to");

    // The wallet holds one ETH.
    const text = await invoke(kit, nativeTransfer, { to, value: "2" });

    expect(text).toMatch(/^Error during transaction: .*insufficient funds/);
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(provider.afterActions).toEqual([]);
    expect(provider.errors).toHaveLength(1);
  });

  test("hears onActionError with the denial when a later provider denies", async () => {
    const first = new RecordingProvider({ decision: "allow" });
    const second = new RecordingProvider({ decision: "deny", reason: "no" });
    const account = freshAccount("rfc two");
    const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account });
    const guarded = withPolicy(kit, [first, second], { logger: silentLogger });

    const text = await invoke(guarded, nativeTransfer, { to: freshAddress("rfc two to"), value: "0.01" });

    expect(text).toBe("Error: denied by policy (denied): no");
    expect(first.errors).toHaveLength(1);
    expect(String(first.errors[0])).toContain("denied by policy (denied): no");
    expect(second.errors).toEqual([]);
  });

  test("hears afterAction, not onActionError, when the text says Error and the money left", async () => {
    const provider = new RecordingProvider({ decision: "allow" });
    const account = freshAccount("rfc timeout");
    await setBalance(anvil, account.address, 10n ** 18n);
    const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account, receipts: { timeoutMs: 300, pollingIntervalMs: 50 } });
    const guarded = withPolicy(kit, provider, { logger: silentLogger });
    const to = freshAddress("rfc timeout to");

    await anvil.request("evm_setAutomine", [false]);
    try {
      expect(await invoke(guarded, nativeTransfer, { to, value: "0.01" })).toMatch(/^Error during transaction/);
    } finally {
      await anvil.request("evm_setAutomine", [true]);
      await anvil.request("evm_mine");
    }

    expect(await balanceOf(anvil, to)).toBe(10n ** 16n);
    expect(provider.errors).toEqual([]);
    expect(provider.afterActions).toHaveLength(1);
  });
});
