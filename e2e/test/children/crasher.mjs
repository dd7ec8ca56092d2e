// @ts-check
// Makes one transfer and announces each of its steps. At the step `stopAt` it blocks for good, on the spot, and waits to
// be killed: nothing that would have come after that step can happen.
import "../../world/network-guard.mjs";
import { writeSync } from "node:fs";
import { definePolicy, withPolicy } from "agentkit-policy";
import { invoke, makeKit, nativeTransfer } from "../../world/kit.mjs";
import { freshAccount } from "../../world/recipients.mjs";

const { rpcUrl, accountName, definition, to, value, stopAt } = JSON.parse(/** @type {string} */ (process.argv[2]));

/** @param {Record<string, unknown> & { say: string }} message */
function say(message) {
  // Synchronous, so that what was announced is announced even if the very next instruction never runs.
  writeSync(1, `${JSON.stringify(message)}\n`);
}

const { kit } = await makeKit({ rpcUrl, account: freshAccount(accountName) });
const policy = await definePolicy(definition);
const guarded = withPolicy(kit, policy, {
  logger: { info: () => undefined, warn: () => undefined },
  onEvent: (event) => {
    const step = event.hook === undefined ? event.type : `${event.type} ${event.hook}`;
    say({ say: "step", step, at: Date.now() });
    if (step === stopAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
const text = await invoke(guarded, nativeTransfer, { to, value });
say({ say: "done", text });
await policy.dispose();
process.exit(0);
