// Attempts on a ledger in memory that holds so many payments already: node grown-memory.mjs PAYMENTS
import { memoryLedgerOver } from "../../packages/ledger/dist/memory-ledger.js";
import { memoryStore } from "../../packages/ledger/dist/memory-store.js";
import { limitOf, measure, spend } from "./attempts.mjs";
import { fill } from "./fill.mjs";

const store = memoryStore();
const limit = limitOf({ hot: true });
fill(store, Number(process.argv[2]), limit);
const ledger = memoryLedgerOver(store);
await measure(5_000, 1, (caller) => spend(ledger, limit, caller));
const { times: _times, ...figures } = await measure(20_000, 1, (caller) => spend(ledger, limit, caller));
process.stdout.write(`${JSON.stringify(figures)}\n`);
