import type { Logger } from "@agentkit-policy/core";
import { backoffOf, releaseTries } from "./backoff.js";
import { afterRelease, again, type Next, waiting } from "./booking.js";
import type { CyclesAdapterSettings } from "./cycles-adapter-options.js";
import type { CyclesClient } from "./cycles-client.js";
import type { OpenAttempts } from "./open-attempts.js";
import { timerMs } from "./timer-ms.js";
import { keyOf, type Step } from "./to-cycles.js";

/** So many holds are looked for at once. In an outage every denied step asks for one more. */
const maxSearches = 1_000;

/** So long a hold counts beyond its own time where nobody says otherwise, in milliseconds. */
const graceMs = 5_000;

/** A hold that is looked for. It keeps nothing of its step but this: an outage may last, and arguments may be large. */
interface Search {
  readonly actionId: string;
  readonly step: string;
  readonly reserveKey: string;
  readonly releaseKey: string;
  /** When the hold has ended by itself, on the clock that never steps. */
  readonly endsAt: number;
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
  readonly logger: Logger;
}

/** Holds of steps that were denied, and which may have been made although nobody was told. Nobody waits for their end. */
export class UnheardHolds {
  readonly #parts: UnheardHoldsParts;
  /** By attempt and step: under an intent's key each of its attempts is looked for by itself. */
  readonly #searches = new Map<string, Search>();
  /** Whether it was said that there are too many. */
  #isFull = false;

  constructor(parts: UnheardHoldsParts) {
    this.#parts = parts;
  }

  /**
   * Looks for the hold that a step has asked for, and gives it back; as often as a release is tried and no longer than the hold can last,
   * then it is left to its lease.
   */
  giveBack(step: Step): void {
    const name = nameOf(step);
    // Decided twice at once: one looks for both.
    if (this.#searches.has(name)) return;
    if (this.#searches.size >= maxSearches) {
      // Rather a hold that ends with its lease than a program that an outage fills up.
      if (!this.#isFull)
        this.#parts.logger.warn(
          `Cycles does not answer, and ${maxSearches} holds that it may have made are looked for: what is beyond that ends with its lease`,
        );
      this.#isFull = true;
      return;
    }
    const search: Search = {
      actionId: step.context.actionId,
      step: step.step,
      reserveKey: keyOf(step, "reserve"),
      releaseKey: keyOf(step, "release"),
      endsAt: performance.now() + this.#parts.settings.ttlMs + graceMs,
      isOver: false,
      isReleasing: false,
    };
    this.#searches.set(name, search);
    this.#follow(name, search);
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

  /** By itself, so that nothing which goes on here holds the step. */
  #follow(name: string, search: Search): void {
    this.#seek(search).finally(() => {
      if (this.#searches.get(name) === search) this.#searches.delete(name);
      // Another outage is said again.
      if (this.#searches.size === 0) this.#isFull = false;
    });
  }

  async #seek(search: Search): Promise<void> {
    for (let tries = 0; tries < releaseTries && !search.isOver && performance.now() < search.endsAt; tries += 1) {
      // A client that throws has given nothing back.
      const next = await this.#look(search).catch(() => again);
      if (next.kind !== "again") return;
      const leftMs = Math.max(0, search.endsAt - performance.now());
      await unwaited(timerMs(Math.min(leftMs, Math.max(next.afterMs, backoffOf(tries)))));
    }
  }

  async #look(search: Search): Promise<Next> {
    const { client, settings, attempts } = this.#parts;
    const { actionId, step, reserveKey, releaseKey } = search;
    const found = await client.list({ tenant: settings.tenant, idempotency_key: reserveKey, status: "ACTIVE" });
    if (found.kind !== "answered") return waiting(found);
    // The server may not have come to what it was asked.
    if (found.body.reservations.length === 0) return again;
    for (const { reservation_id: id, idempotency_key: key } of found.body.reservations) {
      // A server that does not look at the key that it is asked for lists all that the tenant holds.
      if (key != null && key !== reserveKey) continue;
      const detail = await client.get(id);
      if (detail.kind !== "answered") return waiting(detail);
      // Under an intent's key it may be another attempt's.
      const { attempt, step: heldBy } = detail.body.metadata ?? {};
      if (attempt !== actionId || heldBy !== step) continue;
      // What the step holds by now may be in use.
      if (search.isOver || attempts.of(actionId).holds.has(step)) return done;
      search.isReleasing = true;
      const next = afterRelease(await client.release(id, { idempotency_key: releaseKey }));
      if (next.kind === "again") return next;
    }
    return done;
  }
}

/** A pause in which a program that has nothing else to do ends: the lease ends too. */
function unwaited(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function nameOf({ context: { actionId }, step }: Step): string {
  return `${actionId} ${step}`;
}
