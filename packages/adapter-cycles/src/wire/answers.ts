import * as z from "zod";
import {
  decision,
  dimensions,
  idempotencyKey,
  levels,
  maxAmount,
  reservationId,
  reservationStatus,
  text,
  unit,
  whole,
} from "./values.js";

/** The codes of errors. The set is closed in the protocol, and a client must be ready for more. */
export const errorCodes = [
  "INVALID_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BUDGET_EXCEEDED",
  "BUDGET_FROZEN",
  "BUDGET_CLOSED",
  "RESERVATION_EXPIRED",
  "RESERVATION_FINALIZED",
  "IDEMPOTENCY_MISMATCH",
  "UNIT_MISMATCH",
  "OVERDRAFT_LIMIT_EXCEEDED",
  "DEBT_OUTSTANDING",
  "MAX_EXTENSIONS_EXCEEDED",
  "LIMIT_EXCEEDED",
  "TENANT_CLOSED",
  "INTERNAL_ERROR",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** What `extra` members of an answer are: `ignored` by a client, which a newer server must not break, `refused` by a test. */
export function answersWith(extra: "ignored" | "refused") {
  const object = extra === "refused" ? (z.strictObject as typeof z.object) : z.object;
  const amount = object({ unit, amount: z.bigint().min(0n).max(maxAmount) });
  const signedAmount = object({
    unit,
    amount: z
      .bigint()
      .min(-maxAmount - 1n)
      .max(maxAmount),
  });
  const texts = z.array(z.string());
  // Servers write null for what is absent, which the protocol's own file does not know.
  const caps = object({
    max_tokens: z
      .union([z.bigint(), z.int()])
      .transform(BigInt)
      .refine((tokens) => tokens >= 0n)
      .nullish(),
    max_steps_remaining: whole(0).nullish(),
    tool_allowlist: z.array(text(0, 256)).nullish(),
    tool_denylist: z.array(text(0, 256)).nullish(),
    cooldown_ms: whole(0).nullish(),
  });
  const evidenceOf = object({ evidence_id: z.string().regex(/^[0-9a-f]{64}$/), cycles_evidence_url: z.string() });
  const balance = object({
    scope: z.string(),
    scope_path: z.string(),
    remaining: signedAmount,
    reserved: amount.nullish(),
    spent: amount.nullish(),
    debt: amount.nullish(),
    allocated: amount.nullish(),
    overdraft_limit: amount.nullish(),
    is_over_limit: z.boolean().nullish(),
  });
  // What an operation leaves of its budgets is told besides, as is what proves and traces it, and all of that is read by no client: it must
  // not make of an answer one that is not known.
  const isWhole = extra === "refused";
  const evidence = isWhole ? { cycles_evidence: evidenceOf.nullish() } : {};
  const balances = isWhole ? { balances: z.array(balance).nullish() } : {};
  const beside = { ...balances, ...evidence };
  const trace = isWhole
    ? {
        request_id: z.string(),
        trace_id: z
          .string()
          .regex(/^[0-9a-f]{32}$/)
          .nullish(),
      }
    : {};
  const subject = object({
    tenant: text(0, 128).nullish(),
    workspace: text(0, 128).nullish(),
    app: text(0, 128).nullish(),
    workflow: text(0, 128).nullish(),
    agent: text(0, 128).nullish(),
    toolset: text(0, 128).nullish(),
    dimensions: dimensions.nullish(),
  }).refine((value) => levels.some((level) => value[level] != null), { error: "none of the levels is given" });
  const action = object({ kind: text(0, 64), name: text(0, 256), tags: z.array(text(0, 64)).max(10).nullish() });
  const metadata = z.record(z.string(), z.unknown()).nullish();
  const reservation = object({
    reservation_id: reservationId,
    status: reservationStatus,
    idempotency_key: idempotencyKey.nullish(),
    subject,
    action,
    reserved: amount,
    committed: amount.nullish(),
    created_at_ms: whole(0),
    expires_at_ms: whole(0),
    finalized_at_ms: whole(0).nullish(),
    scope_path: z.string(),
    affected_scopes: texts,
    metadata,
    committed_metadata: metadata,
    ...(isWhole
      ? {
          evidence: object({
            reserve: evidenceOf.nullish(),
            commit: evidenceOf.nullish(),
            release: evidenceOf.nullish(),
          }).nullish(),
        }
      : {}),
  });
  const decided = {
    decision,
    caps: caps.nullish(),
    // Longer than the protocol has it, it denies as any other word that nobody knows.
    reason_code: (isWhole ? text(0, 128) : z.string()).nullish(),
    retry_after_ms: whole(0).nullish(),
    ...evidence,
  };
  return {
    decide: object({ ...decided, affected_scopes: texts.nullish() }),
    reserve: object({
      ...decided,
      affected_scopes: texts,
      reservation_id: reservationId.nullish(),
      reserved: amount.nullish(),
      expires_at_ms: whole(0).nullish(),
      remaining_ttl_ms: whole(0).nullish(),
      scope_path: z.string().nullish(),
      ...balances,
    }),
    commit: object({
      status: z.literal("COMMITTED"),
      charged: amount,
      released: amount.nullish(),
      ...beside,
    }),
    release: object({ status: z.literal("RELEASED"), released: amount, ...beside }),
    extend: object({ status: z.literal("ACTIVE"), expires_at_ms: whole(0), remaining_ttl_ms: whole(0).nullish(), ...balances }),
    event: object({ status: z.literal("APPLIED"), event_id: z.string(), charged: amount.nullish(), ...balances }),
    get: reservation,
    list: object({ reservations: z.array(reservation), next_cursor: z.string().nullish(), has_more: z.boolean().nullish() }),
    balances: object({ balances: z.array(balance), next_cursor: z.string().nullish(), has_more: z.boolean().nullish() }),
    error: object({
      error: extra === "refused" ? (z.enum(errorCodes) as unknown as z.ZodString) : z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).nullish(),
      ...trace,
      ...evidence,
    }),
  };
}

type Answers = ReturnType<typeof answersWith>;

/** What the server answers to each operation where it did what it was asked. */
export type AnswerOf<Operation extends keyof Answers> = z.output<Answers[Operation]>;
export type Operation = Exclude<keyof Answers, "error">;
