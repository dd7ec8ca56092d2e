import { type Logger, type SettledOutcome, UnsettledError } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { type Booking, eventFor } from "./booking.js";
import { BoundedMap } from "./bounded-map.js";
import type { Held, Hold } from "./hold.js";
import { type Price, worthOf } from "./price.js";
import { patiently, type Settler, type WriteOptions, type Writing } from "./settler.js";
import { keyOf, type Share, sharesOf } from "./to-cycles.js";

/** So many settled attempts at least are remembered, so that money that is found later is added to what was booked. */
const leastSettled = 10_000;

/** By reservation, what it was settled with. */
type Booked = ReadonlyMap<string, bigint>;

interface Settled {
  readonly booked: Booked;
  /** What is under way: of what has ended the amounts alone are kept. */
  readonly writings: readonly Writing[];
  /** Why nothing but an operator helps, where something of it cannot be written. */
  readonly problem?: string;
}

const nothing: Settled = { booked: new Map(), writings: [] };

/** What attempts that are over have been booked with, by this process. */
export class SettledAttempts {
  readonly #settler: Settler;
  readonly #logger: Logger;
  /** Those of which something is under way. None is forgotten: it would be written by two as soon as it is told again. */
  readonly #open = new Map<string, Settled>();
  /** Those of which nothing is. A forgotten one that is told again is sent once more under its keys, which is a replay. */
  readonly #ended = new BoundedMap<string, Settled>(leastSettled);

  constructor(settler: Settler, logger: Logger) {
    this.#settler = settler;
    this.#logger = logger;
  }

  /**
   * Books what an attempt has spent, or what it has spent beyond what was booked.
   * @throws UnsettledError while it is not written
   */
  async settle(context: ActionContext, outcome: SettledOutcome, held: Held, options: WriteOptions): Promise<void> {
    const { actionId } = context;
    const { extended = new Map(), ...others } = options;
    if (held.holds.length === 0) {
      letGo(extended);
      if (outcome.spent.length > 0) this.#logger.warn(`${actionId} moved money for which Cycles holds nothing`);
      return;
    }
    const spent = this.#worthOf(actionId, outcome, held.holds);
    const before = this.#of(actionId);
    const shares = sharesOf(held.holds, spent, before.booked);
    const bookings = bookingsOf(context, shares, before.booked, held.gone);
    const booked = new Map([...before.booked, ...shares.map(({ hold, amount }) => [hold.reservationId, amount] as const)]);
    this.#keep(actionId, { ...before, booked });
    if (bookings.length === 0) letGo(extended);
    else this.#begin(actionId, this.#settler.write(bookings, { ...others, extended, after: before.writings }));
    // Whoever asks again waits for what is under way, and sends nothing twice.
    for (const writing of this.#of(actionId).writings) await patiently(writing);
    const { problem } = this.#of(actionId);
    if (problem !== undefined) throw new UnsettledError(problem, { isHopeless: true });
  }

  #of(actionId: string): Settled {
    return this.#open.get(actionId) ?? this.#ended.get(actionId) ?? nothing;
  }

  #keep(actionId: string, settled: Settled): void {
    if (settled.writings.length > 0) this.#open.set(actionId, settled);
    else {
      this.#open.delete(actionId);
      this.#ended.set(actionId, settled);
    }
  }

  /** What is under way is kept until it has ended, whether or not anybody asks again. */
  #begin(actionId: string, writing: Writing): void {
    const { writings, ...rest } = this.#of(actionId);
    this.#keep(actionId, { ...rest, writings: [...writings, writing] });
    const end = (problem?: string): void => {
      const { writings: all, ...now } = this.#of(actionId);
      const left = all.filter((other) => other !== writing);
      this.#keep(actionId, { ...now, ...(problem === undefined ? {} : { problem }), writings: left });
    };
    writing.written.then(
      () => end(),
      (error: unknown) => end(error instanceof Error ? error.message : String(error)),
    );
  }

  /** What was spent, by the prices of the attempt. Where that cannot be told, everything that is held counts as spent. */
  #worthOf(actionId: string, { spent }: SettledOutcome, holds: readonly Hold[]): bigint {
    const prices = new Map<string, Price>();
    for (const hold of holds) for (const [asset, price] of hold.prices) if (!prices.has(asset)) prices.set(asset, price);
    const worth = worthOf(spent, prices);
    if (typeof worth === "bigint") return worth;
    this.#logger.warn(`${actionId} moved what has no price: all that Cycles holds for it counts as spent`);
    return holds.reduce((sum, { reserved }) => sum + reserved, 0n);
  }
}

/** Nothing of these holds is left to be written. */
function letGo(extended: NonNullable<WriteOptions["extended"]>): void {
  for (const heartbeat of extended.values()) heartbeat.stop();
}

/**
 * What has to be written so that each hold has its share. A hold that was granted after the attempt was settled is new, and is committed or
 * released as the others were. Commits precede releases: what was spent is written before anything is given back.
 */
function bookingsOf(context: ActionContext, shares: readonly Share[], booked: Booked, gone: Held["gone"]): Booking[] {
  const commits = shares
    .filter(({ hold, amount }) => amount > (booked.get(hold.reservationId) ?? 0n))
    .flatMap((share) => spentOf(context, share, booked.get(share.hold.reservationId) ?? 0n, gone));
  const releases = shares
    .filter(({ hold: { reservationId }, amount }) => amount === 0n && !booked.has(reservationId) && !gone.has(reservationId))
    .map(({ hold }): Booking => ({ kind: "release", hold, key: keyOf({ context, step: hold.step }, "release") }));
  return [...commits, ...releases];
}

/** What was spent of a hold, or what was spent of it beyond what is booked. One that was released is asked for again, and then looked at. */
function spentOf(context: ActionContext, { hold, amount }: Share, before: bigint, gone: Held["gone"]): Booking[] {
  const step = { context, step: hold.step };
  const [key, raiseKey] = [keyOf(step, "commit"), keyOf(step, `raise.${amount}`)];
  const raise = (booked: bigint): Booking[] =>
    amount > booked ? [eventFor({ hold, amount: amount - booked, key: raiseKey })] : [];
  if (before > 0n) return raise(before);
  const told = gone.get(hold.reservationId);
  if (told === undefined) return [{ kind: "commit", hold, amount, key, raiseKey }];
  // The same as whoever found it gone, which may have been written: what is known by now beyond that is another event.
  const amountTold = told.amount < amount ? told.amount : amount;
  return [eventFor({ hold, amount: amountTold, key: told.key ?? key }), ...raise(told.amount)];
}
