// A driver that cannot be shared: each process has a ledger of its own.
import { openMemoryLedger } from "../../dist/index.js";

export const open = async (_place, options) => openMemoryLedger(options);
