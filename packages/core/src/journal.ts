import { type JournalCall, type Receipt, sha256Hex, type WalletCallFacts } from "@agentkit-policy/schema";
import { errorText } from "./errors.js";

/** Error texts are kept for people only; a node can answer with a whole page. */
const maxErrorLength = 1_000;

/**
 * The wallet calls of one attempt, each recorded when it *starts* (`guard:journal`): a call whose end nobody saw is known
 * all the same, and counts as gone.
 */
export class Journal {
  readonly #calls = new Map<string, JournalCall>();

  start(facts: WalletCallFacts): void {
    this.#calls.set(facts.callId, { facts, state: "waiting" });
  }

  refused(callId: string): void {
    this.#update(callId, { state: "refused" });
  }

  handedOver(callId: string): void {
    this.#update(callId, { state: "in_flight" });
  }

  /** The wallet answered with a transaction's id. */
  sent(callId: string, transactionId: string): void {
    this.#update(callId, { state: "returned", transactionId });
  }

  /** The wallet answered with something else than an id: a signature, of which only the hash is kept (`guard:secret`). */
  answered(callId: string, answer: unknown): void {
    const signature = typeof answer === "string" ? { signatureHash: sha256Hex(answer) } : {};
    this.#update(callId, { state: "returned", ...signature });
  }

  raised(callId: string, error: unknown): void {
    this.#update(callId, { state: "raised", error: errorText(error).slice(0, maxErrorLength) });
  }

  neverLeft(callId: string, error: unknown): void {
    this.#update(callId, { state: "never_left", error: errorText(error).slice(0, maxErrorLength) });
  }

  /** @returns the call whose transaction this is, if it is one of ours. */
  receipt(transactionId: string, receipt: Receipt): string | undefined {
    for (const [callId, call] of this.#calls) {
      if (call.transactionId !== transactionId) continue;
      this.#update(callId, { receipt });
      return callId;
    }
    return undefined;
  }

  /** A copy, in the order in which the calls began. */
  calls(): JournalCall[] {
    return [...this.#calls.values()];
  }

  #update(callId: string, change: Partial<JournalCall>): void {
    const call = this.#calls.get(callId);
    if (call !== undefined) this.#calls.set(callId, { ...call, ...change });
  }
}
