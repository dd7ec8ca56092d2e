import { randomUUID } from "node:crypto";
import type { z } from "zod";
import type {
  commitRequest,
  decideRequest,
  eventRequest,
  extendRequest,
  releaseRequest,
  reserveRequest,
} from "../wire/requests.js";
import { scopesOf } from "../wire/scopes.js";
import { type Level, levels, type ReservationStatus } from "../wire/values.js";
import type { Budget, BudgetCaps } from "./budget.js";
import { Budgets, capsOf } from "./budgets.js";
import { charge, checkOpen, checkRoom } from "./charge.js";
import { Replays } from "./replays.js";
import { Reservation } from "./reservation.js";
import { WireError } from "./wire-error.js";

/** A reservation can be made to last longer so many times. */
const maxExtensions = 10;

export interface EngineOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** No reservation lasts longer, whatever is asked for; an hour unless said. */
  readonly maxTtlMs: number;
}

interface Evaluation {
  readonly scopes: readonly string[];
  readonly budgets: readonly Budget[];
  readonly caps: BudgetCaps | undefined;
}

type Subjects = { readonly [L in Level]?: string | undefined };

/**
 * The rules of the Cycles server, as its reference implementation (0.1.25.59) was seen to keep them, oddities included. Everything
 * happens at once and in memory; each method is one operation of the protocol, for one tenant.
 */
export class CyclesEngine {
  readonly budgets = new Budgets();
  readonly #options: EngineOptions;
  readonly #reservations = new Map<string, Reservation>();
  readonly #decided = new Replays<object>();
  readonly #reserved = new Replays<{ body: Readonly<Record<string, unknown>>; reservation: Reservation | undefined }>();
  readonly #committed = new Replays<object>();
  readonly #released = new Replays<object>();
  readonly #extended = new Replays<{ expiresAtMs: number; balances: object[] }>();
  readonly #events = new Replays<object>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  decide(tenant: string, request: z.output<typeof decideRequest>): object {
    return this.#decided.once(tenant, request.idempotency_key, request, () => this.#judged(request));
  }

  reserve(tenant: string, request: z.output<typeof reserveRequest>): object {
    const answer = this.#reserved.once(tenant, request.idempotency_key, request, () => {
      if (request.dry_run) return { body: this.#judged(request), reservation: undefined };
      const reservation = this.#hold(tenant, request);
      const { scopes, unit, reserved, budgets } = reservation.options;
      const caps = capsOf(budgets);
      return {
        reservation,
        body: {
          decision: caps === undefined ? "ALLOW" : "ALLOW_WITH_CAPS",
          reservation_id: reservation.options.id,
          affected_scopes: scopes,
          expires_at_ms: reservation.expiresAtMs,
          scope_path: scopes.at(-1),
          reserved: { unit, amount: reserved },
          ...(caps === undefined ? {} : { caps }),
          balances: balancesOf(budgets),
        },
      };
    });
    const { body, reservation } = answer;
    // Only this tells a replay of what has ended from a fresh allow.
    return reservation === undefined
      ? body
      : { ...body, remaining_ttl_ms: this.#remaining(reservation, reservation.options.expiresAtMs) };
  }

  commit(tenant: string, id: string, request: z.output<typeof commitRequest>): object {
    const reservation = this.#find(tenant, id);
    const answer = this.#committed.once(tenant, `${id} ${request.idempotency_key}`, request, () => {
      this.#checkActive(reservation, reservation.endsAtMs);
      const { unit, reserved, budgets, overagePolicy } = reservation.options;
      if (request.actual.unit !== unit) throw new WireError("UNIT_MISMATCH", `the reservation is in ${unit}`);
      const { charged } = charge(budgets, reserved, request.actual.amount, overagePolicy);
      reservation.committed = charged;
      reservation.committedMetadata = request.metadata;
      this.#end(reservation, "COMMITTED");
      const released = charged < reserved ? { released: { unit, amount: reserved - charged } } : {};
      return { status: "COMMITTED", charged: { unit, amount: charged }, ...released, balances: balancesOf(budgets) };
    });
    return answer;
  }

  release(tenant: string, id: string, request: z.output<typeof releaseRequest>): object {
    const reservation = this.#find(tenant, id);
    const answer = this.#released.once(tenant, `${id} ${request.idempotency_key}`, request, () => {
      this.#checkActive(reservation, reservation.endsAtMs);
      const { unit, reserved, budgets } = reservation.options;
      charge(budgets, reserved, 0n, "REJECT");
      this.#end(reservation, "RELEASED");
      return { status: "RELEASED", released: { unit, amount: reserved }, balances: balancesOf(budgets) };
    });
    return answer;
  }

  extend(tenant: string, id: string, request: z.output<typeof extendRequest>): object {
    const reservation = this.#find(tenant, id);
    const answer = this.#extended.once(tenant, `${id} ${request.idempotency_key}`, request, () => {
      // Not in grace, where a commit is accepted still.
      this.#checkActive(reservation, reservation.expiresAtMs);
      if (reservation.extensions >= maxExtensions)
        throw new WireError("MAX_EXTENSIONS_EXCEEDED", `a reservation is extended ${maxExtensions} times at most`);
      reservation.extensions += 1;
      reservation.expiresAtMs += request.extend_by_ms;
      return { expiresAtMs: reservation.expiresAtMs, balances: balancesOf(reservation.options.budgets) };
    });
    return {
      status: "ACTIVE",
      expires_at_ms: answer.expiresAtMs,
      remaining_ttl_ms: this.#remaining(reservation, answer.expiresAtMs),
      balances: answer.balances,
    };
  }

  event(tenant: string, request: z.output<typeof eventRequest>): object {
    const answer = this.#events.once(tenant, request.idempotency_key, request, () => {
      const { unit, amount } = request.actual;
      const budgets = this.budgets.of(scopesOf(request.subject), unit);
      checkOpen(budgets);
      const { charged, isCapped } = charge(budgets, 0n, amount, request.overage_policy);
      const told = isCapped ? { charged: { unit, amount: charged } } : {};
      return { status: "APPLIED", event_id: `evt_${randomUUID()}`, ...told, balances: balancesOf(budgets) };
    });
    return answer;
  }

  /** A hold that nobody has swept may be past its time, and is shown as ACTIVE still. */
  get(tenant: string, id: string): object {
    const reservation = this.#find(tenant, id);
    if (reservation.status === "EXPIRED") throw new WireError("RESERVATION_EXPIRED", "the reservation has expired");
    return reservation.toDetail();
  }

  list(
    tenant: string,
    filter: Subjects & { readonly idempotency_key?: string | undefined; readonly status?: ReservationStatus | undefined },
  ): object {
    const found = [...this.#reservations.values()].filter(({ options, status }) => {
      if (options.tenant !== tenant) return false;
      if (filter.idempotency_key !== undefined && filter.idempotency_key !== options.idempotencyKey) return false;
      if (filter.status !== undefined && filter.status !== status) return false;
      return matches(filter, options.subject);
    });
    const rows = found.reverse().map((reservation) => ({ ...reservation.toDetail(), metadata: null, committed_metadata: null }));
    return { reservations: rows, next_cursor: null, has_more: false };
  }

  /** The tenant's budgets whose scope names all that is asked for. */
  balancesFor(tenant: string, filter: Subjects): object {
    const asked: Subjects = { ...filter, tenant };
    const wanted = levels.filter((level) => asked[level] !== undefined).map((level) => `${level}:${asked[level]?.toLowerCase()}`);
    const found = this.budgets.all().filter(({ scope }) => wanted.every((part) => scope.split("/").includes(part)));
    return { balances: balancesOf(found), next_cursor: null, has_more: false };
  }

  /** Gives back what is held past its time. Until it is called, such a hold counts although nothing can be committed on it. */
  sweep(): void {
    for (const reservation of this.#reservations.values()) {
      if (reservation.status !== "ACTIVE" || this.#options.now() <= reservation.endsAtMs) continue;
      charge(reservation.options.budgets, reservation.options.reserved, 0n, "REJECT");
      reservation.status = "EXPIRED";
    }
  }

  #hold(tenant: string, request: z.output<typeof reserveRequest>): Reservation {
    const { scopes, budgets } = this.#evaluate(request);
    const { unit, amount } = request.estimate;
    const createdAtMs = this.#options.now();
    const reservation = new Reservation({
      id: randomUUID(),
      tenant,
      idempotencyKey: request.idempotency_key,
      subject: request.subject,
      action: request.action,
      unit,
      reserved: amount,
      overagePolicy: request.overage_policy,
      metadata: request.metadata,
      scopes,
      budgets,
      createdAtMs,
      // What the tenant may not have is cut without a word.
      expiresAtMs: createdAtMs + Math.min(request.ttl_ms, this.#options.maxTtlMs),
      gracePeriodMs: request.grace_period_ms,
    });
    for (const budget of budgets) budget.reserved += amount;
    this.#reservations.set(reservation.options.id, reservation);
    return reservation;
  }

  /** The answer of a look: a denial is an answer there, and no error. */
  #judged(request: z.output<typeof decideRequest>): Readonly<Record<string, unknown>> {
    const scopes = scopesOf(request.subject);
    try {
      const { caps } = this.#evaluate(request);
      return { decision: caps === undefined ? "ALLOW" : "ALLOW_WITH_CAPS", affected_scopes: scopes, ...(caps && { caps }) };
    } catch (error) {
      if (!(error instanceof WireError) || error.status === 400) throw error;
      const code = error.code === "NOT_FOUND" ? "BUDGET_NOT_FOUND" : error.code;
      return { decision: "DENY", reason_code: code, affected_scopes: scopes };
    }
  }

  /** @throws WireError where the amount cannot be held */
  #evaluate({ subject, estimate }: z.output<typeof decideRequest>): Evaluation {
    const scopes = scopesOf(subject);
    const budgets = this.budgets.of(scopes, estimate.unit);
    checkRoom(budgets, estimate.amount);
    return { scopes, budgets, caps: capsOf(budgets) };
  }

  #find(tenant: string, id: string): Reservation {
    const reservation = this.#reservations.get(id);
    if (reservation === undefined) throw new WireError("NOT_FOUND", "Reservation not found");
    if (reservation.options.tenant !== tenant) throw new WireError("FORBIDDEN", "the reservation is another tenant's");
    return reservation;
  }

  /** @throws WireError where the reservation has ended, or its time has */
  #checkActive({ status }: Reservation, untilMs: number): void {
    if (status === "COMMITTED" || status === "RELEASED")
      throw new WireError("RESERVATION_FINALIZED", `the reservation is ${status}`);
    if (status === "EXPIRED" || this.#options.now() > untilMs)
      throw new WireError("RESERVATION_EXPIRED", "the reservation has expired");
  }

  #end(reservation: Reservation, status: "COMMITTED" | "RELEASED"): void {
    reservation.status = status;
    reservation.finalizedAtMs = this.#options.now();
  }

  #remaining(reservation: Reservation, expiresAtMs: number): number {
    return reservation.status === "ACTIVE" ? Math.max(0, expiresAtMs - this.#options.now()) : 0;
  }
}

function balancesOf(budgets: readonly Budget[]): object[] {
  return budgets.map((budget) => budget.toBalance());
}

function matches(filter: Subjects, subject: Subjects): boolean {
  return levels.every((level) => filter[level] === undefined || filter[level] === subject[level]);
}
