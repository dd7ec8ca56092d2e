// Attempts on a ledger in memory that holds so many payments already, as often as the parent asks: fork("grown-memory.mjs", [PAYMENTS])
import { openMemoryLedger } from "../../packages/ledger/dist/index.js";
import { memoryLedgerOver } from "../../packages/ledger/dist/memory-ledger.js";
import { memoryStore } from "../../packages/ledger/dist/memory-store.js";
import { limitOf, measure, spend } from "./attempts.mjs";
import { fill } from "./fill.mjs";

const store = memoryStore();
const limit = limitOf({ hot: true });
fill(store, Number(process.argv[2]), limit);
const ledger = memoryLedgerOver(store);
// Warm, and no larger for it.
const other = openMemoryLedger();
await measure(10_000, 1, (caller) => spend(other, limit, caller));
process.on("message", async () => process.send(await measure(200, 1, (caller) => spend(ledger, limit, caller))));
process.send("ready");
