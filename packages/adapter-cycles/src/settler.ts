import type { Logger } from "@agentkit-policy/core";
import { afterCommit, afterEvent, afterLook, afterRelease, type Booking, delayOf, type Next } from "./booking.js";
import type { CyclesClient } from "./cycles-client.js";

/** A booking that went wrong is sent again after so long, and twice as long each time, up to the longest. */
const firstDelayMs = 250;
const longestDelayMs = 60_000;

/** So long whoever settles waits at most. */
const patienceMs = 1_000;

/** So long a program that would end waits for what is not written yet. */
const drainMs = 30_000;

/** A hold that cannot be released frees itself with its lease; so often it is tried. */
const releaseTries = 8;

/** A booking that is not written yet. */
interface Waiting {
  readonly booking: Booking;
  /** Whether a look at its reservation comes first. */
  readonly isLook: boolean;
  readonly tries: number;
  readonly notBefore: number;
}

export interface SettlerParts {
  readonly client: CyclesClient;
  readonly logger: Logger;
}

/**
 * Writes at Cycles what attempts have come to, until it is written. Whoever settles waits for the first try, and not for long; everything
 * after that goes on in the background, so that an outage holds up nobody.
 */
export class Settler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Resolves once everything was tried, or enough time has passed. What is not written by then is not forgotten. */
  async book(bookings: readonly Booking[]): Promise<void> {
    const givesUpAt = performance.now() + drainMs;
    const first = this.#round(bookings.map((booking) => toSend(booking))).then((left) => this.#later(left, givesUpAt));
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, patienceMs);
    });
    await Promise.race([first, enough]);
    clearTimeout(patience);
  }

  #later(waiting: readonly Waiting[], givesUpAt: number): void {
    if (waiting.length === 0) return;
    const now = performance.now();
    // A release that waits for a commit is due with it.
    const due = waiting.some(isNoRelease) ? waiting.filter(isNoRelease) : waiting;
    const delayMs = Math.max(0, Math.min(...due.map(({ notBefore }) => notBefore)) - now);
    const timer = setTimeout(() => {
      this.#round(waiting).then((left) => this.#later(left, givesUpAt));
    }, delayMs);
    // A program that has ended otherwise waits for a while, and not for ever.
    if (now + delayMs > givesUpAt) timer.unref();
  }

  /** Sends what is due, in order. @returns what has to be sent again */
  async #round(waiting: readonly Waiting[]): Promise<Waiting[]> {
    const left: Waiting[] = [];
    for (const one of waiting) {
      // Commits precede releases: what was spent is written before anything is given back.
      const isEarly = !isNoRelease(one) && left.some(isNoRelease);
      if (isEarly || one.notBefore > performance.now()) left.push(one);
      else left.push(...(await this.#send(one)));
    }
    return left;
  }

  async #send(one: Waiting): Promise<Waiting[]> {
    const next = await this.#nextOf(one);
    const { booking, tries } = one;
    switch (next.kind) {
      case "done":
        if ("amount" in booking && next.charged !== undefined && next.charged < booking.amount)
          this.#parts.logger.warn(
            `Cycles booked ${next.charged} of ${booking.amount} ${booking.hold.unit}: the budget had no room (${booking.key})`,
          );
        return [];
      case "again":
        if (booking.kind === "release" && tries + 1 >= releaseTries) return [];
        return [toSend(booking, Math.max(next.afterMs, backoffMs(tries)), tries + 1)];
      case "look":
        return await this.#send({ ...one, isLook: true });
      case "instead":
        return await this.#round(next.bookings.map((other) => toSend(other, delayOf(other))));
      case "stuck":
        this.#parts.logger.warn(`Cycles will not book ${booking.key}, and an operator has to: ${next.problem}`);
        return [];
    }
  }

  /** Total: a client that throws has written nothing that anybody knows of. */
  async #nextOf(one: Waiting): Promise<Next> {
    try {
      return await this.#asked(one);
    } catch (error) {
      this.#parts.logger.warn(
        `Cycles could not be asked about ${one.booking.key}: ${error instanceof Error ? error.message : error}`,
      );
      return { kind: "again", afterMs: 0 };
    }
  }

  async #asked({ booking, isLook }: Waiting): Promise<Next> {
    const { client } = this.#parts;
    const { hold, key } = booking;
    switch (booking.kind) {
      case "commit": {
        if (isLook) return afterLook(booking, await client.get(hold.reservationId));
        const request = { idempotency_key: key, actual: { unit: hold.unit, amount: booking.amount } };
        return afterCommit(booking, await client.commit(hold.reservationId, request));
      }
      case "release":
        return afterRelease(await client.release(hold.reservationId, { idempotency_key: key }));
      case "event": {
        const { subject, action, unit } = hold;
        const actual = { unit, amount: booking.amount };
        const request = { idempotency_key: key, subject, action, actual, overage_policy: booking.overage };
        return afterEvent(booking, await client.event(request));
      }
    }
  }
}

/** @param afterMs not sooner than so long from now */
function toSend(booking: Booking, afterMs = 0, tries = 0): Waiting {
  return { booking, isLook: false, tries, notBefore: performance.now() + afterMs };
}

function isNoRelease({ booking }: Waiting): boolean {
  return booking.kind !== "release";
}

function backoffMs(tries: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(tries, 20));
}
