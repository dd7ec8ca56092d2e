import { BackgroundPasses } from "./background-passes.js";
import type { ChainReader, Ledger, UnprovenCall, Verdict } from "./ledger.js";

/** So many calls are looked at in one pass. */
const callsPerPass = 100;

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
    if (blockTime !== undefined && ledger.trustClock({ blockTime })) warn("the clock agrees with a chain again, and is trusted");
  }
  const proven: Proven[] = [];
  for (const call of await ledger.unproven(callsPerPass)) {
    const verdict = await verdictOn(call, chains, warn);
    if (verdict === undefined) continue;
    const { attemptId, callId } = call;
    await ledger.correct({ attemptId, evidence: [{ callId, verdict }] });
    proven.push({ call, verdict });
  }
  return proven;
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
