// One contestant in a process of its own, which runs a piece of its calls whenever it is told to: in one process, what one of
// them switches on (async hooks, for one) would slow all others down.
import { bareInvoke, governanceEvaluate, guardedInvoke, hederaExecute } from "./contestants.mjs";

const [kind, count] = process.argv.slice(2);
const make = { bare: bareInvoke, ours: guardedInvoke, hedera: hederaExecute, governance: governanceEvaluate };
const run = await make[kind](Number(count));

process.on("message", async (calls) => {
  const times = [];
  for (let call = 0; call < calls; call += 1) {
    const from = process.hrtime.bigint();
    await run();
    times.push(Number(process.hrtime.bigint() - from) / 1_000);
  }
  process.send(times);
});
process.send("ready");
