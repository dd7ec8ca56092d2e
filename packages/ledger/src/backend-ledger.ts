import { agedAtOnce } from "./ageing.js";
import type { LedgerBackend } from "./backend.js";
import { BackendWriter } from "./backend-writer.js";
import type { Ledger } from "./ledger.js";
import { AnchoredClock } from "./ledger-clock.js";
import { type LedgerOptions, timesOf } from "./ledger-options.js";
import { type Needs, needsOfReserve, nothing } from "./needs.js";
import { Verbs } from "./verbs.js";

/**
 * A ledger over a backend: the rules, the sums and the waiting, for a driver that stores and locks. Time is the backend's own, unless
 * `options` bring a clock. Whether there has to be a ledger already (`mustExist`) only the backend can tell, and has to be told when it is made.
 * @throws LedgerFault; RangeError for times that are none
 */
export async function openBackendLedger(backend: LedgerBackend, options: LedgerOptions = {}): Promise<Ledger> {
  const times = timesOf(options);
  const writer = new BackendWriter(backend, options.clock);
  try {
    await writer.open();
  } catch (error) {
    await writer.dispose();
    throw error;
  }
  // The database's clock against this machine's steady one: a step of either is seen.
  const verbs = new Verbs(new AnchoredClock(writer.clock), times, agedAtOnce);
  const ofAttempt = (attemptId: string) => (): Needs => ({ ...nothing, attempts: [attemptId] });
  const none = (): Needs => nothing;
  return {
    id: writer.ledgerId,
    reserve: (request) =>
      writer.run(
        (store) => verbs.reserve(store, request),
        (kinds) => needsOfReserve(request, kinds),
      ),
    arm: (request) => writer.run((store) => verbs.arm(store, request), ofAttempt(request.attemptId)),
    close: (request) => writer.run((store) => verbs.close(store, request), ofAttempt(request.attemptId)),
    correct: (request) => writer.run((store) => verbs.correct(store, request), ofAttempt(request.attemptId)),
    adjust: (request) => writer.run((store) => verbs.adjust(store, request), ofAttempt(request.attemptId)),
    balances: (query) => writer.run((store) => verbs.balances(store, query), none),
    unproven: (limit) => writer.run((store) => verbs.unproven(store, limit), none),
    untold: (limit) => writer.run((store) => verbs.untold(store, limit), none),
    note: (request) => writer.run((store) => verbs.note(store, request), ofAttempt(request.attemptId)),
    freeze: (freeze) => writer.run((store) => verbs.freeze(store, freeze), none),
    unfreeze: (freeze) => writer.run((store) => store.unfreeze(freeze), none),
    freezes: () => writer.run((store) => verbs.freezes(store), none),
    clockIsTrusted: () => verbs.clockIsTrusted(),
    trustClock: (proof) => verbs.trustClock(proof),
    assets: () => writer.run((store) => store.assets(), none),
    dispose: () => writer.dispose(),
  };
}
