// A ledger in PostgreSQL that holds payments already, loaded in bulk.
import { emptyEntry, entryWith } from "../../packages/ledger/dist/entry.js";
import { entryText } from "../../packages/ledger/dist/entry-text.js";

/** Closed payments whose dates lie within the last twelve hours. The first ask of a limit makes its tallies from them. */
export async function fillPostgres(client, payments, limit) {
  const now = Date.now();
  const lines = [{ unit: "amount", asset: limit.asset, amount: 7n, counterparty: "eip155:84532:0xc" }];
  const one = entryWith(emptyEntry("ID", { wallet: "eip155:0x0" }, 0), { state: "closed", until: 0, lines });
  // The same entry again and again, with an id and dates of its own.
  const template = entryText(one)
    .replace('"ID"', '"%s"')
    .replace(/"(reservedAt|sendBy|until)":0/g, '"$1":%s');
  await client.query(
    `INSERT INTO agentkit_policy.entries (attempt_id, tallies, entry)
     SELECT id, '{}', format($3::text, id, date, date, date) FROM (
       SELECT date, left(hex, 8) || '-' || right(hex, 4) || '-7000-9000-' || lpad(to_hex(n), 12, '0') AS id FROM (
         SELECT n, $2::bigint - n * 43200000 / $1::bigint AS date,
           lpad(to_hex($2::bigint - n * 43200000 / $1::bigint), 12, '0') AS hex FROM generate_series(0, $1::bigint - 1) AS n
       ) AS dates
     ) AS ids`,
    [payments, now, template],
  );
}
