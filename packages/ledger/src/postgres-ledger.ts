import { systemClock } from "@agentkit-policy/schema";
import type { Ledger } from "./ledger.js";
import { AnchoredClock } from "./ledger-clock.js";
import { defaultLedgerTimes, type LedgerOptions } from "./ledger-options.js";
import { type Needs, needsOfReserve, nothing } from "./needs.js";
import { PostgresConnection } from "./postgres-connection.js";
import { PostgresWriter } from "./postgres-writer.js";
import { Verbs } from "./verbs.js";

/**
 * A ledger in a PostgreSQL database, shared by every machine that reaches it. Time is the database's own, read once it holds the
 * ledger's lock. The tables are made when they are not there.
 * @param location `postgres://user:password@host:port/database`
 * @throws LedgerFault
 */
export async function openPostgresLedger(location: string, options: LedgerOptions = {}): Promise<Ledger> {
  const { clock } = options;
  const connection = new PostgresConnection(location, options.busyTimeoutMs ?? 4_000);
  const writer = new PostgresWriter(connection, clock === undefined ? undefined : () => clock.now());
  try {
    await writer.open();
  } catch (error) {
    await writer.dispose();
    throw error;
  }
  const times = { ...defaultLedgerTimes, ...options.times };
  // The database's clock against this machine's steady one: a step of either is seen.
  const verbs = new Verbs(new AnchoredClock({ now: () => writer.time, uptime: () => (clock ?? systemClock).uptime() }), times);
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
    freeze: (freeze) => writer.run((store) => verbs.freeze(store, freeze), none),
    unfreeze: (freeze) => writer.run((store) => store.unfreeze(freeze), none),
    freezes: () => writer.run((store) => store.freezes(), none),
    clockIsTrusted: () => verbs.clockIsTrusted(),
    trustClock: (proof) => verbs.trustClock(proof),
    assets: () => writer.run((store) => store.assets(), none),
    dispose: () => writer.dispose(),
  };
}
