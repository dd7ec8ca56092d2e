import type { AttemptMachine } from "./attempt-machine.js";
import type { Denial } from "./errors.js";
import { Journal } from "./journal.js";
import type { SettledOutcome } from "./provider.js";

/** How an attempt ended, as far as its host saw it. */
export interface AttemptEnd {
  readonly stage: "before" | "raised" | "returned";
  readonly result?: unknown;
  readonly error?: unknown;
}

/** The host's side of an open attempt: its journal and its seal. The machine's side keeps envelope and providers. */
export class OpenAttempt {
  readonly actionId: string;
  readonly machine: AttemptMachine;
  readonly journal = new Journal();
  /** Whether the guarded wallet was used at all, if only to read its name. */
  walletTouched = false;
  #end: AttemptEnd | undefined;
  readonly #startedAt = performance.now();

  constructor(actionId: string, machine: AttemptMachine) {
    this.actionId = actionId;
    this.machine = machine;
  }

  /** From the seal on, no further call is handed to the wallet. */
  get sealed(): boolean {
    return this.#end !== undefined;
  }

  /** Why the next wallet call would be refused without asking anybody, if it would. */
  get refusal(): Denial | undefined {
    if (this.sealed) return { code: "attempt_closed", reason: "the action of this wallet call has already ended" };
    return this.machine.denialOf(this.actionId);
  }

  /** From this tick on, no further call is handed over. */
  seal(end: AttemptEnd): void {
    this.#end ??= end;
  }

  /** A call that was in flight at the seal has come back: settle again with what is known now (`settle:cumulative`). */
  settleAgain(): void {
    if (this.sealed) void this.settle();
  }

  /** Settles a sealed attempt with all that is known now. Never throws. */
  settle(): Promise<SettledOutcome | undefined> {
    const end = this.#end;
    if (end === undefined) return Promise.resolve(undefined);
    return this.machine.settle({
      actionId: this.actionId,
      ...end,
      durationMs: performance.now() - this.#startedAt,
      walletTouched: this.walletTouched,
      journal: this.journal.calls(),
    });
  }
}
