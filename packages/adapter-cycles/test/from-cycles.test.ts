import { describe, expect, it } from "vitest";
import type { CyclesResult } from "../src/cycles-client.js";
import { verdictOf, wouldBe } from "../src/from-cycles.js";
import { type AnswerOf, answersWith, errorCodes } from "../src/wire/answers.js";
import { money } from "./support/server.js";

type Result = CyclesResult<AnswerOf<"reserve">>;

const asked = money(100n);
const held = {
  decision: "ALLOW",
  affected_scopes: ["tenant:acme"],
  scope_path: "tenant:acme",
  reservation_id: "r",
  reserved: asked,
  remaining_ttl_ms: 60_000,
} as const;

function answered(body: Record<string, unknown>): Result {
  return { kind: "answered", body: body as AnswerOf<"reserve">, roundTripMs: 1 };
}

function refused(code: string, status = 409): Result {
  return { kind: "refused", status, code, message: "no" };
}

it("a hold of what was asked is one", () => {
  expect(verdictOf(answered(held), asked)).toEqual({
    kind: "held",
    reservationId: "r",
    leaseMs: 60_000,
    roundTripMs: 1,
    caps: undefined,
    scopes: ["tenant:acme"],
  });
  const caps = { max_tokens: 1 };
  expect(verdictOf(answered({ ...held, decision: "ALLOW_WITH_CAPS", caps }), asked)).toMatchObject({ kind: "held", caps });
});

it("a hold that nobody says how long it lasts is not relied on", () => {
  const { remaining_ttl_ms: _remaining, ...older } = held;
  expect(verdictOf(answered(older), asked)).toMatchObject({ kind: "held", leaseMs: 0 });
});

it("an allow that comes again after its hold has ended runs nothing", () => {
  expect(verdictOf(answered({ ...held, remaining_ttl_ms: 0 }), asked)).toMatchObject({ kind: "denied", code: "replayed" });
});

describe("an allow that holds nothing of what was asked denies:", () => {
  it.each<[string, Record<string, unknown>]>([
    ["without a reservation", { reservation_id: null }],
    ["of another amount", { reserved: money(99n) }],
    ["of another unit", { reserved: { unit: "TOKENS", amount: 100n } }],
    ["with caps that it does not announce", { caps: {} }],
    ["that announces caps and has none", { decision: "ALLOW_WITH_CAPS" }],
  ])("%s", (_, changed) => {
    expect(verdictOf(answered({ ...held, ...changed }), asked)).toMatchObject({ kind: "denied", code: "invalid_decision" });
  });
});

it.each([...errorCodes, "ADDED_LATER", "constructor", "__proto__", ""])("a refusal with %j denies, or is asked again", (code) => {
  const verdict = verdictOf(refused(code), asked);
  expect(verdict).toMatchObject({ kind: "denied", code: expect.stringMatching(/^[a-z_]+$/), reason: expect.stringMatching(/./) });
});

it.each([401, 408, 425, 429])("a refusal with status %d is asked again, and may hide a hold", (status) => {
  expect(verdictOf(refused("UNAUTHORIZED", status), asked)).toMatchObject({ kind: "again", mayBeHeld: true });
});

it("a request that was turned away for its number, in the protocol's own word, has held nothing", () => {
  expect(verdictOf(refused("LIMIT_EXCEEDED", 429), asked)).toMatchObject({
    kind: "again",
    code: "budget_busy",
    mayBeHeld: false,
  });
});

it("a refusal says how long to wait as the server does, unless no wait helps", () => {
  const waiting = { retryAfterMs: 700 };
  expect(verdictOf({ ...refused("BUDGET_EXCEEDED"), ...waiting } as Result, asked)).toMatchObject(waiting);
  const replayed = verdictOf({ ...refused("IDEMPOTENCY_MISMATCH"), ...waiting } as Result, asked);
  expect(replayed).toMatchObject({ kind: "denied", code: "replayed" });
  expect(replayed).not.toHaveProperty("retryAfterMs");
});

it("an unknown outcome is asked again, after as long as the server says", () => {
  const unknown: Result = { kind: "unknown", problem: "no answer", retryAfterMs: 700 };
  expect(verdictOf(unknown, asked)).toMatchObject({ kind: "again", code: "budget_unreachable", retryAfterMs: 700 });
});

it.each(["BUDGET_EXCEEDED", "ADDED_LATER", null])("a denial of the server's with reason %j denies", (reason) => {
  expect(verdictOf(answered({ decision: "DENY", affected_scopes: [], reason_code: reason }), asked)).toMatchObject({
    kind: "denied",
  });
});

it.each<[string, unknown]>([
  ["nothing", null],
  ["a word", "ALLOW"],
  ["an empty object", {}],
  ["another word", { decision: "allow", affected_scopes: [] }],
  ["no scopes", { decision: "ALLOW" }],
  ["a list", [held]],
  ["a getter of another mind", { ...held, decision: { toString: () => "ALLOW" } }],
])("%s is no answer at all", (_, body) => {
  expect(answersWith("ignored").reserve.safeParse(body).success).toBe(false);
});

it("what no client looks at makes no answer of the server's an unknown one", () => {
  const read = answersWith("ignored");
  const odd = { cycles_evidence: "none", balances: 7, trace_id: "ABC", request_id: null };
  const money = { unit: "USD_MICROCENTS", amount: 1n };
  for (const [operation, body] of [
    ["reserve", { ...held, reason_code: "x".repeat(200), caps: { max_tokens: 2n ** 63n - 1n } }],
    ["commit", { status: "COMMITTED", charged: money }],
    ["release", { status: "RELEASED", released: money }],
    ["error", { error: "RESERVATION_EXPIRED", message: "gone" }],
  ] as const) {
    expect(read[operation].safeParse({ ...body, ...odd }).success, operation).toBe(true);
    expect(answersWith("refused")[operation].safeParse({ ...body, ...odd }).success, `${operation} of the test's`).toBe(false);
  }
});

it("an id that no path can carry, or that is longer than any key, holds nothing", () => {
  for (const [id, isOne] of [
    ["x".repeat(256), true],
    ["a/b?c", true],
    ["x".repeat(257), false],
    ["\ud800", false],
    ["..", false],
    ["", false],
  ] as const)
    expect(answersWith("ignored").reserve.safeParse({ ...held, reservation_id: id }).success, id.slice(0, 5)).toBe(isOne);
});

describe("what would be said to a hold", () => {
  const answered = (body: AnswerOf<"decide">): CyclesResult<AnswerOf<"decide">> => ({ kind: "answered", body, roundTripMs: 1 });

  it("is an allow where the server would allow, with caps or without", () => {
    expect(wouldBe(answered({ decision: "ALLOW" }))).toEqual({ decision: "allow" });
    expect(wouldBe(answered({ decision: "ALLOW_WITH_CAPS", caps: { max_tokens: 1n } }))).toEqual({ decision: "allow" });
  });

  it.each<[string, CyclesResult<AnswerOf<"decide">>, string]>([
    ["it would deny", answered({ decision: "DENY", reason_code: "BUDGET_EXCEEDED" }), "over_limit"],
    ["it would deny in a word that is new", answered({ decision: "DENY", reason_code: "TIRED" }), "denied"],
    ["it would deny without a word", answered({ decision: "DENY" }), "denied"],
    [
      "it refuses the question",
      { kind: "refused", status: 404, code: "NOT_FOUND", message: "", roundTripMs: 1 } as never,
      "budget_misconfigured",
    ],
    ["nobody can tell", { kind: "unknown", problem: "no answer", roundTripMs: 1 } as never, "budget_unreachable"],
  ])("is a denial where %s", (_, result, code) => {
    expect(wouldBe(result)).toMatchObject({ decision: "deny", code });
  });
});
