// @ts-check
import "./network-guard.mjs";
import { createPublicClient, createWalletClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { AgentKit, baseSepolia, erc20ActionProvider, ViemWalletProvider, walletActionProvider } from "./agentkit.mjs";

/**
 * @typedef {object} KitOptions
 * @property {string} rpcUrl
 * @property {import("viem").LocalAccount} [account] this or `privateKey`
 * @property {import("viem").Hex} [privateKey]
 * @property {import("@coinbase/agentkit").ActionProvider<any>[]} [actionProviders] default: the wallet's and ERC-20's
 * @property {import("viem").Transport} [transport] what the wallet sends through; default: `rpcUrl` itself
 * @property {{ timeoutMs?: number, pollingIntervalMs?: number }} [receipts] how the wallet waits for receipts; default: viem's 180 s
 */

/**
 * A bare kit, as a user of AgentKit makes it, on a chain of one machine.
 * @param {KitOptions} options
 */
export async function makeKit({ rpcUrl, account, privateKey, actionProviders, transport, receipts }) {
  const signer = account ?? (privateKey === undefined ? undefined : privateKeyToAccount(privateKey));
  if (signer === undefined) throw new Error("makeKit needs an account or a private key");
  const walletClient = createWalletClient({ account: signer, chain: baseSepolia, transport: transport ?? http(rpcUrl) });
  // Without `rpcUrl` the wallet's own public client would go to the internet.
  const wallet = new ViemWalletProvider(/** @type {any} */ (walletClient), { rpcUrl });
  if (receipts !== undefined) waitForReceiptsLike(wallet, receipts);
  const kit = await AgentKit.from({
    walletProvider: wallet,
    actionProviders: actionProviders ?? [walletActionProvider(), erc20ActionProvider()],
  });
  const publicClient = createPublicClient({ chain: baseSepolia, transport: http(rpcUrl) });
  return { kit, wallet, publicClient, address: signer.address };
}

/**
 * viem takes the time-out of a receipt with each call and not from the client, and the wallet passes none: the client that
 * the wallet holds is given another default.
 * @param {InstanceType<typeof ViemWalletProvider>} wallet
 * @param {{ timeoutMs?: number, pollingIntervalMs?: number }} receipts
 */
function waitForReceiptsLike(wallet, { timeoutMs, pollingIntervalMs }) {
  const client = wallet.getPublicClient();
  const wait = client.waitForTransactionReceipt;
  client.waitForTransactionReceipt = async (parameters) =>
    await wait({
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      ...(pollingIntervalMs === undefined ? {} : { pollingInterval: pollingIntervalMs }),
      ...parameters,
    });
}

/**
 * Runs an action of a kit by its name.
 * @param {{ getActions(): readonly { name: string, invoke(args: any): unknown }[] }} kit
 * @param {string} name
 * @param {unknown} args
 * @returns {Promise<any>} what the action returned
 * @throws Error when the kit has no such action, or what the action throws
 */
export async function invoke(kit, name, args) {
  const action = kit.getActions().find((candidate) => candidate.name === name);
  if (action === undefined) throw new Error(`the kit has no action ${name}`);
  return await action.invoke(args);
}

export const nativeTransfer = "WalletActionProvider_native_transfer";
export const tokenTransfer = "ERC20ActionProvider_transfer";
