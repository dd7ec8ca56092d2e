// @ts-check
import "../../world/network-guard.mjs";
import { join } from "node:path";
import { createActionReader } from "@agentkit-policy/effects";
import { systemClock } from "@agentkit-policy/schema";
import { definePolicy, runWithContext, withPolicy } from "agentkit-policy";
import { ActionProvider } from "../../world/agentkit.mjs";
import { caipChainId } from "../../world/anvil.mjs";
import { invoke, makeKit } from "../../world/kit.mjs";
import { freshAccount } from "../../world/recipients.mjs";

/**
 * @typedef {object} Config where the chain and Cycles are, and what an attempt says that it would move, and moves, in units of the budget
 * @property {string} rpcUrl
 * @property {string} baseUrl
 * @property {string} apiKey
 * @property {string} tenant
 * @property {number} estimate
 * @property {number} actual
 */

/**
 * @typedef {object} Order one life of an agent
 * @property {string} workspace
 * @property {`0x${string}`} payee
 * @property {string} accountName
 * @property {string} folder where its ledgers are
 * @property {readonly { readonly id: string, readonly does: string }[]} attempts each of a machine of its own, with a ledger of its own
 * @property {boolean} [atOnce]
 * @property {number} [laterMs] by how much its clock is ahead of this machine's
 */

/**
 * @typedef {object} Company whoever watches
 * @property {() => void} paid is told that the chain has a payment
 * @property {() => Promise<void>} goOn resolves once the action may go on
 */

/** What a unit of the budget is on the chain. */
export const weiAUnit = 10n ** 12n;
const eth = `${caipChainId}/slip44:60`;
const action = "PayProvider_pay";
const logger = { info: () => undefined, warn: () => undefined };

/** An action that moves less than it says that it would, and does not always end well. */
/** @extends {ActionProvider<import("@coinbase/agentkit").ViemWalletProvider>} */
class PayProvider extends ActionProvider {
  /** @param {Pick<Config, "actual"> & Pick<Order, "payee"> & Company} parts */
  constructor(parts) {
    super("pay", []);
    this.parts = parts;
  }

  /**
   * @override
   * @param {import("@coinbase/agentkit").ViemWalletProvider} wallet
   */
  getActions(wallet) {
    const { actual, payee, paid, goOn } = this.parts;
    const pay = async (/** @type {{ does: string }} */ { does }) => {
      // As AgentKit's own actions do: one that never looks at its wallet could pay with another.
      await wallet.getBalance();
      if (does === "fails in words") return "Error: nothing left";
      if (does === "throws") throw new Error("nothing left");
      const hash = await wallet.nativeTransfer(payee, String(BigInt(actual) * weiAUnit));
      await wallet.waitForTransactionReceipt(/** @type {`0x${string}`} */ (hash));
      if (does === "pays and throws") throw new Error("it has left");
      if (does === "pays and waits") {
        paid();
        await goOn();
      }
      return "paid";
    };
    return [{ name: action, description: "pays", schema: /** @type {any} */ (undefined), invoke: pay }];
  }

  supportsNetwork = () => true;
}

/** One life of an agent under a policy that uses Cycles: its attempts, one after the other or at once. */
export class Life {
  /** @type {import("agentkit-policy").LoadedPolicy[]} */
  #policies = [];
  #config;
  #order;
  #company;

  /**
   * @param {Config} config
   * @param {Order} order
   * @param {Company} company
   */
  constructor(config, order, company) {
    this.#config = config;
    this.#order = order;
    this.#company = company;
  }

  /** @returns {Promise<string[]>} what the attempts came to */
  async live() {
    const { attempts, atOnce = false } = this.#order;
    // One without attempts has come to see what another has left.
    const machines = await Promise.all(
      (attempts.length === 0 ? [0] : attempts).map(async (_, index) => await this.#machine(index)),
    );
    const run = async (/** @type {number} */ index) => await this.#attempt(machines[index], /** @type {any} */ (attempts[index]));
    if (atOnce) return await Promise.all(attempts.map(async (_, index) => await run(index)));
    const outcomes = [];
    for (const index of attempts.keys()) outcomes.push(await run(index));
    return outcomes;
  }

  /** It ends like any program: what is in the ledger stays. */
  async end() {
    await Promise.all(this.#policies.map(async (policy) => await policy.dispose()));
  }

  async #attempt(/** @type {any} */ kit, /** @type {{ id: string, does: string }} */ { id, does }) {
    try {
      return await runWithContext({ intentId: id }, async () => await invoke(kit, action, { does }));
    } catch (error) {
      return String(error);
    }
  }

  /** @param {number} index */
  async #machine(index) {
    const { rpcUrl, baseUrl, apiKey, tenant, estimate, actual } = this.#config;
    const { workspace, payee, accountName, folder, laterMs = 0 } = this.#order;
    const dollars = { [eth]: { worth: "0.01", decimals: 18 } };
    const policy = await definePolicy(
      {
        version: 1,
        ledger: `sqlite:${join(folder, `ledger-${index}.db`)}`,
        chains: { [caipChainId]: { rpc: rpcUrl, confirmations: 1 } },
        rules: [
          { id: "local", limit: "native", max: "1000", window: "lifetime" },
          { id: "own", allow: { actions: [action] } },
          { id: "cycles", use: "cycles", with: { baseUrl, apiKey, tenant, workspace, prices: dollars } },
        ],
      },
      {
        actions: [action],
        logger,
        clock: { now: () => systemClock.now() + laterMs, uptime: () => systemClock.uptime() + laterMs },
      },
    );
    this.#policies.push(policy);
    const provider = new PayProvider({ actual, payee, ...this.#company });
    const { kit } = await makeKit({
      rpcUrl,
      account: freshAccount(accountName),
      actionProviders: [provider],
      receipts: { pollingIntervalMs: 50 },
    });
    const amount = String(BigInt(estimate) * weiAUnit);
    const reader = createActionReader({
      describe: {
        [action]: () => ({
          effects: [{ kind: "transfer", asset: eth, amount, basis: "declared" }],
          spends: true,
          throughWallet: true,
        }),
      },
    });
    return withPolicy(kit, policy, { logger, reader });
  }
}
