import type { ChainReader, Ledger, UnprovenCall, Verdict } from "./ledger.js";

/** So many calls are looked at in one pass. */
const callsPerPass = 100;

/** The pause after a pass that proved something, in milliseconds; it doubles after each that proved nothing. */
const shortestPauseMs = 2_000;
const longestPauseMs = 60_000;

export interface ReconcilerOptions {
  readonly ledger: Ledger;
  readonly chains: ChainReader;
  /** Hears of what went wrong; a pass that fails is tried again later. */
  readonly warn: (message: string) => void;
}

/** Proves what became of calls, in the background or when it is told to. */
export interface Reconciler {
  /** Looks at what is unproven once. @returns what was proven; what throws leaves the ledger as it was */
  pass(): Promise<readonly { readonly call: UnprovenCall; readonly verdict: Verdict }[]>;
  /**
   * Looks by itself from now on (`ledger:reconcile`): at once, and then less and less often while nothing can be proven. It keeps no
   * process alive and delays nobody.
   */
  start(): void;
  /** Stops looking by itself; a pass that is under way is waited for. */
  stop(): Promise<void>;
}

/** A reconciler that looks when it is told to, and by itself once it is started. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  return new LedgerReconciler(options);
}

class LedgerReconciler implements Reconciler {
  readonly #options: ReconcilerOptions;
  #pauseMs = shortestPauseMs;
  #timer: NodeJS.Timeout | undefined;
  #passing: ReturnType<Reconciler["pass"]> | undefined;
  #stopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer === undefined) this.#schedule(0);
  }

  pass(): ReturnType<Reconciler["pass"]> {
    // Two that look at once would ask every chain twice.
    this.#passing ??= this.#pass().finally(() => {
      this.#passing = undefined;
    });
    return this.#passing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#passing?.catch(() => undefined);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#inBackground(), ms);
    this.#timer.unref();
  }

  async #inBackground(): Promise<void> {
    let proven = 0;
    try {
      proven = (await this.pass()).length;
    } catch (error) {
      this.#options.warn(`reconciling failed, and is tried again: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#pauseMs = proven > 0 ? shortestPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#schedule(this.#pauseMs);
  }

  async #pass(): Promise<{ call: UnprovenCall; verdict: Verdict }[]> {
    const { ledger, chains, warn } = this.#options;
    if (!ledger.clockIsTrusted()) {
      const blockTime = await chains.latestBlockTime();
      if (blockTime !== undefined && ledger.trustClock({ blockTime }))
        warn("the clock agrees with a chain again, and is trusted");
    }
    const proven: { call: UnprovenCall; verdict: Verdict }[] = [];
    for (const call of await ledger.unproven(callsPerPass)) {
      const verdict = await this.#verdictOn(call);
      if (verdict === undefined) continue;
      const { attemptId, callId } = call;
      await ledger.correct({ attemptId, evidence: [{ callId, verdict }] });
      proven.push({ call, verdict });
    }
    return proven;
  }

  /** A chain that does not answer proves nothing, and keeps nobody from asking another one. */
  async #verdictOn(call: UnprovenCall): Promise<Verdict | undefined> {
    try {
      return await this.#options.chains.verdictOn(call);
    } catch (error) {
      this.#options.warn(
        `${call.chainId} did not say what became of ${call.transactionId}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return undefined;
    }
  }
}
