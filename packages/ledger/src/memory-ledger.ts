import { randomUUID } from "node:crypto";
import { systemClock } from "@agentkit-policy/schema";
import type { Ledger } from "./ledger.js";
import { AnchoredClock } from "./ledger-clock.js";
import { LedgerFault } from "./ledger-fault.js";
import { type LedgerOptions, timesOf } from "./ledger-options.js";
import { memoryStore } from "./memory-store.js";
import type { Store } from "./store.js";
import { Verbs } from "./verbs.js";

/** A ledger that lives and dies with its process: for tests, and for agents whose budget is one run. */
export function openMemoryLedger(options: LedgerOptions = {}): Ledger {
  return memoryLedgerOver(memoryStore(), options);
}

/** The ledger over a store that may hold something already. */
export function memoryLedgerOver(store: Store, options: LedgerOptions = {}): Ledger {
  const verbs = new Verbs(new AnchoredClock(options.clock ?? systemClock), timesOf(options));
  let disposed = false;
  // Verbs are synchronous, so that nothing comes between reading and writing: that is the whole transaction.
  const held = (): Store => {
    if (disposed) throw new LedgerFault("ledger_disposed", "the ledger has been closed");
    return store;
  };
  return {
    id: randomUUID(),
    reserve: (request) => verbs.reserve(held(), request),
    arm: (request) => verbs.arm(held(), request),
    close: (request) => verbs.close(held(), request),
    correct: (request) => verbs.correct(held(), request),
    adjust: (request) => verbs.adjust(held(), request),
    balances: async (query) => verbs.balances(held(), query),
    unproven: async (limit) => verbs.unproven(held(), limit),
    untold: async (limit) => verbs.untold(held(), limit),
    note: (request) => verbs.note(held(), request),
    freeze: async (freeze) => verbs.freeze(held(), freeze),
    unfreeze: async (freeze) => held().unfreeze(freeze),
    freezes: async () => verbs.freezes(held()),
    clockIsTrusted: () => verbs.clockIsTrusted(),
    trustClock: (proof) => verbs.trustClock(proof),
    assets: async () => held().assets(),
    dispose: async () => {
      disposed = true;
    },
  };
}
