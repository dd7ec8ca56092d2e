// @ts-check
// One of several processes that race for the same actions: for each policy file that it is told, it asks for so many, sixteen at a time.
import "../../world/network-guard.mjs";
import { createInterface } from "node:readline";
import { loadPolicy, withPolicy } from "agentkit-policy";
import { customActionProvider } from "../../world/agentkit.mjs";
import { invoke, makeKit } from "../../world/kit.mjs";
import { freshAccount } from "../../world/recipients.mjs";

const { rpcUrl, accountName } = JSON.parse(/** @type {string} */ (process.argv[2]));
const action = "CustomActionProvider_run";
const nothing = customActionProvider({
  name: "run",
  description: "does nothing",
  schema: /** @type {any} */ ({ parse: (/** @type {unknown} */ args) => args }),
  invoke: async () => "done",
});
const { kit: bareKit } = await makeKit({ rpcUrl, account: freshAccount(accountName), actionProviders: [nothing] });
const logger = { info: () => undefined, warn: () => undefined };

/** @param {Record<string, unknown> & { say: string }} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

say({ say: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  const { policy: file, attempts } = JSON.parse(line);
  const policy = await loadPolicy(file, { actions: [action] });
  const kit = withPolicy(bareKit, policy, { logger });
  let left = attempts;
  let done = 0;
  const runner = async () => {
    while (left > 0) {
      left -= 1;
      if ((await invoke(kit, action, {})) === "done") done += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, runner));
  await policy.dispose();
  say({ say: "raced", done });
}
