import { type Settlement, UnsettledError } from "@agentkit-policy/core";
import * as z from "zod";
import { type Prices, priceOfText, priceText } from "./price.js";
import { type Action, action, type Subject, subject } from "./wire/requests.js";
import { idempotencyKey, reservationId, type Unit, unit } from "./wire/values.js";

/** What an attempt holds at Cycles for one of its steps. */
export interface Hold {
  /** `root`, or the id of the wallet call that it was made for. */
  readonly step: string;
  readonly reservationId: string;
  readonly reserved: bigint;
  readonly unit: Unit;
  readonly subject: Subject;
  readonly action: Action;
  /** As they were when the attempt first asked. */
  readonly prices: Prices;
}

const wholeAmount = z.string().regex(/^\d{1,19}$/);

const settlement = z.strictObject({
  step: z.string().min(1),
  reservationId,
  reserved: wholeAmount,
  unit,
  subject,
  action,
  prices: z.record(z.string(), z.string()),
});

/** A hold as plain data: whoever gets it can settle the attempt and needs to know nothing else. */
export function settlementOf(hold: Hold): Settlement {
  return {
    ...hold,
    reserved: String(hold.reserved),
    prices: Object.fromEntries([...hold.prices].map(([asset, price]) => [asset, priceText(price)])),
  };
}

/** What settlements of an attempt say together. */
export interface Held {
  /** Each reservation once. */
  readonly holds: readonly Hold[];
  /** Reservations that are gone, and what of them was to be told to the budgets directly when that was found. */
  readonly gone: ReadonlyMap<string, Told>;
}

/** What is told of a hold that is gone. */
export interface Told {
  readonly amount: bigint;
  /** The idempotency key of the event, under another of which it would be booked once more; that of the hold's own commit unless said. */
  readonly key: string | undefined;
}

const goneHold = z.strictObject({ gone: reservationId, told: wholeAmount, key: idempotencyKey.optional() });

/**
 * That a hold is gone, and what is told of it, as plain data.
 * @param commitKey the key of the hold's own commit
 */
export function goneSettlementOf(
  { reservationId: gone }: Hold,
  { amount, key }: Told,
  commitKey: string | undefined,
): Settlement {
  const isOwn = key === undefined || key === commitKey;
  return { gone, told: String(amount), ...(isOwn ? {} : { key }) };
}

/**
 * @param known what this process knows itself, by reservation: it need not be read
 * @throws UnsettledError for what is no settlement of this adapter's: nobody can say what was held then
 */
export function heldOf(settlements: readonly Settlement[], known: ReadonlyMap<unknown, Hold>): Held {
  // A step that is decided again is answered with the hold that it has: two settlements tell of one reservation then.
  const holds = new Map<string, Hold>();
  const gone = new Map<string, Told>();
  for (const value of settlements) {
    const own = known.get(value["reservationId"]);
    const told = own === undefined ? goneHold.safeParse(value) : undefined;
    if (told?.success) {
      // Where two found it, the first has told it.
      const { gone: id, told: amount, key } = told.data;
      if (!gone.has(id)) gone.set(id, { amount: BigInt(amount), key });
      continue;
    }
    const hold = own ?? holdOf(value);
    if (!holds.has(hold.reservationId)) holds.set(hold.reservationId, hold);
  }
  return { holds: [...holds.values()], gone };
}

function holdOf(value: Settlement): Hold {
  const parsed = settlement.safeParse(value);
  if (!parsed.success) throw new UnsettledError("what is held at Cycles cannot be read", { isHopeless: true });
  const { reserved, prices, ...rest } = parsed.data;
  return {
    ...rest,
    reserved: BigInt(reserved),
    prices: new Map(Object.entries(prices).map(([asset, text]) => [asset, priceOfText(text)])),
  };
}
