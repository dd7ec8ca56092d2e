import { canonicalJson, sha256Hex } from "@agentkit-policy/schema";
import type { CloseRequest, Limit, Refusal, RefusalCode, ReserveRequest } from "./ledger.js";

const amountPattern = /^(0|[1-9][0-9]{0,99})$/;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** How far an id's time may lie ahead of the ledger's: two clocks within their tolerance. */
const idAheadMs = 10_000;

/** Builds a refusal. */
export function refuse(code: RefusalCode, reason: string, limitId?: string): Refusal {
  return { ok: false, code, reason, ...(limitId === undefined ? {} : { limitId }) };
}

/**
 * What is wrong with a reserve, if anything. An id older than a life is refused, so that the tombstone of an attempt that
 * was closed before it reserved need not be kept for ever (`ledger:faults`).
 */
export function problemOfReserve(request: ReserveRequest, now: number, lifeMs: number): Refusal | undefined {
  const { attemptId, stepId, lines, limits } = request;
  if (!idPattern.test(attemptId)) return refuse("invalid_request", `"${attemptId}" is no UUIDv7`);
  const madeAt = timeOfId(attemptId);
  if (madeAt > now + idAheadMs) return refuse("invalid_request", `the id ${attemptId} was made in the future`);
  if (madeAt < now - lifeMs) return refuse("expired", `the id ${attemptId} is older than an entry may live`);
  if (stepId === "") return refuse("invalid_request", "the step has no id");
  for (const line of lines) {
    if (line.unit === "amount" && !amountPattern.test(line.amount))
      return refuse("invalid_request", `"${line.amount}" is no amount`);
  }
  const limit = limits.find(
    (candidate) => !amountPattern.test(candidate.max) || (candidate.unit === "amount") !== (candidate.asset !== undefined),
  );
  return limit === undefined
    ? undefined
    : refuse("invalid_request", `the limit "${limit.id}" has no exact maximum or no asset`, limit.id);
}

/** @throws RangeError when an amount is not exact: a close must not lose what it cannot read. */
export function checkClose({ attemptId, spent }: CloseRequest): void {
  if (!idPattern.test(attemptId)) throw new RangeError(`"${attemptId}" is no UUIDv7`);
  const bad = spent.find((line) => !amountPattern.test(line.amount));
  if (bad !== undefined) throw new RangeError(`"${bad.amount}" is no amount in atomic units`);
}

/** By which a repetition of a reserve is told from another request under the same key. */
export function digestOf({ scopes, lines, limits, arm }: ReserveRequest): string {
  return sha256Hex(canonicalJson({ scopes, lines, limits: limits.map(queryOf), arm: arm === true }));
}

function queryOf({ unit, asset, per, window, max }: Limit): object {
  return { unit, ...(asset === undefined ? {} : { asset }), per, window, max };
}

function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
