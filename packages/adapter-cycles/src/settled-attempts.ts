import type { Logger, SettledOutcome } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { type Booking, eventFor } from "./booking.js";
import { BoundedMap } from "./bounded-map.js";
import type { Held, Hold } from "./hold.js";
import { type Price, worthOf } from "./price.js";
import { patiently, type RememberGone, type Settler, type Writing } from "./settler.js";
import { keyOf, sharesOf } from "./to-cycles.js";

/** So many settled attempts are remembered, so that money that is found later is added to what was booked. */
const maxSettled = 10_000;

interface Settled {
  readonly booked: bigint;
  readonly writings: readonly Writing[];
}

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
    const last = held.holds.at(-1);
    if (last === undefined) {
      if (outcome.spent.length > 0) this.#logger.warn(`${actionId} moved money for which Cycles holds nothing`);
      return;
    }
    const spent = this.#worthOf(actionId, outcome, held.holds);
    const { booked, writings = [] } = this.#settled.get(actionId) ?? {};
    const bookings = booked === undefined ? bookingsOf(context, held, spent) : raiseOf(context, last, booked, spent);
    const added = bookings.length === 0 ? [] : [this.#settler.write(bookings, remember)];
    const all = [...writings, ...added];
    const nowBooked = booked === undefined || spent > booked ? spent : booked;
    this.#settled.set(actionId, { booked: nowBooked, writings: all });
    // Whoever asks again waits for what is under way, and sends nothing twice.
    for (const writing of all) await patiently(writing);
    // Of what is written the amount alone is kept. What was added meanwhile, another one waits for.
    if (this.#settled.get(actionId)?.writings === all) this.#settled.set(actionId, { booked: nowBooked, writings: [] });
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

/** Commits precede releases: what was spent is written before anything is given back. */
function bookingsOf(context: ActionContext, { holds, gone }: Held, spent: bigint): Booking[] {
  const shares = sharesOf(holds, spent);
  const commits = shares.filter(({ amount }) => amount > 0n);
  const releases = shares.filter(({ amount, hold }) => amount === 0n && !gone.has(hold.reservationId));
  return [
    ...commits.map(({ hold, amount }): Booking => {
      const key = keyOf({ context, step: hold.step }, "commit");
      return gone.has(hold.reservationId) ? eventFor({ hold, amount, key }) : { kind: "commit", hold, amount, key };
    }),
    ...releases.map(({ hold }): Booking => ({ kind: "release", hold, key: keyOf({ context, step: hold.step }, "release") })),
  ];
}

/** What was spent beyond what is booked. Nothing lowers what was booked. */
function raiseOf(context: ActionContext, last: Hold, booked: bigint, spent: bigint): Booking[] {
  if (spent <= booked) return [];
  const key = keyOf({ context, step: last.step }, `raise.${spent}`);
  return [eventFor({ hold: last, amount: spent - booked, key })];
}
