import type { Action, Subject } from "../wire/requests.js";
import type { OveragePolicy, ReservationStatus, Unit } from "../wire/values.js";
import type { Budget } from "./budget.js";

export interface ReservationOptions {
  readonly id: string;
  readonly tenant: string;
  readonly idempotencyKey: string;
  readonly subject: Subject;
  readonly action: Action;
  readonly unit: Unit;
  readonly reserved: bigint;
  readonly overagePolicy: OveragePolicy;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly scopes: readonly string[];
  readonly budgets: readonly Budget[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly gracePeriodMs: number;
}

/** A hold, and what became of it. */
export class Reservation {
  readonly options: ReservationOptions;
  status: ReservationStatus = "ACTIVE";
  expiresAtMs: number;
  extensions = 0;
  committed: bigint | undefined;
  committedMetadata: Readonly<Record<string, unknown>> | undefined;
  finalizedAtMs: number | undefined;

  constructor(options: ReservationOptions) {
    this.options = options;
    this.expiresAtMs = options.expiresAtMs;
  }

  /** The moment after which no commit is accepted any more, although the hold counts until it is swept. */
  get endsAtMs(): number {
    return this.expiresAtMs + this.options.gracePeriodMs;
  }

  /** As a look at one reservation shows it, with null for what is absent. */
  toDetail() {
    const { options } = this;
    const { subject, action, unit } = options;
    return {
      reservation_id: options.id,
      status: this.status,
      idempotency_key: options.idempotencyKey,
      subject: {
        tenant: subject.tenant ?? null,
        workspace: subject.workspace ?? null,
        app: subject.app ?? null,
        workflow: subject.workflow ?? null,
        agent: subject.agent ?? null,
        toolset: subject.toolset ?? null,
        dimensions: subject.dimensions ?? null,
      },
      action: { kind: action.kind, name: action.name, tags: action.tags ?? null },
      reserved: { unit, amount: options.reserved },
      committed: this.committed === undefined ? null : { unit, amount: this.committed },
      created_at_ms: options.createdAtMs,
      expires_at_ms: this.expiresAtMs,
      finalized_at_ms: this.finalizedAtMs ?? null,
      scope_path: options.scopes.at(-1) ?? "",
      affected_scopes: [...options.scopes],
      metadata: options.metadata ?? null,
      committed_metadata: this.committedMetadata ?? null,
    };
  }
}
