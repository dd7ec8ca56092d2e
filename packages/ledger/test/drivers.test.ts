import { join } from "node:path";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { ledgerContract } from "./ledger-contract.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
let serial = 0;

ledgerContract("memory", async (options) => openMemoryLedger(options));
ledgerContract("sqlite", async (options) => {
  serial += 1;
  return await openSqliteLedger(join(folder, `${serial}.db`), options);
});
