import { setTimeout as delay } from "node:timers/promises";
import { type DecisionScope, type Logger, within } from "@agentkit-policy/core";
import { type Allow, type Deny, elapsedMs, type Instant, instantOf, type MoneyLine, systemClock } from "@agentkit-policy/schema";
import { denialByCaps } from "./caps.js";
import { type CyclesAdapterSettings, fixedPrices } from "./cycles-adapter-options.js";
import type { CyclesClient } from "./cycles-client.js";
import { estimateOf } from "./estimate.js";
import { type ReserveVerdict, replayed, verdictOf } from "./from-cycles.js";
import { Heartbeat } from "./heartbeat.js";
import { type Hold, settlementOf } from "./hold.js";
import {
  holdsOf,
  type Lease,
  type OpenAttempt,
  type OpenAttempts,
  type OpenHold,
  shorterOf,
  shortestLease,
} from "./open-attempts.js";
import type { Price, PriceSource } from "./price.js";
import { shownText } from "./shown-text.js";
import { isOfIntent, keyOf, reserveRequestOf, type Step } from "./to-cycles.js";
import { UnheardHolds } from "./unheard-holds.js";
import type { Amount, ReserveRequest } from "./wire/requests.js";
import { scopesOf } from "./wire/scopes.js";

/** A hold is not relied on in its last moments: the wallet needs some time, and so does the commit. */
const leaseMarginMs = 1_000;

/** A reserve that nobody answered is sent again after so long, and twice as long each time. */
const firstRetryMs = 50;

/** So long a denial waits for what it gives back, in milliseconds. */
const releaseGraceMs = 200;

/** So long before its deadline a decision is given up, or a tenth of its time: what is told then is why, and not that it was late. */
const deadlineMarginMs = 100;

type Held = Extract<ReserveVerdict, { kind: "held" }>;

export interface HolderParts {
  readonly settings: CyclesAdapterSettings;
  readonly client: CyclesClient;
  readonly attempts: OpenAttempts;
  readonly priceSource: PriceSource | undefined;
  readonly logger: Logger;
  /** Gives back a hold that is not used. */
  readonly release: (hold: Hold, key: string) => Promise<void>;
}

/** Makes holds at Cycles before something runs. Every way out of it that is not a hold denies. */
export class Holder {
  readonly #parts: HolderParts;
  readonly #fixed: ReadonlyMap<string, Price>;
  readonly #unheard: UnheardHolds;

  constructor(parts: HolderParts) {
    this.#parts = parts;
    this.#unheard = new UnheardHolds(parts);
    this.#fixed = fixedPrices(parts.settings);
  }

  /** Holds what the money is worth, beside what the attempt holds already: a call that goes beyond it relies on all of it. */
  async hold(step: Step, money: readonly MoneyLine[], scope: DecisionScope): Promise<Allow | Deny> {
    const since = instantOf(systemClock);
    const attempt = this.#parts.attempts.of(step.context.actionId);
    const beside = shortestLease(attempt, step.step);
    const lapsed = beside === undefined ? undefined : allowWithin(beside);
    if (lapsed?.decision === "deny") return lapsed;
    for (const { asset } of money) {
      // The price of an asset is asked once an attempt, and stays.
      const price = attempt.prices.get(asset) ?? this.#fixed.get(asset) ?? (await this.#parts.priceSource?.(asset, scope));
      // A price of nothing, or less, would make spending free.
      if (price === undefined || !(price.units > 0n && price.atomic > 0n)) continue;
      // A copy: a source may go on with the object that it has answered with, and the attempt's price stays.
      attempt.prices.set(asset, { units: price.units, atomic: price.atomic });
    }
    const worth = estimateOf(money, attempt.prices);
    if (typeof worth === "object") return worth;
    const request = reserveRequestOf(step, worth, this.#parts.settings);
    const verdict = await this.#reserve(step, request, scope, since);
    if (verdict.kind !== "held") {
      const { kind: _kind, ...denial } = verdict;
      return { decision: "deny", ...denial };
    }
    const { subject, action, estimate } = request;
    const { reservationId, leaseMs } = verdict;
    const hold: Hold = {
      step: step.step,
      reservationId,
      reserved: worth,
      unit: estimate.unit,
      subject,
      action,
      prices: attempt.prices,
    };
    if (this.#parts.attempts.isOfAnother(reservationId, step.context.actionId, step.step))
      return { decision: "deny", code: "invalid_decision", reason: "the budget server gave the hold of another payment" };
    const lease = { since, ms: leaseMs };
    // Where the server names no scope, all that the subject has count: rather too many than none.
    const scopes = verdict.scopes.length > 0 ? verdict.scopes : scopesOf(subject);
    // Asked anew: it may have been extended meanwhile, or not.
    const others = shortestLease(this.#parts.attempts.of(step.context.actionId), step.step) ?? lease;
    const answer =
      this.#denialByCaps(step, attempt, { caps: verdict.caps, scopes }, estimate) ?? allowWithin(shorterOf(lease, others));
    if (answer.decision === "deny") {
      // A denial must reach the caller as what it is, and not as a decision that came too late.
      const leftMs = scope.remainingMs - elapsedMs(systemClock, since);
      await within(this.#parts.release(hold, keyOf(step, "release")), Math.min(releaseGraceMs, leftMs / 2));
      return isOfIntent(step) ? finalOf(answer) : answer;
    }
    this.#keep(step, attempt, verdict, { hold, lease, scopes });
    if (verdict.caps?.cooldown_ms != null) this.#parts.attempts.paused(scopes, since);
    return { ...answer, settlement: settlementOf(hold) };
  }

  /** Keeps the hold alive until its attempt is settled. */
  #keep(
    step: Step,
    attempt: OpenAttempt,
    { reservationId, leaseMs, roundTripMs }: Held,
    kept: Pick<OpenHold, "hold" | "lease" | "scopes">,
  ): void {
    const { client, settings, attempts, logger } = this.#parts;
    const before = attempts.of(step.context.actionId).holds.get(step.step);
    if (before?.hold.reservationId === reservationId) {
      // A decision that is asked again. The extensions of its hold go on: new ones would begin with keys that have been used.
      before.lease = kept.lease;
      return;
    }
    const named = `the hold ${shownText(reservationId, settings.apiKey)} of ${step.context.actionId} at Cycles`;
    const heartbeat = new Heartbeat({
      client,
      reservationId,
      key: keyOf(step, "extend"),
      ttlMs: settings.ttlMs,
      timeoutMs: settings.timeoutMs,
      onLease: (ms) => {
        open.lease = { since: instantOf(systemClock), ms };
      },
      onRetry: (problem) => logger.warn(`${named} could not be extended: ${problem}`),
      onStop: (problem) => logger.warn(`${named} will end: ${problem}`),
    });
    const open: OpenHold = { ...kept, heartbeat };
    attempts.held(step.context.actionId, attempt, step.step, open);
    heartbeat.start({ remainingMs: leaseMs, rttMs: roundTripMs });
  }

  /** Asks with one key until there is an answer or no time. */
  async #reserve(
    step: Step,
    request: ReserveRequest & { readonly estimate: Amount },
    { signal, remainingMs }: DecisionScope,
    since: Instant,
  ): Promise<ReserveVerdict> {
    // Fail closed: what is being given back is no hold any more, also where the server answers that it is.
    if (!this.#unheard.leave(step)) return replayed;
    const marginMs = Math.min(deadlineMarginMs, remainingMs / 10);
    const leftMs = (): number => Math.floor(remainingMs - marginMs - elapsedMs(systemClock, since));
    let verdict = verdictOf({ kind: "unknown", problem: "there was no time to ask" }, request.estimate);
    let [tries, mayBeHeld] = [0, false];
    for (let timeoutMs = leftMs(); timeoutMs > 0 && !signal.aborted; timeoutMs = leftMs()) {
      verdict = verdictOf(await this.#parts.client.reserve(request, { signal, timeoutMs }), request.estimate);
      if (verdict.kind === "held") return verdict;
      // A refusal says nothing of an earlier try whose answer was lost.
      if (verdict.kind === "denied") break;
      mayBeHeld ||= verdict.mayBeHeld;
      const waitMs = Math.max(verdict.retryAfterMs ?? 0, firstRetryMs * 2 ** Math.min(tries, 10));
      tries += 1;
      if (waitMs >= leftMs()) break;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    // The hold may have been made although nobody was told: it is looked for, and given back.
    if (mayBeHeld) this.#unheard.giveBack(step);
    return verdict;
  }

  #denialByCaps(
    step: Step,
    attempt: OpenAttempt,
    { caps, scopes }: Pick<Held, "caps" | "scopes">,
    held: Amount,
  ): Deny | undefined {
    if (caps === undefined) return undefined;
    const { attempts } = this.#parts;
    // The calls of one attempt are one action: they need no pause between them.
    const last = holdsOf(attempt, scopes) ? undefined : attempts.lastAllowed(scopes);
    return denialByCaps(caps, {
      actionName: step.context.actionName,
      held,
      othersOpen: attempts.othersWith(scopes, step.context.actionId),
      sinceLastMs: last === undefined ? undefined : elapsedMs(systemClock, last),
    });
  }
}

/** A denial after which waiting is in vain: what was held under the intent has been given back, and nothing is held under it again. */
function finalOf({ retryAfterMs: _never, ...denial }: Deny): Deny {
  return denial;
}

/** An allow for as long as a hold can be relied on, from now. */
export function allowWithin({ since, ms }: Lease): Allow | Deny {
  const validForMs = Math.floor(ms - leaseMarginMs - elapsedMs(systemClock, since));
  if (validForMs > 0) return { decision: "allow", validForMs };
  // What runs past its hold is not covered by any budget.
  return { decision: "deny", code: "allow_expired", reason: "what is held for this action does not last long enough" };
}
