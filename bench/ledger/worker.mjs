// A process of its own on a ledger: node worker.mjs LOCATION CALLERS ATTEMPTS hot|separate. Starts when it is told to.
import { once } from "node:events";
import { openLedger } from "../../packages/ledger/dist/index.js";
import { limitOf, measure, spend, warmUps } from "./attempts.mjs";

const [location, callers, attempts, kind] = process.argv.slice(2);
const ledger = await openLedger(location, { busyTimeoutMs: 60_000 });
const limit = limitOf({ hot: kind === "hot" });
const once1 = async (caller) => await spend(ledger, limit, process.pid * 100 + caller);
await measure(warmUps, Number(callers), once1);
process.send("ready");
await once(process, "message");
const { rate: _rate, ...figures } = await measure(Number(attempts), Number(callers), once1);
process.send(figures);
await ledger.dispose();
process.disconnect();
