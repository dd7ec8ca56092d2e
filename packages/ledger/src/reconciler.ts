import { BackgroundPasses } from "./background-passes.js";
import type { ChainReader, Ledger, UnprovenCall, Verdict } from "./ledger.js";

/** The calls of so many attempts are asked for at first, and of twice as many each time until there are no more. */
const firstAttempts = 100;

export interface ReconcilerOptions {
  readonly ledger: Ledger;
  readonly chains: ChainReader;
  /** Hears of what went wrong; a pass that fails is tried again later. */
  readonly warn: (message: string) => void;
}

/** What evidence has proven of a call. */
export interface Proven {
  readonly call: UnprovenCall;
  readonly verdict: Verdict;
}

/** Proves what became of calls (`ledger:reconcile`), in the background or when it is told to. What throws leaves the ledger as it was. */
export type Reconciler = BackgroundPasses<Proven>;

/** A reconciler that looks when it is told to, and by itself once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  return new BackgroundPasses(
    () => provenIn(options),
    (problem) => options.warn(`reconciling failed, and is tried again: ${problem}`),
  );
}

async function provenIn({ ledger, chains, warn }: ReconcilerOptions): Promise<Proven[]> {
  if (!ledger.clockIsTrusted()) {
    const blockTime = await chains.latestBlockTime();
    // The time of a ledger in a database is what it said last, and that may have been a minute ago: it is asked anew.
    await ledger.freezes();
    if (blockTime !== undefined && ledger.trustClock({ blockTime })) warn("the clock agrees with a chain again, and is trusted");
  }
  const proven: Proven[] = [];
  const seen = new Set<string>();
  // All of them: calls that can never be proven may stay for ever, and be the oldest.
  for (let attempts = firstAttempts; ; attempts *= 2) {
    const calls = await ledger.unproven(attempts);
    for (const call of calls) {
      const { attemptId, callId } = call;
      const key = JSON.stringify([attemptId, callId]);
      if (seen.has(key)) continue;
      seen.add(key);
      const verdict = await verdictOn(call, chains, warn);
      if (verdict === undefined) continue;
      await ledger.correct({ attemptId, evidence: [{ callId, verdict }] });
      proven.push({ call, verdict });
    }
    if (new Set(calls.map(({ attemptId }) => attemptId)).size < attempts) return proven;
  }
}

/** A chain that does not answer proves nothing, and keeps nobody from asking another one. */
async function verdictOn(call: UnprovenCall, chains: ChainReader, warn: (message: string) => void): Promise<Verdict | undefined> {
  try {
    return await chains.verdictOn(call);
  } catch (error) {
    warn(
      `${call.chainId} did not say what became of ${call.transactionId}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}
