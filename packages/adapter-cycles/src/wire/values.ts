import * as z from "zod";

/** The largest amount, in atomic units of its unit: a signed 64-bit integer. */
export const maxAmount = 2n ** 63n - 1n;

/** Units that budgets are kept in. A dollar is 10^8 USD_MICROCENTS. */
export const unit = z.enum(["USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS"]);
export type Unit = z.infer<typeof unit>;

export const decision = z.enum(["ALLOW", "ALLOW_WITH_CAPS", "DENY"]);

export const reservationStatus = z.enum(["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED"]);
export type ReservationStatus = z.infer<typeof reservationStatus>;

/** What becomes of an actual amount that is more than what was reserved. */
export const overagePolicy = z.enum(["REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"]);
export type OveragePolicy = z.infer<typeof overagePolicy>;

/** A whole number that is no money, such as milliseconds; on the wire it may be read as a `bigint`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z
    .union([z.bigint(), z.int()])
    .refine((value) => value >= least && value <= most, { error: `not a whole number from ${least} to ${most}` })
    .transform(Number);
}

/** Text of so many characters. The protocol counts code points, as JSON Schema does. */
export function text(least: number, most: number) {
  return z.string().refine((value) => value.length >= least && [...value].length <= most, {
    error: `not ${least} to ${most} characters`,
  });
}

export const idempotencyKey = text(1, 256);

/** It becomes a part of a path, where these would lead elsewhere, and what cannot be written there would never be committed. */
export const reservationId = text(1, 256).refine((id) => ![".", ".."].includes(id) && isWellFormed(id), {
  error: "no id of a reservation",
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The levels of a budget's hierarchy, the outermost first. */
export const levels = ["tenant", "workspace", "app", "workflow", "agent", "toolset"] as const;
export type Level = (typeof levels)[number];

/** What a user divides budgets by besides. A server may ignore it. */
export const dimensions = z
  .record(z.string(), text(0, 256))
  .refine((value) => Object.keys(value).length <= 16, { error: "more than 16 dimensions" });
