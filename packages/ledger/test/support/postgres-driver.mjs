// The PostgreSQL driver, for the processes that the driver kit starts: each place is a database of its own.
import pg from "pg";
import { openPostgresLedger } from "../../dist/index.js";

export async function open(place, options) {
  const admin = new pg.Client(process.env.DRIVER_KIT_POSTGRES);
  await admin.connect();
  // Several processes may make it at once, and one of them does.
  await admin.query(`CREATE DATABASE ${place}`).catch((error) => {
    if (!["42P04", "23505"].includes(error.code)) throw error;
  });
  await admin.end();
  const url = new URL(process.env.DRIVER_KIT_POSTGRES);
  url.pathname = `/${place}`;
  return await openPostgresLedger(url.href, options);
}
