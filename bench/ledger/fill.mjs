// Ledgers that hold payments already, loaded in bulk: by the ledger's own code, in one transaction.
import { emptyEntry, entryWith } from "../../packages/ledger/dist/entry.js";
import { openDatabase } from "../../packages/ledger/dist/sqlite-database.js";
import { openSqliteLedger } from "../../packages/ledger/dist/sqlite-ledger.js";
import { sqliteStore } from "../../packages/ledger/dist/sqlite-store.js";
import { kindOfLimit, writeEntry } from "../../packages/ledger/dist/tallies.js";

/** Closed payments whose dates lie within the last twelve hours, one after the other. */
export function fill(store, payments, limit) {
  kindOfLimit(store, limit);
  const now = Date.now();
  for (let index = 0; index < payments; index += 1) {
    const date = now - Math.floor((12 * 3_600_000 * (payments - index)) / payments);
    const time = date.toString(16).padStart(12, "0");
    const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-9000-${index.toString(16).padStart(12, "0")}`;
    const lines = [{ unit: "amount", asset: limit.asset, amount: 7n, counterparty: "eip155:84532:0xc" }];
    writeEntry(
      store,
      undefined,
      entryWith(emptyEntry(id, { wallet: "eip155:0x0" }, date), { state: "closed", until: date, lines }),
      false,
    );
  }
}

export async function fillSqlite(file, payments, limit) {
  await (await openSqliteLedger(file)).dispose();
  const database = await openDatabase(file);
  database.exec("PRAGMA synchronous = OFF");
  database.exec("BEGIN IMMEDIATE");
  const store = sqliteStore(database, () => undefined);
  store.begin();
  fill(store, payments, limit);
  database.exec("COMMIT");
  database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").all();
  database.close();
}
