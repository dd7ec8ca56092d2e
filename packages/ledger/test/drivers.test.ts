import { join } from "node:path";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { bookingContract } from "./booking-contract.js";
import { evidenceContract } from "./evidence-contract.js";
import { intentContract } from "./intent-contract.js";
import { ledgerContract } from "./ledger-contract.js";
import { noteContract } from "./note-contract.js";
import { operatorContract } from "./operator-contract.js";
import { requestContract } from "./request-contract.js";
import { newPostgresLedgers } from "./support/postgres.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const postgres = newPostgresLedgers({ fsync: "off" });
let serial = 0;

const contracts = [
  ledgerContract,
  requestContract,
  bookingContract,
  intentContract,
  evidenceContract,
  operatorContract,
  noteContract,
];

for (const contract of contracts) {
  contract("memory", async (options) => openMemoryLedger(options));
  contract("postgres", postgres);
  contract("sqlite", async (options) => {
    serial += 1;
    return await openSqliteLedger(join(folder, `${serial}.db`), options);
  });
}
