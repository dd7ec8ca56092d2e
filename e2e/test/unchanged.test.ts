import { isDeepStrictEqual } from "node:util";
// The hook alone: the front door also reads arguments, and then denies what has no exact reading.
import { type PolicyProvider, withPolicy } from "@agentkit-policy/core";
import type { Action } from "@coinbase/agentkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentKit, EvmWalletProvider, ViemWalletProvider, WalletProvider } from "../world/agentkit.mjs";
import type { Anvil } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer, tokenTransfer } from "../world/kit.mjs";
import { everyProvider } from "../world/providers.mjs";
import { freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { setTokenBalance, testTokenAddress } from "../world/test-token.mjs";
import { startWorld } from "../world/world.mjs";
import { Heard, silentLogger } from "./support.js";

/** The factories of AgentKit 0.10.4 that want a key, a file or an option. Every other one is in the kit of this test. */
const needMore = [
  "acrossActionProvider",
  "alchemyTokenPricesActionProvider",
  "customActionProvider",
  "farcasterActionProvider",
  "legacyCdpApiActionProvider",
  "legacyCdpWalletActionProvider",
  "messariActionProvider",
  "onrampActionProvider",
  "openseaActionProvider",
  "twitterActionProvider",
  "vaultsfyiActionProvider",
  "zerionActionProvider",
  "zeroXActionProvider",
  "zoraActionProvider",
];

const allowAll: PolicyProvider = { beforeAction: async () => ({ decision: "allow" }) };

const account = freshAccount("unchanged");
let anvil: Anvil;

beforeAll(async () => {
  anvil = await startWorld();
  await setBalance(anvil, account.address, 10n ** 18n);
  await setTokenBalance(anvil, account.address, 1_000_000n);
});
afterAll(async () => {
  await anvil.stop();
});

async function fullKit() {
  const { kit, wallet } = await makeKit({ rpcUrl: anvil.rpcUrl, account, actionProviders: everyProvider().providers });
  const heard = new Heard();
  return { kit, wallet, heard, guarded: withPolicy(kit, allowAll, { logger: silentLogger, onEvent: heard.onEvent }) };
}

/** The wallet that a kit hands to its actions; TypeScript calls the property private. */
function walletOf(kit: object): InstanceType<typeof WalletProvider> {
  return Reflect.get(kit, "walletProvider") as InstanceType<typeof WalletProvider>;
}

type Ending = { readonly returned: unknown } | { readonly thrown: string; readonly name: string };

async function endingOf(action: Action, args: unknown): Promise<Ending> {
  try {
    return { returned: await action.invoke(args as never) };
  } catch (error) {
    return { thrown: (error as Error).message, name: (error as Error).name };
  }
}

/** Runs something and puts the chain back to where it was, so that the next run meets the same nonce and the same fees. */
async function onTheSameChain<T>(body: () => Promise<T>): Promise<T> {
  const snapshot = await anvil.request("evm_snapshot");
  try {
    return await body();
  } finally {
    // The node drops a transaction from its pool a moment after the receipt is there. Sent once more before that, it is
    // refused as one that is already imported.
    while (BigInt((await anvil.request("txpool_status")).pending) > 0n);
    await anvil.request("evm_revert", [snapshot]);
  }
}

describe("without a policy", () => {
  test("the kit is the very same object, and it is said once", async () => {
    const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account });
    const warnings: string[] = [];
    expect(withPolicy(kit, undefined, { logger: { info: () => undefined, warn: (message) => warnings.push(message) } })).toBe(
      kit,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("not guarded");
  });
});

describe("with a policy that allows everything", () => {
  test("the kit under test holds every provider of AgentKit that constructs without a key", () => {
    const { providers, refused } = everyProvider();
    expect(refused).toEqual(needMore);
    expect(providers).toHaveLength(33);
  });

  test("the tools are the same: names, descriptions, order, the very same schema objects", async () => {
    const { kit, guarded } = await fullKit();
    const bare = kit.getActions();
    const wrapped = guarded.getActions();
    expect(bare.length).toBeGreaterThan(80);
    expect(wrapped.map((action) => action.name)).toEqual(bare.map((action) => action.name));
    expect(wrapped.map((action) => action.description)).toEqual(bare.map((action) => action.description));
    expect(wrapped.map((action) => Object.keys(action).sort())).toEqual(bare.map((action) => Object.keys(action).sort()));
    for (const [index, action] of wrapped.entries()) expect(action.schema).toBe(bare[index]?.schema);
  });

  test("kit and wallet are still instances of AgentKit's classes", async () => {
    const { kit, guarded, wallet } = await fullKit();
    expect(guarded).toBeInstanceOf(AgentKit);
    expect(walletOf(kit)).toBe(wallet);
    const seen = walletOf(guarded);
    expect(seen).toBeInstanceOf(WalletProvider);
    expect(seen).toBeInstanceOf(EvmWalletProvider);
    expect(seen).toBeInstanceOf(ViemWalletProvider);
    expect(seen.getAddress()).toBe(wallet.getAddress());
    expect(seen.getNetwork()).toEqual(wallet.getNetwork());
    expect(seen.getName()).toBe(wallet.getName());
    expect(await seen.getBalance()).toBe(await wallet.getBalance());
  });

  test("every action answers empty arguments as it does bare: the same result, or the same error", async () => {
    const { kit, guarded, heard } = await fullKit();
    const wrapped = guarded.getActions();
    const differences: unknown[] = [];
    const endings: Ending[] = [];
    for (const [index, action] of kit.getActions().entries()) {
      const own = await onTheSameChain(async () => await endingOf(action, {}));
      const hooked = await onTheSameChain(async () => await endingOf(wrapped[index] as Action, {}));
      endings.push(own);
      if (!isDeepStrictEqual(own, hooked)) differences.push({ action: action.name, own, hooked });
    }
    expect(differences).toEqual([]);
    // Every one of them went through the hook.
    expect(heard.count("action.allowed")).toBe(wrapped.length);
    expect(heard.count("action.denied")).toBe(0);
    // Both ways of failing took part, and so did a success.
    expect(endings.filter((ending) => "thrown" in ending).length).toBeGreaterThan(5);
    expect(endings.filter((ending) => "returned" in ending).length).toBeGreaterThan(40);
  });

  test.each([
    [nativeTransfer, { to: freshAddress("unchanged to"), value: "0.01" }],
    [nativeTransfer, { to: freshAddress("unchanged to").slice(2), value: "0.01" }],
    [tokenTransfer, { tokenAddress: testTokenAddress, destinationAddress: freshAddress("unchanged to"), amount: "0.5" }],
    [tokenTransfer, { tokenAddress: testTokenAddress, destinationAddress: freshAddress("unchanged to"), amount: "5" }],
    [
      "ERC20ActionProvider_approve",
      { tokenAddress: testTokenAddress, spenderAddress: freshAddress("unchanged to"), amount: "0.5" },
    ],
    ["ERC20ActionProvider_get_balance", { tokenAddress: testTokenAddress }],
    ["WalletActionProvider_get_wallet_details", {}],
  ])("%s %o ends as it does bare, down to the transaction's hash", async (name, args) => {
    const { kit, guarded } = await fullKit();
    const own = await onTheSameChain(async () => await invoke(kit, name, structuredClone(args)));
    const hooked = await onTheSameChain(async () => await invoke(guarded, name, structuredClone(args)));
    expect(hooked).toBe(own);
  });
});
