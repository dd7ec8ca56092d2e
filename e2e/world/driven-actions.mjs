// @ts-check
import { AsyncLocalStorage } from "node:async_hooks";
import { makeKit } from "./kit.mjs";
import { everyProvider } from "./providers.mjs";
import { freshAccount, setBalance } from "./recipients.mjs";
import { sampleArguments } from "./sample-arguments.mjs";
import { setTokenBalance } from "./test-token.mjs";

/** An action that has not ended by then waits for something that never comes, in milliseconds. */
const patienceMs = 20_000;

/**
 * What came of one run of an action.
 * @typedef {object} Driven
 * @property {string} action its name
 * @property {number} failsAt from which of its calls to a node or a server on, counted from 1, every one fails
 * @property {number} calls how many it made
 * @property {unknown} [returned]
 * @property {string} [thrown]
 * @property {boolean} [unfinished] it did not end in time
 * @property {string[]} sent the transactions that the node was given
 */

/** @typedef {{ failsAt: number, calls: number, sent: string[] }} Line the calls of one run */

const lines = /** @type {AsyncLocalStorage<Line>} */ (new AsyncLocalStorage());
const guardedFetch = globalThis.fetch;

/** Counts the calls of the run that they belong to, and fails those that have to fail. */
globalThis.fetch = async (input, options) => {
  const line = lines.getStore();
  const url = new URL(input instanceof Request ? input.url : String(input));
  if (line === undefined || url.hostname === "cca-lite.coinbase.com") return await guardedFetch(input, options);
  line.calls += 1;
  const fails = line.calls >= line.failsAt;
  // What is no node is a server that answers, with nothing of use.
  if (url.hostname !== "127.0.0.1") {
    if (fails) throw new TypeError("fetch failed");
    return json({});
  }
  const body = JSON.parse(String(options?.body));
  if (fails) {
    const error = { code: -32_000, message: "upstream is down" };
    return json(
      Array.isArray(body) ? body.map(({ id }) => ({ jsonrpc: "2.0", id, error })) : { jsonrpc: "2.0", id: body.id, error },
    );
  }
  if (body.method === "eth_sendRawTransaction") line.sent.push(body.params[0]);
  return await guardedFetch(input, options);
};

/** @param {unknown} value */
function json(value) {
  return new Response(JSON.stringify(value), { status: 200, headers: { "content-type": "application/json" } });
}

/** The names of all actions that can be constructed and called, and of those whose arguments nobody could make up. */
export async function drivableActions(/** @type {import("./anvil.mjs").Anvil} */ anvil) {
  const { kit, refused } = await freshKit(anvil, "drivable");
  const actions = kit.getActions();
  const callable = /** @type {string[]} */ ([]);
  const uncallable = /** @type {string[]} */ ([]);
  // Two providers have some of Superfluid's actions both.
  for (const { name, schema } of new Map(actions.map((action) => [action.name, action])).values()) {
    (sampleArguments(schema) === undefined ? uncallable : callable).push(name);
  }
  return { callable, uncallable, refused };
}

/**
 * Runs one action on a kit and an account of its own.
 * @param {import("./anvil.mjs").Anvil} anvil
 * @param {string} name
 * @param {number} failsAt
 * @param {(kit: any) => any} guard puts a policy under the kit
 * @returns {Promise<Driven>}
 */
export async function drive(anvil, name, failsAt, guard) {
  const { kit } = await freshKit(anvil, `${name} ${failsAt}`);
  const action = guard(kit)
    .getActions()
    .find((/** @type {any} */ candidate) => candidate.name === name);
  const line = { failsAt, calls: 0, sent: [] };
  const run = lines.run(line, async () => {
    try {
      return { returned: await action.invoke(sampleArguments(action.schema)) };
    } catch (error) {
      return { thrown: String(/** @type {Error} */ (error).message) };
    }
  });
  const late = new Promise((resolve) => setTimeout(resolve, patienceMs, { unfinished: true }).unref());
  const ending = /** @type {Pick<Driven, "returned" | "thrown" | "unfinished">} */ (await Promise.race([run, late]));
  return { action: name, failsAt, calls: line.calls, sent: line.sent, ...ending };
}

/** @param {import("./anvil.mjs").Anvil} anvil @param {string} name */
async function freshKit(anvil, name) {
  const account = freshAccount(`driven ${name}`);
  await setBalance(anvil, account.address, 10n ** 20n);
  await setTokenBalance(anvil, account.address, 10n ** 12n);
  const plain = everyProvider();
  const keyed = everyProvider({ options: "made up" });
  const missing = keyed.providers.filter((provider) => plain.providers.every(({ name: known }) => known !== provider.name));
  const { kit } = await makeKit({
    rpcUrl: anvil.rpcUrl,
    account,
    actionProviders: [...plain.providers, ...missing],
    // No second look begins before the first one is answered, on a busy machine either: one that fails beside one that was answered
    // fails nothing.
    receipts: { timeoutMs: 4_000, pollingIntervalMs: 1_500 },
  });
  return { kit, refused: plain.refused.filter((factory) => keyed.refused.includes(factory)) };
}
