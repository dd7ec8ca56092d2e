import { setTimeout as delay } from "node:timers/promises";
import { backoffOf, releaseTries } from "./backoff.js";
import { afterRelease, again, type Next, waiting } from "./booking.js";
import type { CyclesAdapterSettings } from "./cycles-adapter-options.js";
import type { CyclesClient } from "./cycles-client.js";
import type { OpenAttempts } from "./open-attempts.js";
import { timerMs } from "./timer-ms.js";
import { keyOf, type Step } from "./to-cycles.js";

/** A hold that is looked for. */
interface Search {
  /** Whether nobody looks for it any more. */
  isOver: boolean;
  /** Whether it was found, and a release of it has been sent. */
  isReleasing: boolean;
}

const done: Next = { kind: "done" };

export interface UnheardHoldsParts {
  readonly settings: CyclesAdapterSettings;
  readonly client: CyclesClient;
  readonly attempts: OpenAttempts;
}

/** Holds of steps that were denied, and which may have been made although nobody was told. Nobody waits for their end. */
export class UnheardHolds {
  readonly #parts: UnheardHoldsParts;
  /** By attempt and step: under an intent's key each of its attempts is looked for by itself. */
  readonly #searches = new Map<string, Search>();

  constructor(parts: UnheardHoldsParts) {
    this.#parts = parts;
  }

  /** Looks for the hold that a step has asked for, and gives it back; as often as a release is tried, then it is left to its lease. */
  giveBack(step: Step): void {
    const name = nameOf(step);
    // Decided twice at once: one looks for both.
    if (this.#searches.has(name)) return;
    const search: Search = { isOver: false, isReleasing: false };
    this.#searches.set(name, search);
    this.#seek(step, search).finally(() => {
      if (this.#searches.get(name) === search) this.#searches.delete(name);
    });
  }

  /**
   * The step is decided again, and what it asked for is its own from now on.
   * @returns false where that is being given back, so that nothing may rely on it
   */
  leave(step: Step): boolean {
    const name = nameOf(step);
    const search = this.#searches.get(name);
    if (search === undefined) return true;
    if (search.isReleasing) return false;
    search.isOver = true;
    this.#searches.delete(name);
    return true;
  }

  async #seek(step: Step, search: Search): Promise<void> {
    for (let tries = 0; tries < releaseTries && !search.isOver; tries += 1) {
      // A client that throws has given nothing back.
      const next = await this.#look(step, search).catch(() => again);
      if (next.kind !== "again") return;
      // A program that has nothing else to do ends: the lease ends too.
      await delay(timerMs(Math.max(next.afterMs, backoffOf(tries))), undefined, { ref: false });
    }
  }

  async #look(step: Step, search: Search): Promise<Next> {
    const { client, settings, attempts } = this.#parts;
    const { actionId } = step.context;
    const filter = { tenant: settings.tenant, idempotency_key: keyOf(step, "reserve"), status: "ACTIVE" } as const;
    const found = await client.list(filter);
    if (found.kind !== "answered") return waiting(found);
    // The server may not have come to what it was asked.
    if (found.body.reservations.length === 0) return again;
    for (const { reservation_id: id } of found.body.reservations) {
      const detail = await client.get(id);
      if (detail.kind !== "answered") return waiting(detail);
      // Under an intent's key it may be another attempt's.
      if (detail.body.metadata?.["attempt"] !== actionId) continue;
      // What the step holds by now may be in use.
      if (search.isOver || attempts.of(actionId).holds.has(step.step)) return done;
      search.isReleasing = true;
      const next = afterRelease(await client.release(id, { idempotency_key: keyOf(step, "release") }));
      if (next.kind === "again") return next;
    }
    return done;
  }
}

function nameOf({ context: { actionId }, step }: Step): string {
  return `${actionId} ${step}`;
}
