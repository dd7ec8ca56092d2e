import type { Logger, SettledOutcome } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { type Booking, eventFor } from "./booking.js";
import { BoundedMap } from "./bounded-map.js";
import type { Held, Hold } from "./hold.js";
import { type Price, worthOf } from "./price.js";
import { patiently, type RememberGone, type Settler, type Writing } from "./settler.js";
import { keyOf, type Share, sharesOf } from "./to-cycles.js";

/** So many settled attempts are remembered, so that money that is found later is added to what was booked. */
const maxSettled = 10_000;

/** By reservation, what it was settled with. */
type Booked = ReadonlyMap<string, bigint>;

interface Settled {
  readonly booked: Booked;
  readonly writings: readonly Writing[];
}

const nothing: Settled = { booked: new Map(), writings: [] };

/** What attempts that are over have been booked with, by this process. */
export class SettledAttempts {
  readonly #settler: Settler;
  readonly #logger: Logger;
  readonly #settled = new BoundedMap<string, Settled>(maxSettled);

  constructor(settler: Settler, logger: Logger) {
    this.#settler = settler;
    this.#logger = logger;
  }

  /** Books what an attempt has spent, or what it has spent beyond what was booked. @throws UnsettledError while it is not written */
  async settle(context: ActionContext, outcome: SettledOutcome, held: Held, remember: RememberGone | undefined): Promise<void> {
    const { actionId } = context;
    if (held.holds.length === 0) {
      if (outcome.spent.length > 0) this.#logger.warn(`${actionId} moved money for which Cycles holds nothing`);
      return;
    }
    const spent = this.#worthOf(actionId, outcome, held.holds);
    const before = this.#settled.get(actionId) ?? nothing;
    const shares = sharesOf(held.holds, spent, before.booked);
    const bookings = bookingsOf(context, shares, before.booked, held.gone);
    const added = bookings.length === 0 ? [] : [this.#settler.write(bookings, remember)];
    const all = [...before.writings, ...added];
    const booked = new Map([...before.booked, ...shares.map(({ hold, amount }) => [hold.reservationId, amount] as const)]);
    this.#settled.set(actionId, { booked, writings: all });
    // Whoever asks again waits for what is under way, and sends nothing twice.
    for (const writing of all) await patiently(writing);
    // Of what is written the amounts alone are kept. What was added meanwhile, another one waits for.
    if (this.#settled.get(actionId)?.writings === all) this.#settled.set(actionId, { booked, writings: [] });
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
