// @ts-check
// One of several processes that share a budget: it makes its kit once, then opens a ledger and spends when it is told to.
import "../../world/network-guard.mjs";
import { createInterface } from "node:readline";
import { definePolicy, runWithContext, withPolicy } from "agentkit-policy";
import { caipChainId } from "../../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../../world/kit.mjs";
import { freshAccount } from "../../world/recipients.mjs";

const { rpcUrl, accountName } = JSON.parse(/** @type {string} */ (process.argv[2]));
const { kit } = await makeKit({ rpcUrl, account: freshAccount(accountName) });

/** @type {Awaited<ReturnType<typeof definePolicy>> | undefined} */
let policy;
/** @type {typeof kit | undefined} */
let guarded;

/** @param {Record<string, unknown> & { say: string }} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** @param {any} order */
async function obey(order) {
  if (order.do === "open") {
    policy = await definePolicy({
      version: 1,
      ledger: order.ledger,
      rules: [{ id: "daily-eth", limit: "native", max: "0.05", per: ["user"], window: "day" }],
      chains: { [caipChainId]: { confirmations: 1 } },
    });
    guarded = withPolicy(kit, policy, { logger: { info: () => undefined, warn: () => undefined } });
    say({ say: "open" });
  } else if (order.do === "spend") {
    const spender = /** @type {typeof kit} */ (guarded);
    const texts = await runWithContext(
      { userId: order.userId },
      async () =>
        await Promise.all(
          order.recipients.map(async (/** @type {string} */ to) => await invoke(spender, nativeTransfer, { to, value: "0.01" })),
        ),
    );
    say({ say: "spent", texts });
  } else {
    await policy?.dispose();
    say({ say: "closed" });
  }
}

let previous = Promise.resolve();
createInterface({ input: process.stdin })
  .on("close", () => process.exit(0))
  .on("line", (line) => {
    previous = previous.then(async () => await obey(JSON.parse(line)));
  });
say({ say: "ready" });
