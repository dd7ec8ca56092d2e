import { type Logger, UnsettledError } from "@agentkit-policy/core";
import { backoffOf, doubtfulTries, firstDelayMs, releaseTries } from "./backoff.js";
import { afterCommit, afterEvent, afterLook, afterRelease, type Booking, delayOf, type Next } from "./booking.js";
import type { CyclesClient } from "./cycles-client.js";
import type { Hold, Told } from "./hold.js";
import { shownText } from "./shown-text.js";
import { timerMs } from "./timer-ms.js";

/** So long whoever settles waits at most. */
const patienceMs = 1_000;

/** So long a program that would end waits for what is not written yet. */
const drainMs = 30_000;

/** So long before its end it is tried for the last time. */
const lastTryMs = 100;

/** What is being written, for as long as it takes. */
export interface Writing {
  /** Resolves once all of it is written. Rejects with an UnsettledError where nothing but an operator helps. */
  readonly written: Promise<void>;
  /** Resolves once the try that is under way is through. */
  tried(): Promise<void>;
  /** Whether something has to be sent again. */
  isOpen(): boolean;
  /** How long nothing of it is going to be sent, in milliseconds. */
  waitMs(): number;
  /** Why it is not written yet: what the last answer said, or why there was none. */
  lastProblem(): string | undefined;
  /** Whether no program that would end waits for it. */
  readonly isReplay: boolean;
}

/** Keeps on disk that a hold is gone, and what is told instead of its commit and under which key, before anybody is told. */
export type RememberGone = (hold: Hold, told: Told) => Promise<void>;

export interface WriteOptions {
  readonly remember?: RememberGone | undefined;
  /** Whether it is told after a crash, from a ledger that keeps it: then no program that would end waits for it. Default false. */
  readonly isReplay?: boolean;
  /** What keeps the holds alive, by reservation. It is stopped once no commit of that hold is left to be written. */
  readonly extended?: ReadonlyMap<string, { stop(): void }>;
  /** What has to be written before: what was booked later is told after what was booked first. */
  readonly after?: readonly Writing[];
}

/** A booking that is not written yet. */
interface Waiting {
  readonly booking: Booking;
  /** Whether a look at its reservation comes first. */
  readonly isLook: boolean;
  readonly tries: number;
  /** How often it was answered with what may be final. */
  readonly doubts: number;
  readonly notBefore: number;
}

export interface SettlerParts {
  readonly client: CyclesClient;
  readonly logger: Logger;
  /** Which nothing that is said shows. */
  readonly apiKey: string;
}

/**
 * Waits for one try, and not for long: an outage holds up nobody.
 * @throws UnsettledError where it is not written by then; it is not forgotten, and goes on in the background
 */
export async function patiently(writing: Writing): Promise<void> {
  await new Promise<void>((resolve) => {
    const patience = setTimeout(resolve, patienceMs);
    if (writing.isReplay) patience.unref();
    const enough = (): void => {
      clearTimeout(patience);
      resolve();
    };
    writing.tried().then(enough, enough);
  });
  if (writing.isOpen()) {
    const problem = writing.lastProblem();
    const why = problem === undefined ? "" : `: ${problem}`;
    throw new UnsettledError(`Cycles has not written it yet${why}`, { retryAfterMs: writing.waitMs() });
  }
  await writing.written;
}

/** Writes at Cycles what attempts have come to, until it is written. */
export class Settler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  write(bookings: readonly Booking[], options: WriteOptions = {}): Writing {
    const writing = new Bookings(this.#parts, options);
    const written = writing.write(bookings);
    // Whoever asks hears of it; a program does not end because nobody did.
    written.catch(() => undefined);
    return {
      written,
      tried: () => writing.tried,
      isOpen: () => writing.isOpen,
      waitMs: () => writing.waitMs(),
      lastProblem: () => writing.lastProblem,
      isReplay: options.isReplay === true,
    };
  }
}

/** The bookings of one attempt, on their way. */
class Bookings {
  readonly #parts: SettlerParts;
  #remember: RememberGone | undefined;
  readonly #extended: Map<string, { stop(): void }>;
  readonly #after: readonly Writing[];
  /** Until then a program that would end waits for it. What is replayed is the ledger's, and whoever opens that next goes on with it. */
  readonly #givesUpAt: number;
  #left: readonly Waiting[] = [];
  #trying: Promise<void> = Promise.resolve();
  #problem: string | undefined;
  #lastProblem: string | undefined;

  constructor(parts: SettlerParts, { remember, isReplay = false, extended = new Map(), after = [] }: WriteOptions) {
    this.#parts = parts;
    this.#remember = remember;
    this.#extended = new Map(extended);
    this.#after = after;
    this.#givesUpAt = performance.now() + (isReplay ? 0 : drainMs);
  }

  get isOpen(): boolean {
    return this.#left.length > 0;
  }

  get lastProblem(): string | undefined {
    return this.#lastProblem;
  }

  get tried(): Promise<void> {
    return this.#trying;
  }

  async write(bookings: readonly Booking[]): Promise<void> {
    this.#left = bookings.map((booking) => toSend(booking));
    this.#letGo();
    // What those before it could not write is said by them, and is no reason to leave this out.
    if (this.#after.length > 0) await Promise.allSettled(this.#after.map(({ written }) => written));
    await this.#try();
    while (this.#left.length > 0) {
      await this.#pause();
      await this.#try();
    }
    // It is bound to its attempt, of which nothing is needed any more.
    this.#remember = undefined;
    if (this.#problem !== undefined) throw new UnsettledError(this.#problem, { isHopeless: true });
  }

  waitMs(): number {
    // A release that waits for a commit is due with it.
    const due = this.#left.some(isNoRelease) ? this.#left.filter(isNoRelease) : this.#left;
    return due.length === 0 ? 0 : Math.max(0, Math.min(...due.map(({ notBefore }) => notBefore)) - performance.now());
  }

  #try(): Promise<void> {
    this.#trying = this.#round(this.#left).then((left) => {
      this.#left = left;
      this.#letGo();
    });
    return this.#trying;
  }

  /** Holds that nothing is going to be committed of need not be kept alive. */
  #letGo(): void {
    for (const [reservationId, heartbeat] of this.#extended) {
      if (this.#left.some(({ booking: { kind, hold } }) => kind === "commit" && hold.reservationId === reservationId)) continue;
      heartbeat.stop();
      this.#extended.delete(reservationId);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      // A wait that is cut off is gone on with: nothing is sent before it is due.
      const waitMs = timerMs(this.waitMs());
      const leftMs = this.#givesUpAt - performance.now();
      // A program that has ended otherwise waits for a while, and not for ever.
      if (leftMs > 0) setTimeout(resolve, Math.min(waitMs, leftMs));
      else setTimeout(resolve, waitMs).unref();
    });
  }

  /** So long a booking waits for its next try. A program that waits for it has one more at the end of that time, and not after it. */
  #backoffMs(tries: number): number {
    const backoffMs = backoffOf(tries);
    const leftMs = this.#givesUpAt - performance.now();
    return leftMs > firstDelayMs ? Math.min(backoffMs, leftMs - lastTryMs) : backoffMs;
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
    const { booking, tries, doubts } = one;
    switch (next.kind) {
      case "done":
        if ("amount" in booking && next.charged !== undefined && next.charged < booking.amount)
          this.#parts.logger.warn(
            `Cycles booked ${next.charged} of ${booking.amount} ${booking.hold.unit}: the budget had no room (${booking.key})`,
          );
        return [];
      case "again":
        this.#heard(booking, next.problem);
        if (booking.kind === "release" && tries + 1 >= releaseTries) return [];
        return [this.#sentAgain(one, next.afterMs)];
      case "doubtful":
        this.#heard(booking, next.problem);
        // Kept as long as it may pass, and then said: a spend that is given up too early is missing in the budget.
        if (doubts + 1 < doubtfulTries) return [this.#sentAgain({ ...one, doubts: doubts + 1 }, next.afterMs)];
        return this.#giveUp(booking, next.problem);
      case "look":
        return await this.#send({ ...one, isLook: true });
      case "instead":
        if (!(await this.#hasKept(booking, next.bookings))) {
          this.#heard(booking, "its hold is gone, which the ledger could not keep");
          return [this.#sentAgain(one, 0)];
        }
        return await this.#round(next.bookings.map((other) => toSend(other, delayOf(other))));
      case "stuck":
        return this.#giveUp(booking, next.problem);
    }
  }

  /** @param afterMs not sooner than so long from now, as the server asks */
  #sentAgain({ booking, tries, doubts }: Waiting, afterMs: number): Waiting {
    return { ...toSend(booking, Math.max(afterMs, this.#backoffMs(tries))), tries: tries + 1, doubts };
  }

  /** Why something is not written yet is said once a writing: an outage would fill the log with it. Whoever asks is told the last reason. */
  #heard({ key }: Booking, problem = "it does not say why"): void {
    const shown = this.#shown(problem);
    if (this.#lastProblem === undefined) this.#parts.logger.warn(`Cycles has not written ${key} yet: ${shown}`);
    this.#lastProblem = shown;
  }

  /** @returns nothing that has to be sent again */
  #giveUp(booking: Booking, problem: string): [] {
    const { key, hold } = booking;
    const what = "amount" in booking ? `${booking.amount} ${hold.unit} of the hold ${hold.reservationId} under ${key}` : key;
    const text = this.#shown(`Cycles will not book ${what}, and an operator has to: ${problem}`);
    this.#problem ??= text;
    this.#parts.logger.warn(text);
    return [];
  }

  #shown(text: string): string {
    return shownText(text, this.#parts.apiKey);
  }

  /** Keeps that a hold is gone before its spend is told otherwise: a process that begins anew then goes on from there. */
  async #hasKept(booking: Booking, instead: readonly Booking[]): Promise<boolean> {
    if (this.#remember === undefined || booking.kind !== "commit") return true;
    // Where a part was committed before, that hold is not gone: all of it would be told to whoever reads that it were.
    if (!instead.every((other) => other.kind === "event" && other.key === booking.key && other.amount === booking.amount))
      return true;
    try {
      await this.#remember(booking.hold, { amount: booking.amount, key: booking.key });
      return true;
    } catch {
      // A ledger that cannot write now may in a while, and the commit is refused again until then.
      return false;
    }
  }

  /** Total: a client that throws has written nothing that anybody knows of. */
  async #nextOf({ booking, isLook }: Waiting): Promise<Next> {
    const { client } = this.#parts;
    const { hold, key } = booking;
    try {
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
    } catch (error) {
      return { kind: "again", afterMs: 0, problem: `it could not be asked: ${error instanceof Error ? error.message : error}` };
    }
  }
}

/** @param afterMs not sooner than so long from now */
function toSend(booking: Booking, afterMs = 0): Waiting {
  return { booking, isLook: false, tries: 0, doubts: 0, notBefore: performance.now() + afterMs };
}

function isNoRelease({ booking }: Waiting): boolean {
  return booking.kind !== "release";
}
