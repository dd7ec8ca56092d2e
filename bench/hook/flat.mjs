// A million calls: whether the heap and what keeps the process alive stay as they are. Once under five policies of one line,
// and once, told and not judged, under five rules on a ledger in memory, which keeps what it has counted.
import { guardedByFive, guardedInvoke } from "./contestants.mjs";

const [calls, warmUp, looks] = [1_000_000, 200_000, 8];

const heapMb = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const run = guardedByFive();
const seen = [];
const every = (calls - warmUp) / looks;
for (let call = 1; call <= calls; call += 1) {
  await run();
  if (call >= warmUp && (call - warmUp) % every === 0) {
    seen.push({ calls: call, heapMb: heapMb(), handles: process.getActiveResourcesInfo().length });
  }
}

const counted = await guardedInvoke(5);
const before = heapMb();
for (let call = 0; call < warmUp; call += 1) await counted();
const ledgerBytes = Math.round(((heapMb() - before) * 2 ** 20) / warmUp);
// Asked once more, so that the ledger was still there to be measured.
await counted();

process.stdout.write(JSON.stringify({ seen, ledgerBytes }));
process.exit(0);
