import type { CyclesResult } from "./cycles-client.js";
import type { Hold } from "./hold.js";
import type { AnswerOf } from "./wire/answers.js";
import type { OveragePolicy } from "./wire/values.js";

/** Something that has to be written at Cycles once an attempt is over. Its key makes it one and the same however often it is sent. */
export type Booking =
  | {
      readonly kind: "commit";
      readonly hold: Hold;
      readonly amount: bigint;
      readonly key: string;
      /** The key of the event for what is missing where less was committed: the same for whoever raises the hold to this amount. */
      readonly raiseKey: string;
    }
  | { readonly kind: "release"; readonly hold: Hold; readonly key: string }
  /** What a hold came to, told to the budgets directly: the hold is gone, or was too small. */
  | {
      readonly kind: "event";
      readonly hold: Hold;
      readonly amount: bigint;
      readonly key: string;
      readonly overage: OveragePolicy;
      /** How often it did not fit. */
      readonly refusals: number;
    };

type Commit = Extract<Booking, { kind: "commit" }>;
type CyclesEvent = Extract<Booking, { kind: "event" }>;

/** What the answer to a booking asks for next. */
export type Next =
  /** It is written. `charged` is less than the amount where the budget had no room, and then it says so. */
  | { readonly kind: "done"; readonly charged?: bigint }
  /** The same again, not before so long. */
  | { readonly kind: "again"; readonly afterMs: number }
  /** These in its place. */
  | { readonly kind: "instead"; readonly bookings: readonly Booking[] }
  /** Only a look at the reservation tells. */
  | { readonly kind: "look" }
  /** Nothing that this program can do will write it. */
  | { readonly kind: "stuck"; readonly problem: string };

/**
 * The hold that an event follows may count until it is swept, five seconds later at most; so often, so long apart, the event is offered
 * as one that has to fit, before more is taken than there is.
 */
const fittingTries = 8;
const fittingMs = 1_000;

/** What an event is booked with in turn, until one is accepted. The last should always be. */
const lesserOverage: Readonly<Record<Exclude<OveragePolicy, "ALLOW_IF_AVAILABLE">, OveragePolicy>> = {
  REJECT: "ALLOW_WITH_OVERDRAFT",
  ALLOW_WITH_OVERDRAFT: "ALLOW_IF_AVAILABLE",
};

/** An unknown outcome is asked again with the same key, and never given up for a release. */
export const again: Next = { kind: "again", afterMs: 0 };

export function afterCommit(booking: Commit, result: CyclesResult<AnswerOf<"commit">>): Next {
  if (result.kind === "answered") return { kind: "done", charged: result.body.charged.amount };
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  switch (result.code) {
    case "RESERVATION_EXPIRED":
    case "NOT_FOUND":
      return { kind: "instead", bookings: [eventFor(booking)] };
    case "RESERVATION_FINALIZED":
    case "IDEMPOTENCY_MISMATCH":
      return { kind: "look" };
    case "OVERDRAFT_LIMIT_EXCEEDED":
    case "BUDGET_EXCEEDED":
      return { kind: "instead", bookings: beyondOverdraft(booking) };
    default:
      return { kind: "stuck", problem: `${result.code}: ${result.message}` };
  }
}

/** What has become of a reservation that somebody else has ended, or this program before it died. */
export function afterLook(booking: Commit, result: CyclesResult<AnswerOf<"get">>): Next {
  if (result.kind === "unknown") return waiting(result);
  if (result.kind === "refused") {
    if (isPassing(result)) return waiting(result);
    return { kind: "instead", bookings: [eventFor(booking)] };
  }
  const { status, committed } = result.body;
  if (status === "ACTIVE") return again;
  if (status !== "COMMITTED") return { kind: "instead", bookings: [eventFor(booking)] };
  const booked = committed?.amount ?? 0n;
  // Nothing lowers a commit: what was written too much stays.
  if (booked >= booking.amount) return { kind: "done", charged: booked };
  const { hold, amount, raiseKey: key } = booking;
  return { kind: "instead", bookings: [eventFor({ hold, amount: amount - booked, key })] };
}

export function afterRelease(result: CyclesResult<AnswerOf<"release">>): Next {
  if (result.kind === "answered") return { kind: "done" };
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  // Ended, expired or unknown: nothing is held any more.
  return { kind: "done" };
}

export function afterEvent(booking: CyclesEvent, result: CyclesResult<AnswerOf<"event">>): Next {
  if (result.kind === "answered") return { kind: "done", charged: result.body.charged?.amount ?? booking.amount };
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  switch (result.code) {
    case "BUDGET_EXCEEDED":
    case "OVERDRAFT_LIMIT_EXCEEDED": {
      // It takes what there is, and a server that has nothing to give all the same is not asked without a pause.
      if (booking.overage === "ALLOW_IF_AVAILABLE") return again;
      const refusals = booking.refusals + 1;
      if (booking.overage === "REJECT" && refusals < fittingTries)
        return { kind: "instead", bookings: [{ ...booking, refusals }] };
      return { kind: "instead", bookings: [{ ...booking, refusals: 0, overage: lesserOverage[booking.overage] }] };
    }
    // A try whose answer was lost had been booked with another policy.
    case "IDEMPOTENCY_MISMATCH":
      return { kind: "done" };
    default:
      return { kind: "stuck", problem: `${result.code}: ${result.message}` };
  }
}

/** How long to wait before a booking is sent for the first time. */
export function delayOf(booking: Booking): number {
  return booking.kind === "event" && booking.refusals > 0 ? fittingMs : 0;
}

/** What was spent, as an event that has to fit at first. */
export function eventFor({ hold, amount, key }: Pick<Commit, "hold" | "amount" | "key">): CyclesEvent {
  return { kind: "event", hold, amount, key, overage: "REJECT", refusals: 0 };
}

/** An overdraft that is too small books nothing: what was held is committed, and the rest told as far as there is room. */
function beyondOverdraft(booking: Commit): Booking[] {
  const { hold, amount, key, raiseKey } = booking;
  if (amount <= hold.reserved) return [eventFor(booking)];
  return [
    { ...booking, amount: hold.reserved, key: `${key}.held`, raiseKey: `${raiseKey}.held` },
    // Whoever finds what was held committed, and no more, tells the rest with this key too.
    { ...eventFor({ hold, amount: amount - hold.reserved, key: raiseKey }), overage: "ALLOW_IF_AVAILABLE" },
  ];
}

/** What may be otherwise in a while. After an execution a key that is refused is kept: without its database the server refuses all. */
function isPassing(result: Extract<CyclesResult<unknown>, { kind: "refused" }>): boolean {
  return [401, 403, 429].includes(result.status) || result.code === "BUDGET_FROZEN";
}

/** The same again, after as long as the server asks for. */
export function waiting(result: { readonly retryAfterMs?: number }): Next {
  return { kind: "again", afterMs: result.retryAfterMs ?? 0 };
}
