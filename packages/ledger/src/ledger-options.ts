import type { Clock } from "@agentkit-policy/schema";
import type { LedgerTimes } from "./ledger.js";

/** How a ledger is run. Everything has a default. */
export interface LedgerOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly times?: Partial<LedgerTimes>;
  /** How long a verb waits for other processes before it fails with `ledger_busy`, in milliseconds. Default 4,000. */
  readonly busyTimeoutMs?: number;
  /** Fail with `ledger_unreachable` instead of making a ledger that is not there yet, in SQLite or PostgreSQL. Default false. */
  readonly mustExist?: boolean;
}

const minute = 60_000;

/** An action has 15 minutes, a transaction an hour after that; clocks are off by 5 s twice, and a block's time by 30 s. */
export const defaultLedgerTimes: LedgerTimes = {
  lifeMs: 15 * minute,
  settleWithinMs: 60 * minute,
  marginMs: 40_000,
  chains: {},
  unresolved: "age",
};

/**
 * The times to run with: a time between two milliseconds would be no date.
 * @throws RangeError for a time that is not in whole milliseconds, or is negative
 */
export function timesOf({ times }: LedgerOptions): LedgerTimes {
  const all = { ...defaultLedgerTimes, ...times };
  const { lifeMs, settleWithinMs, marginMs, chains } = all;
  const ofChains = Object.entries(chains).map(([chain, own]) => [`settleWithinMs of ${chain}`, own.settleWithinMs] as const);
  for (const [name, value] of [...Object.entries({ lifeMs, settleWithinMs, marginMs }), ...ofChains]) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`the ledger's ${name} is ${value}, and has to be in whole milliseconds`);
  }
  return all;
}
