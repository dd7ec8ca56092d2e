import type { Allow, Deny } from "@agentkit-policy/schema";
import type { Caps } from "./caps.js";
import type { CyclesResult } from "./cycles-client.js";
import type { AnswerOf } from "./wire/answers.js";
import type { Amount } from "./wire/requests.js";

/** What the answer to a reserve means for the attempt. */
export type ReserveVerdict =
  | {
      readonly kind: "held";
      readonly reservationId: string;
      /**
       * How long the hold lasts, in milliseconds from before the request was sent: the server counts from a moment after that. 0 where it
       * is too old to say, and then nothing may rely on it.
       */
      readonly leaseMs: number;
      readonly roundTripMs: number;
      readonly caps: Caps | undefined;
      /** The scopes that it draws on, as the server names them. It may name those without a budget too. */
      readonly scopes: readonly string[];
    }
  | { readonly kind: "denied"; readonly code: string; readonly reason: string; readonly retryAfterMs?: number }
  /** Nobody can tell yet: ask again with the same key, after that long. It denies once there is no time left. */
  | {
      readonly kind: "again";
      readonly code: string;
      readonly reason: string;
      readonly retryAfterMs?: number;
      /** Whether the hold may have been made although nobody is told. */
      readonly mayBeHeld: boolean;
    };

const full = "the budget has no room for it";
const locked = "the budget is over its limit or in debt, and an operator has to look at it";
const misconfigured = "the budget server does not accept what it is asked, and an operator has to look at it";

/** What the protocol's refusals of a reserve mean. Any other word denies too. */
const denials: Readonly<Record<string, { readonly code: string; readonly reason: string }>> = {
  BUDGET_EXCEEDED: { code: "over_limit", reason: full },
  BUDGET_FROZEN: { code: "frozen", reason: "spending is frozen" },
  BUDGET_CLOSED: { code: "budget_closed", reason: "the budget is closed" },
  TENANT_CLOSED: { code: "budget_closed", reason: "the budget is closed" },
  OVERDRAFT_LIMIT_EXCEEDED: { code: "budget_locked", reason: locked },
  DEBT_OUTSTANDING: { code: "budget_locked", reason: locked },
  IDEMPOTENCY_MISMATCH: { code: "replayed", reason: "this payment was asked for before, or its intent is another payment's" },
  INVALID_REQUEST: { code: "budget_misconfigured", reason: misconfigured },
  UNIT_MISMATCH: { code: "budget_misconfigured", reason: misconfigured },
  NOT_FOUND: { code: "budget_misconfigured", reason: "there is no budget for it" },
  FORBIDDEN: { code: "budget_misconfigured", reason: misconfigured },
};

/** What was held for the step is not held any more. */
export const replayed: ReserveVerdict = {
  kind: "denied",
  code: "replayed",
  reason: "this action has been settled, or ran out of time",
};

function denialOf(code: string): { readonly code: string; readonly reason: string } {
  const known = Object.hasOwn(denials, code) ? denials[code] : undefined;
  return known ?? { code: "denied", reason: "the budget server denies it" };
}

const outage = { code: "budget_unreachable", reason: "the budget server cannot answer, and without it nothing may be spent" };

/** What an answer to `decide` says would be said; caps that come with it are not looked at. Pure, and total as the other. */
export function wouldBe(result: CyclesResult<AnswerOf<"decide">>): Allow | Deny {
  if (result.kind === "unknown") return { decision: "deny", ...outage };
  if (result.kind === "refused") return { decision: "deny", ...denialOf(result.code) };
  const { decision, reason_code: code } = result.body;
  return decision === "DENY" ? { decision: "deny", ...denialOf(code ?? "") } : { decision: "allow" };
}

/** Pure and total: whatever is not a hold of what was asked for denies, or is asked again. */
export function verdictOf(result: CyclesResult<AnswerOf<"reserve">>, asked: Amount): ReserveVerdict {
  const waiting = "retryAfterMs" in result && result.retryAfterMs !== undefined ? { retryAfterMs: result.retryAfterMs } : {};
  switch (result.kind) {
    case "unknown":
      return { kind: "again", ...outage, ...waiting, mayBeHeld: true };
    case "refused": {
      // Without its database the real server says 401, whatever the key.
      if (result.status === 401)
        return {
          kind: "again",
          code: "budget_unauthorized",
          reason: "the budget server does not accept the key now",
          ...waiting,
          mayBeHeld: true,
        };
      // What came too slowly or too early may have been done all the same.
      if (result.status === 408 || result.status === 425) return { kind: "again", ...outage, ...waiting, mayBeHeld: true };
      if (result.status === 429)
        return {
          kind: "again",
          code: "budget_busy",
          reason: "the budget server is too busy",
          ...waiting,
          // By the protocol's own word it was turned away before anything was done. Anybody else's 429 says nothing of that.
          mayBeHeld: result.code !== "LIMIT_EXCEEDED",
        };
      const denial = denialOf(result.code);
      // No wait helps who asks for what was asked for before.
      return { kind: "denied", ...denial, ...(denial.code === "replayed" ? {} : waiting) };
    }
    case "answered":
      return heldBy(result.body, asked, result.roundTripMs);
  }
}

function heldBy(body: AnswerOf<"reserve">, asked: Amount, roundTripMs: number): ReserveVerdict {
  const {
    decision,
    reservation_id: reservationId,
    reserved,
    remaining_ttl_ms: remainingMs,
    caps,
    affected_scopes: scopes,
  } = body;
  if (decision === "DENY") return { kind: "denied", ...denialOf(body.reason_code ?? "") };
  // An allow that holds nothing, or something else, is none.
  const isHeld =
    reservationId != null && (reserved == null || (reserved.amount === asked.amount && reserved.unit === asked.unit));
  if (!isHeld || (decision === "ALLOW_WITH_CAPS") !== (caps != null))
    return { kind: "denied", code: "invalid_decision", reason: "the budget server gave an answer that allows nothing" };
  // A replay of what has ended looks like a new allow, and would let the action run a second time.
  if (remainingMs === 0) return replayed;
  return {
    kind: "held",
    reservationId,
    leaseMs: remainingMs ?? 0,
    roundTripMs,
    caps: caps ?? undefined,
    scopes,
  };
}
