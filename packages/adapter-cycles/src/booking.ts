import type { CyclesResult } from "./cycles-client.js";
import type { Hold } from "./hold.js";
import type { AnswerOf } from "./wire/answers.js";
import type { Amount } from "./wire/requests.js";
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
      /** How often its key was found to have been used otherwise. */
      readonly mismatches: number;
    };

type Commit = Extract<Booking, { kind: "commit" }>;
type CyclesEvent = Extract<Booking, { kind: "event" }>;
type Refused = Extract<CyclesResult<unknown>, { kind: "refused" }>;
type Unanswered = Extract<CyclesResult<unknown>, { kind: "unknown" }>;

/** What the answer to a booking asks for next. */
export type Next =
  /** It is written. `charged` is less than the amount where the budget had no room, and then it says so. */
  | { readonly kind: "done"; readonly charged?: bigint }
  /** The same again, not before so long; and why, where the server or its silence says so. */
  | { readonly kind: "again"; readonly afterMs: number; readonly problem?: string }
  /** The same again for some time, not before so long: it may be otherwise in a while, or only an operator helps. */
  | { readonly kind: "doubtful"; readonly afterMs: number; readonly problem: string }
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
const overagePolicies: readonly OveragePolicy[] = ["REJECT", "ALLOW_WITH_OVERDRAFT", "ALLOW_IF_AVAILABLE"];

const hidden = "its hold was ended before, and the server does not show what was committed of it";

/** Refusals that no wait ends, whatever was asked: the protocol knows them as final. */
const finalCodes: ReadonlySet<string> = new Set(["BUDGET_CLOSED", "TENANT_CLOSED", "INVALID_REQUEST", "UNIT_MISMATCH"]);

/** An unknown outcome is asked again with the same key, and never given up for a release. */
export const again = { kind: "again", afterMs: 0 } as const satisfies Next;

export function afterCommit(booking: Commit, result: CyclesResult<AnswerOf<"commit">>): Next {
  if (result.kind === "answered") return chargedOf(booking, result.body.charged);
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  if (finalCodes.has(result.code)) return { kind: "stuck", problem: problemOf(result) };
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
      return doubtful(result, problemOf(result));
  }
}

/** What has become of a reservation that somebody else has ended, or this program before it died. */
export function afterLook(booking: Commit, result: CyclesResult<AnswerOf<"get">>): Next {
  if (result.kind === "unknown") return waiting(result);
  if (result.kind === "refused") {
    if (isPassing(result)) return waiting(result);
    // An expired reservation is the only one that is refused and of which nothing can have been committed.
    if (result.status === 410 && result.code === "RESERVATION_EXPIRED") return { kind: "instead", bookings: [eventFor(booking)] };
    // It exists, and has most often been committed: an event of all of it would be booked beside that. Rather nothing, and an operator.
    return doubtful(result, `${hidden} (${problemOf(result)})`);
  }
  const { status, committed, reservation_id: id } = result.body;
  if (id !== booking.hold.reservationId) return doubtful({}, `${hidden} (it shows another one)`);
  if (status === "ACTIVE") return { ...again, problem: "the hold is said to be ended, and to be active" };
  if (status !== "COMMITTED") return { kind: "instead", bookings: [eventFor(booking)] };
  // The same direction: what was committed is not nothing because its amount is not told.
  if (committed == null) return doubtful({}, `${hidden} (COMMITTED without an amount)`);
  if (committed.unit !== booking.hold.unit) return doubtful({}, `${hidden} (COMMITTED in ${committed.unit})`);
  // Nothing lowers a commit: what was written too much stays.
  if (committed.amount >= booking.amount) return { kind: "done", charged: committed.amount };
  const { hold, amount, raiseKey: key } = booking;
  return { kind: "instead", bookings: [eventFor({ hold, amount: amount - committed.amount, key })] };
}

/** What the server says that it has booked. In another unit it says nothing of what was to be booked. */
function chargedOf({ hold }: Booking, { amount: charged, unit }: Amount): Next {
  return unit === hold.unit ? { kind: "done", charged } : doubtful({}, `it has booked ${unit} in place of ${hold.unit}`);
}

export function afterRelease(result: CyclesResult<AnswerOf<"release">>): Next {
  if (result.kind === "answered") return { kind: "done" };
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  // Ended, expired or unknown: nothing is held any more.
  return { kind: "done" };
}

export function afterEvent(booking: CyclesEvent, result: CyclesResult<AnswerOf<"event">>): Next {
  if (result.kind === "answered")
    return result.body.charged == null ? { kind: "done", charged: booking.amount } : chargedOf(booking, result.body.charged);
  if (result.kind === "unknown" || isPassing(result)) return waiting(result);
  if (finalCodes.has(result.code)) return { kind: "stuck", problem: problemOf(result) };
  switch (result.code) {
    case "BUDGET_EXCEEDED":
    case "OVERDRAFT_LIMIT_EXCEEDED":
    case "DEBT_OUTSTANDING": {
      // It takes what there is, and a server that has nothing to give all the same is not asked without a pause.
      if (booking.overage === "ALLOW_IF_AVAILABLE") return waiting(result);
      const refusals = booking.refusals + 1;
      if (booking.overage === "REJECT" && refusals < fittingTries)
        return { kind: "instead", bookings: [{ ...booking, refusals }] };
      return { kind: "instead", bookings: [{ ...booking, refusals: 0, overage: afterwards(booking.overage) }] };
    }
    // A try whose answer was lost had been booked with another policy, and how much of it is told to whoever asks with that one.
    case "IDEMPOTENCY_MISMATCH": {
      const mismatches = booking.mismatches + 1;
      if (mismatches === overagePolicies.length)
        return { kind: "stuck", problem: `its key has booked something else (${problemOf(result)})` };
      return { kind: "instead", bookings: [{ ...booking, refusals: 0, mismatches, overage: afterwards(booking.overage) }] };
    }
    // There is no budget for it, and nothing but an operator makes one.
    case "NOT_FOUND":
      return { kind: "stuck", problem: problemOf(result) };
    default:
      return doubtful(result, problemOf(result));
  }
}

/** How long to wait before a booking is sent for the first time. */
export function delayOf(booking: Booking): number {
  return booking.kind === "event" && booking.refusals > 0 ? fittingMs : 0;
}

/** What was spent, as an event that has to fit at first. */
export function eventFor({ hold, amount, key }: Pick<Commit, "hold" | "amount" | "key">): CyclesEvent {
  return { kind: "event", hold, amount, key, overage: "REJECT", refusals: 0, mismatches: 0 };
}

/** The one that an event is booked with after this one, and after the last the first again. */
function afterwards(overage: OveragePolicy): OveragePolicy {
  return overagePolicies[overagePolicies.indexOf(overage) + 1] ?? "REJECT";
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

/**
 * What may be otherwise in a while. After an execution a key that is refused is kept: without its database the server refuses all. What came
 * too slowly or too early (408, 425) is unknown like what was not answered.
 */
function isPassing(result: Refused): boolean {
  return [401, 403, 408, 425, 429].includes(result.status) || result.code === "BUDGET_FROZEN";
}

/** The same again, after as long as the server asks for. */
export function waiting(result: Unanswered | Refused): Next {
  return { kind: "again", afterMs: result.retryAfterMs ?? 0, problem: problemOf(result) };
}

/** Words that are new may mean anything. After an execution they are no reason to give a spend up at once. */
function doubtful({ retryAfterMs = 0 }: Pick<Refused, "retryAfterMs">, problem: string): Next {
  return { kind: "doubtful", afterMs: retryAfterMs, problem };
}

function problemOf(result: Unanswered | Refused): string {
  return result.kind === "unknown" ? result.problem : `${result.status} ${result.code}: ${result.message}`;
}
