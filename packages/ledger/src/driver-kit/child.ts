// A process of its own on a ledger: node child.js MODULE PLACE MAX CALLERS. It asks for 1 after the other until it is refused, and
// says so of each that was granted, before anything else happens: what a parent has read may have been paid.
import { writeSync } from "node:fs";
import { attemptIdAt } from "./attempt-ids.js";
import type { Driver } from "./ledger-checks.js";
import { paymentOf } from "./payment.js";

const [module = "", place = "", max = "", callers = ""] = process.argv.slice(2);
const { open } = (await import(module)) as Driver;
const ledger = await open(place);
let serial = process.pid * 2 ** 20;

async function pay(): Promise<void> {
  for (;;) {
    serial += 1;
    const answer = await ledger.reserve(paymentOf("1", attemptIdAt(Date.now(), serial), max));
    if (!answer.ok) return;
    writeSync(1, "granted\n");
  }
}

await Promise.all(Array.from({ length: Number(callers) }, pay));
await ledger.dispose();
writeSync(1, "end\n");
