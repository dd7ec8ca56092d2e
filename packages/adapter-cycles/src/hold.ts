import type { Settlement } from "@agentkit-policy/core";
import { z } from "zod";
import { type Prices, priceOfText, priceText } from "./price.js";
import { type Action, action, type Subject, subject } from "./wire/requests.js";
import { reservationId, type Unit, unit } from "./wire/values.js";

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

const settlement = z.strictObject({
  step: z.string().min(1),
  reservationId,
  reserved: z.string().regex(/^\d{1,19}$/),
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

/** @throws Error for what is no settlement of this adapter's */
export function holdOf(value: Settlement): Hold {
  const { reserved, prices, ...rest } = settlement.parse(value);
  return {
    ...rest,
    reserved: BigInt(reserved),
    prices: new Map(Object.entries(prices).map(([asset, text]) => [asset, priceOfText(text)])),
  };
}
