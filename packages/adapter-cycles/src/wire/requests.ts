import * as z from "zod";
import { dimensions, idempotencyKey, levels, maxAmount, overagePolicy, text, unit, whole } from "./values.js";

export const amount = z.strictObject({ unit, amount: z.bigint().min(0n).max(maxAmount) });
export type Amount = z.infer<typeof amount>;

const metadata = z.record(z.string(), z.unknown());

/** The protocol recommends this alphabet, and the reference server accepts no other. */
const levelName = text(0, 128).regex(/^[a-zA-Z0-9_.-]+$/, { error: "only letters, digits, _, . and - are allowed" });

export const subject = z
  .strictObject({
    tenant: levelName.optional(),
    workspace: levelName.optional(),
    app: levelName.optional(),
    workflow: levelName.optional(),
    agent: levelName.optional(),
    toolset: levelName.optional(),
    dimensions: dimensions.optional(),
  })
  .refine((value) => levels.some((level) => value[level] !== undefined), { error: "none of the levels is given" });
export type Subject = z.infer<typeof subject>;

export const action = z.strictObject({ kind: text(0, 64), name: text(0, 256), tags: z.array(text(0, 64)).max(10).optional() });
export type Action = z.infer<typeof action>;

const metrics = z.strictObject({
  tokens_input: whole(0).optional(),
  tokens_output: whole(0).optional(),
  latency_ms: whole(0).optional(),
  model_version: text(0, 128).optional(),
  custom: z.record(z.string(), z.unknown()).optional(),
});

export const decideRequest = z.strictObject({
  idempotency_key: idempotencyKey,
  subject,
  action,
  estimate: amount,
  metadata: metadata.optional(),
});

export const reserveRequest = decideRequest.extend({
  /** How long the hold lasts, in milliseconds. A tenant may be given less, without a word. */
  ttl_ms: whole(1_000, 86_400_000).default(60_000),
  /** How long after that a commit is still accepted, in milliseconds. */
  grace_period_ms: whole(0, 60_000).default(5_000),
  overage_policy: overagePolicy.default("ALLOW_IF_AVAILABLE"),
  dry_run: z.boolean().default(false),
});

export const commitRequest = z.strictObject({
  idempotency_key: idempotencyKey,
  actual: amount,
  metrics: metrics.optional(),
  metadata: metadata.optional(),
});

export const releaseRequest = z.strictObject({ idempotency_key: idempotencyKey, reason: text(0, 256).optional() });

export const extendRequest = z.strictObject({
  idempotency_key: idempotencyKey,
  /** Counted from the expiry as it is, not from now. */
  extend_by_ms: whole(1, 86_400_000),
  metadata: metadata.optional(),
});

export const eventRequest = z.strictObject({
  idempotency_key: idempotencyKey,
  subject,
  action,
  actual: amount,
  overage_policy: overagePolicy.default("ALLOW_IF_AVAILABLE"),
  metrics: metrics.optional(),
  /** For information only. */
  client_time_ms: whole(0).optional(),
  metadata: metadata.optional(),
});

export type DecideRequest = z.input<typeof decideRequest>;
export type ReserveRequest = z.input<typeof reserveRequest>;
export type CommitRequest = z.input<typeof commitRequest>;
export type ReleaseRequest = z.input<typeof releaseRequest>;
export type ExtendRequest = z.input<typeof extendRequest>;
export type EventRequest = z.input<typeof eventRequest>;
