// @ts-check
// One life of an agent under a policy that uses Cycles, in a process of its own, which is killed before it ends.
import { Life } from "./cycles-life.mjs";

const { config, order } = JSON.parse(/** @type {string} */ (process.argv[2]));

/** @param {Record<string, unknown> & { say: string }} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const life = new Life(config, order, { paid: () => say({ say: "paid" }), goOn: async () => await new Promise(() => undefined) });
// Whatever it waits for, it does not end by itself.
setInterval(() => undefined, 60_000);
say({ say: "outcomes", outcomes: await life.live() });
