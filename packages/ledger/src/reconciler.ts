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

/** Proves what became of calls, in the background or when it is told to. */
export interface Reconciler {
  /** Looks at what is unproven once. @returns what was proven; what throws leaves the ledger as it was */
  pass(): Promise<readonly Proven[]>;
  /** Looks by itself from now on (`ledger:reconcile`): at once, and then less and less often while nothing can be proven. */
  start(): void;
  /** Stops looking by itself; a pass that is under way is waited for. */
  stop(): Promise<void>;
}

/** A reconciler that looks when it is told to, and by itself once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const passes = new BackgroundPasses(
    () => provenIn(options),
    (problem) => options.warn(`reconciling failed, and is tried again: ${problem}`),
  );
  return { pass: () => passes.now(), start: () => passes.start(), stop: () => passes.stop() };
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
