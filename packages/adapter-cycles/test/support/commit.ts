import type { Hold } from "../../src/hold.js";
import { action, subject } from "./server.js";

/** A hold, and what is to be committed of it. */
export const hold: Hold = {
  step: "root",
  reservationId: "r",
  reserved: 100n,
  unit: "USD_MICROCENTS",
  subject,
  action,
  prices: new Map(),
};

export const commit = { kind: "commit", hold, amount: 70n, key: "k", raiseKey: "k.raise" } as const;
