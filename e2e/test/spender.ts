import type { ActionProvider } from "@coinbase/agentkit";
import { definePolicy, withPolicy } from "agentkit-policy";
import { onTestFinished } from "vitest";
import { erc20ActionProvider, walletActionProvider } from "../world/agentkit.mjs";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { makeKit } from "../world/kit.mjs";
import { freshAccount, setBalance } from "../world/recipients.mjs";
import { setTokenBalance, testTokenAddress, testTokenAsset } from "../world/test-token.mjs";
import { Heard, silentLogger } from "./support.js";

export const oneEther = 10n ** 18n;
export const oneToken = 1_000_000n;

export interface Setting {
  /** Whether a receipt is final at once. Default true. */
  readonly final?: boolean;
  readonly transport?: Parameters<typeof makeKit>[0]["transport"];
  readonly receipts?: { readonly timeoutMs?: number; readonly pollingIntervalMs?: number };
  /** A provider of this test's own instead of AgentKit's two, with the name of its action, which a rule admits. */
  readonly own?: { readonly provider: ActionProvider; readonly action: string };
}

/**
 * A guarded kit over a wallet with 1 ETH and 100 tokens, under budgets (`eth`, `tokens`) that are larger than both, so that
 * nothing but the outcome is in play. Wallet and ledger are this test's own; the ledger is closed when the test ends.
 */
export async function makeSpender(anvil: Anvil, name: string, setting: Setting = {}) {
  const { own } = setting;
  const account = freshAccount(name);
  await setBalance(anvil, account.address, oneEther);
  await setTokenBalance(anvil, account.address, 100n * oneToken);
  const policy = await definePolicy(
    {
      version: 1,
      ledger: "memory",
      rules: [
        { id: "eth", limit: "native", max: "10", per: ["wallet"], window: "day" },
        { id: "tokens", limit: testTokenAsset, max: "1000", per: ["wallet"], window: "day" },
        ...(own === undefined ? [] : [{ id: "own", allow: { actions: [own.action] } }]),
      ],
      chains: { [caipChainId]: setting.final === false ? {} : { confirmations: 1 } },
      tokens: { [testTokenAsset]: { decimals: 6 } },
    },
    own === undefined ? {} : { actions: [own.action] },
  );
  onTestFinished(async () => await policy.dispose());
  const { kit, wallet } = await makeKit({
    rpcUrl: anvil.rpcUrl,
    account,
    actionProviders: own === undefined ? [walletActionProvider(), erc20ActionProvider()] : [own.provider],
    ...(setting.transport === undefined ? {} : { transport: setting.transport }),
    receipts: { pollingIntervalMs: 50, ...setting.receipts },
  });
  const heard = new Heard();
  return { account, wallet, policy, heard, kit: withPolicy(kit, policy, { logger: silentLogger, onEvent: heard.onEvent }) };
}

/** The arguments of an ERC-20 transfer, the amount in whole units. */
export function tokens(to: string, amount: string) {
  return { tokenAddress: testTokenAddress, destinationAddress: to, amount };
}
