import { BackgroundPasses, unlessStopped } from "./background-passes.js";
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
    (signal) => provenIn(options, signal),
    (problem) => options.warn(`reconciling failed, and is tried again: ${problem}`),
  );
}

async function provenIn({ ledger, chains, warn }: ReconcilerOptions, signal: AbortSignal): Promise<Proven[]> {
  if (!ledger.clockIsTrusted()) {
    const blockTime = await unlessStopped(chains.latestBlockTime(signal), signal);
    if (signal.aborted) return [];
    // The time of a ledger in a database is what it said last, and that may have been a minute ago: it is asked anew.
    await ledger.freezes();
    if (blockTime !== undefined && ledger.trustClock({ blockTime })) warn("the clock agrees with a chain again, and is trusted");
  }
  const proven: Proven[] = [];
  const seen = new Set<string>();
  const reader = new PassReader(chains, warn, signal);
  // All of them: calls that can never be proven may stay for ever, and be the oldest.
  for (let attempts = firstAttempts; ; attempts *= 2) {
    if (signal.aborted) return proven;
    const calls = await ledger.unproven(attempts);
    for (const call of calls) {
      const { attemptId, callId } = call;
      const key = JSON.stringify([attemptId, callId]);
      if (seen.has(key)) continue;
      seen.add(key);
      const verdict = await reader.verdictOn(call);
      // What is answered once nobody waits for it is dropped: the ledger may be gone.
      if (signal.aborted) return proven;
      if (verdict === undefined) continue;
      const answer = await ledger.correct({ attemptId, evidence: [{ callId, verdict }] });
      if (!answer.ok) {
        warn(`the evidence of ${callId} is not taken: ${answer.reason}`);
        continue;
      }
      proven.push({ call, verdict });
    }
    if (new Set(calls.map(({ attemptId }) => attemptId)).size < attempts) return proven;
  }
}

/** Asks chains in one pass. One that does not answer proves nothing, and keeps nobody from asking another one. */
class PassReader {
  readonly #chains: ChainReader;
  readonly #warn: (message: string) => void;
  readonly #signal: AbortSignal;
  /** Chains that have let their time pass: each further call of theirs would take as long. */
  readonly #silent = new Set<string>();

  constructor(chains: ChainReader, warn: (message: string) => void, signal: AbortSignal) {
    this.#chains = chains;
    this.#warn = warn;
    this.#signal = signal;
  }

  async verdictOn(call: UnprovenCall): Promise<Verdict | undefined> {
    const { chainId, transactionId } = call;
    if (this.#silent.has(chainId)) return undefined;
    try {
      return await unlessStopped(this.#chains.verdictOn(call, this.#signal), this.#signal);
    } catch (error) {
      if (this.#signal.aborted) return undefined;
      if (error instanceof Error && error.name === "TimeoutError") this.#silent.add(chainId);
      const problem = error instanceof Error ? error.message : String(error);
      this.#warn(`${chainId} did not say what became of ${transactionId}: ${problem}`);
      return undefined;
    }
  }
}
