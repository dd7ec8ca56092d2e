import type { Assumed, Changes, Fetched, Known, LedgerBackend } from "../backend.js";
import { LedgerFault } from "../ledger-fault.js";
import type { Needs } from "../needs.js";

/** The next call of a method fails: before anything of it is done, or after all of it, when only the answer is lost. */
export interface Break {
  readonly call: "begin" | "fetch" | "write" | "commit" | "commitIf";
  readonly isDone: boolean;
}

/** A backend whose connection can be told to break off. */
export class BreakingBackend implements LedgerBackend {
  readonly #backend: LedgerBackend;
  readonly commitIf?: (assumed: Assumed, changes: Changes) => Promise<number | undefined>;
  #next: Break | undefined;
  #isBroken = false;
  #hasCommitted = false;

  constructor(backend: LedgerBackend) {
    this.#backend = backend;
    if (backend.commitIf === undefined) return;
    this.commitIf = async (assumed, changes) => {
      // Where the backend asks for the lock, nothing was done, and nothing can be lost.
      return await this.#breakable(
        "commitIf",
        async () => await backend.commitIf?.(assumed, changes),
        (told) => told !== undefined,
      );
    };
  }

  get name(): string {
    return this.#backend.name;
  }

  /** Whether it broke off since it was told to. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether the transaction in which it broke off was committed. */
  get hasCommitted(): boolean {
    return this.#hasCommitted;
  }

  breakNext(next: Break | undefined): void {
    this.#next = next;
    this.#isBroken = false;
    this.#hasCommitted = false;
  }

  async begin(needs: Needs, known: Known): Promise<Fetched> {
    return await this.#breakable("begin", () => this.#backend.begin(needs, known));
  }

  async fetch(needs: Needs, known: Known): Promise<Fetched> {
    return await this.#breakable("fetch", () => this.#backend.fetch(needs, known));
  }

  async write(changes: Changes): Promise<void> {
    await this.#breakable("write", () => this.#backend.write(changes));
  }

  async commit(changes: Changes): Promise<void> {
    await this.#breakable("commit", () => this.#backend.commit(changes));
  }

  async entriesAfter(attemptId: string): ReturnType<LedgerBackend["entriesAfter"]> {
    return await this.#backend.entriesAfter(attemptId);
  }

  async abandon(): Promise<void> {
    await this.#backend.abandon();
  }

  async close(): Promise<void> {
    await this.#backend.close();
  }

  async #breakable<T>(call: Break["call"], work: () => Promise<T>, isDone: (answer: T) => boolean = () => true): Promise<T> {
    const next = this.#next?.call === call ? this.#next : undefined;
    if (next === undefined) return await work();
    this.#next = undefined;
    if (!next.isDone) throw this.#broken(false);
    const answer = await work();
    if (!isDone(answer)) return answer;
    throw this.#broken(call === "commit" || call === "commitIf");
  }

  #broken(hasCommitted: boolean): LedgerFault {
    this.#isBroken = true;
    this.#hasCommitted = hasCommitted;
    return new LedgerFault("ledger_unreachable", `${this.name}: the check broke its connection off`);
  }
}
