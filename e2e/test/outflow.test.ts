import { join } from "node:path";
import {
  type ActionContext,
  type Adapter,
  defineAdapter,
  definePolicy,
  type Effect,
  type LoadedPolicy,
  type PolicyDecision,
} from "agentkit-policy";
import { createWalletClient, encodeFunctionData, erc20Abi, http, type PrivateKeyAccount } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { baseSepolia } from "../world/agentkit.mjs";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { setTokenBalance, testTokenAddress, testTokenAsset } from "../world/test-token.mjs";
import { startWorld } from "../world/world.mjs";
import { silentLogger, temporaryFolder } from "./support.js";

// What a process had sent that died before it could say so, read from a real chain by the next one.

const eth = `${caipChainId}/slip44:60`;
const [lifeMs, settleMs, ownTurnMs] = [15 * 60_000, 60 * 60_000, 10_000];
const scope = { signal: new AbortController().signal, remainingMs: 5_000 };

let anvil: Anvil;
let serial = 0;
beforeAll(async () => {
  anvil = await startWorld();
});
afterEach(async () => await anvil.request("evm_setAutomine", [true]));
afterAll(async () => await anvil.stop());

interface Told {
  readonly status: string;
  readonly spent: readonly { readonly asset: string; readonly amount: string; readonly counterparty?: string }[];
}

/** An account with some ether and tokens, and an attempt of its own that was armed for these effects, whose process then died. */
async function deadAttempt(effects: Effect[], { confirmations = 1 } = {}) {
  serial += 1;
  const account = freshAccount(`outflow ${serial}`);
  await setBalance(anvil, account.address, 10n ** 18n);
  await setTokenBalance(anvil, account.address, 1_000n);
  const ledger = `sqlite:${join(temporaryFolder(), "ledger.db")}`;
  const told: Told[] = [];
  const open = async (aheadMs: number): Promise<LoadedPolicy> => {
    const engine = defineAdapter({
      name: "engine",
      options: { "~standard": { validate: (value: unknown) => ({ value }) } },
      create: () => ({
        beforeAction: (): PolicyDecision => ({ decision: "allow", settlement: { held: "all" } }),
        settle: (_context, { status, spent }) => void told.push({ status, spent }),
      }),
    }) as Adapter;
    const policy = await definePolicy(
      {
        version: 1,
        ledger,
        chains: { [caipChainId]: { rpc: anvil.rpcUrl, confirmations } },
        rules: [
          { id: "eth", limit: "native", max: "1", window: "lifetime" },
          { id: "engine", use: "engine" },
        ],
      },
      {
        adapters: { engine: async () => engine },
        background: false,
        logger: silentLogger,
        clock: { now: () => Date.now() + aheadMs, uptime: () => performance.now() + aheadMs },
      },
    );
    onTestFinished(async () => await policy.dispose());
    return policy;
  };
  const time = Date.now().toString(16).padStart(12, "0");
  const context: ActionContext = {
    layer: "action",
    actionId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(serial).padStart(12, "0")}`,
    actionName: "pay",
    chainId: caipChainId,
    walletAddress: account.address.toLowerCase(),
    args: null,
    effects,
    moneyVisible: true,
    actionHash: "0".repeat(64),
    requestedAt: new Date().toISOString(),
  };
  const arm = async (): Promise<void> => {
    const policy = await open(0);
    const decision = await policy.beforeAction(context, scope);
    const settlements = decision.decision === "allow" && decision.settlement !== undefined ? [decision.settlement] : [];
    const call: ActionContext = { ...context, layer: "wallet", callId: context.actionId, excess: [] };
    expect(await policy.beforeWalletCall?.(call, { ...scope, settlements })).toMatchObject({ decision: "allow" });
  };
  /** A process that looks so long after the attempt began. @returns what the engine was told, if it was */
  const look = async (aheadMs: number): Promise<Told | undefined> => {
    await (await open(aheadMs)).replay?.pass();
    return told.at(-1);
  };
  return { account, arm, look };
}

const lifeIsOver = lifeMs + ownTurnMs + 1_000;
const allIsOver = lifeMs + settleMs + ownTurnMs + 1_000;

async function send(account: PrivateKeyAccount, to: string, value: bigint, data?: `0x${string}`): Promise<void> {
  const wallet = createWalletClient({ account, chain: baseSepolia, transport: http(anvil.rpcUrl) });
  await wallet.sendTransaction({ to: to as `0x${string}`, value, gas: 100_000n, ...(data === undefined ? {} : { data }) });
}

async function sendTokens(account: PrivateKeyAccount, to: string, amount: bigint): Promise<void> {
  const args = [to as `0x${string}`, amount] as const;
  await send(account, testTokenAddress, 0n, encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args }));
}

function transfer(to: string, amount: string, asset = eth): Effect {
  return { kind: "transfer", asset, amount, counterparty: `${caipChainId}:${to.toLowerCase()}`, basis: "declared" };
}

const recipient = (name: string): string => freshAddress(`outflow ${name} ${serial}`).toLowerCase();

describe("what the next process finds on the chain", () => {
  test("is what was paid, in coin and in tokens, and none of what was paid to others", async () => {
    const [alice, bob, others] = [recipient("alice"), recipient("bob"), recipient("others")];
    const { account, arm, look } = await deadAttempt([transfer(alice, "70"), transfer(bob, "5", testTokenAsset)]);
    await arm();
    for (const step of [1, 2, 3]) await send(account, others, BigInt(step));
    await send(account, alice, 70n);
    await sendTokens(account, others, 5n);
    await sendTokens(account, bob, 5n);
    await send(account, others, 4n);
    const spent = [
      { asset: eth, amount: "70", counterparty: `${caipChainId}:${alice}` },
      { asset: testTokenAsset, amount: "5", counterparty: `${caipChainId}:${bob}` },
    ];
    expect((await look(lifeIsOver))?.spent).toMatchObject(spent);
  });

  test("is nothing where nothing was sent, or what was sent was reverted, once nothing can move any more", async () => {
    const alice = recipient("alice");
    const { account, arm, look } = await deadAttempt([transfer(alice, "5000", testTokenAsset)]);
    await arm();
    await sendTokens(account, alice, 5_000n);
    expect(await look(lifeIsOver), "it may still come").toBeUndefined();
    expect(await look(allIsOver)).toEqual({ status: "failed", spent: [] });
  });

  test("is waited for as long as it is pending, or in a block that is not final", async () => {
    const alice = recipient("alice");
    const { account, arm, look } = await deadAttempt([transfer(alice, "70")], { confirmations: 2 });
    await arm();
    await anvil.request("evm_setAutomine", [false]);
    await send(account, alice, 70n);
    expect(await look(allIsOver)).toBeUndefined();
    await anvil.request("anvil_mine", ["0x1"]);
    expect(await look(2 * allIsOver)).toBeUndefined();
    await anvil.request("anvil_mine", ["0x1"]);
    expect((await look(3 * allIsOver))?.spent).toMatchObject([{ amount: "70" }]);
  });

  test("is nobody's knowledge where the account has code, and all that was held counts", async () => {
    const { account, arm, look } = await deadAttempt([transfer(recipient("alice"), "70")]);
    await arm();
    await anvil.request("anvil_setCode", [account.address, "0x00"]);
    expect(await look(allIsOver)).toMatchObject({ status: "unknown", spent: [{ amount: "70" }] });
  });

  test("is nobody's knowledge among too many transactions, and all that was held counts", async () => {
    const { account, arm, look } = await deadAttempt([transfer(recipient("alice"), "70")]);
    await arm();
    for (let index = 0; index < 65; index += 1) await send(account, recipient("others"), 1n);
    expect(await look(allIsOver)).toMatchObject({ status: "unknown", spent: [{ amount: "70" }] });
  });
});
