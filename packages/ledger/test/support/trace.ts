import { expect } from "vitest";
import type { Balance, CloseRequest, Ledger, LedgerAnswer, LedgerTimes, Limit } from "../../src/ledger.js";
import { forever, type ModelAnswer, type ModelLimit, type ModelRules, type ModelVerb } from "../search/rules.js";
import { problemOnTheWay, type Walk, walk, worldOfWalk } from "../search/swarm.js";
import type { State } from "../search/world.js";
import { attemptAt, limitOf, native } from "./requests.js";
import type { TickClock } from "./tick-clock.js";

/** A tick of the model, in milliseconds. Every tolerance of the model is a whole number of ticks; the ledger's own is one. */
export const tickMs = 5_000;
/** When the model's time was nothing. */
export const start = Date.UTC(2026, 10, 25, 12);

/** One verb of a walk, with the clock that it read, what the model answered, and what it counts afterwards. */
export interface TraceStep {
  readonly request: ModelVerb;
  readonly clock: { readonly wall: number; readonly steady: number };
  /** The ledger's time, as the verb saw it. */
  readonly now: number;
  readonly answer: ModelAnswer;
  /** What each limit counts; undefined while the clock is not to be trusted. */
  readonly counted: readonly number[] | undefined;
}

export interface Trace {
  readonly steps: readonly TraceStep[];
  readonly limits: readonly Limit[];
  readonly times: Partial<LedgerTimes>;
}

/** A walk that a driver can follow: its clock has the ledger's own tolerance, no calendar is the model's, and no disk is lost. */
export const drivenWalk = walk.map((way): Walk => {
  const limits = way.limits.map(
    ({ window, max }): ModelLimit => ({ window: window.kind === "calendar" ? { ...window, kind: "rolling" } : window, max }),
  );
  return { ...way, limits, times: { ...way.times, tolerance: 1 }, features: { ...way.features, databaseCrash: false } };
});

/** An approval is proven while the call that uses it may still be mined. */
const usedLater: Walk = {
  features: { databaseCrash: false },
  plans: [
    {
      root: 0,
      calls: [
        { kind: "approve", amount: 1, covered: false, lasts: 1 },
        { kind: "pull", amount: 1, covered: false },
      ],
    },
    { root: 0, calls: [{ kind: "send", amount: 1, covered: false, lasts: 1 }] },
    { root: 0, calls: [{ kind: "send", amount: 1, covered: false, lasts: 1 }] },
  ],
  limits: [{ window: { kind: "lifetime" }, max: 1 }],
  times: { life: 2, leaveWithin: 0, settleWithin: 1, tolerance: 1, blockError: 0 },
  hold: false,
  choices: [0, 0, 0, 0, 0, 72, 1426, 1322, 1287, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
};

/** What one random walk in some 27,000 shows, as the arguments of a property. */
export const rareWalks: readonly [Walk][] = [[usedLater]];

/** The verbs of a walk through the model. */
export function traceOf(way: Walk): Trace {
  const world = worldOfWalk(way);
  const steps: TraceStep[] = [];
  problemOnTheWay(world, way, (before, after) => {
    const { last } = after;
    if (last === undefined || last === before.last) return;
    const { request, outcome, clock, reading } = last;
    const { answer } = outcome;
    const now = answer.ok ? answer.now : Math.max(reading.now, before.ledger.highWater);
    const counted = reading.jumped ? undefined : countedAfter(world.rules, after, now);
    steps.push({ request, clock, now, answer, counted });
  });
  const { life, settleWithin } = way.times;
  return {
    steps,
    limits: way.limits.map((limit, index) => limitOfModel(limit, index)),
    times: {
      lifeMs: life * tickMs,
      settleWithinMs: settleWithin * tickMs,
      marginMs: world.rules.margin * tickMs,
      unresolved: way.hold ? "hold" : "age",
    },
  };
}

function countedAfter(rules: ModelRules, { ledger }: State, now: number): number[] {
  return rules.limits.map((limit) => (limit.window.kind === "attempt" ? 0 : rules.counted(ledger, limit, now)));
}

function limitOfModel({ window, max }: ModelLimit, index: number): Limit {
  const more = { id: `limit-${index}`, per: [] };
  if (window.kind === "rolling") return limitOf(max, { ...more, window: { kind: "rolling", ms: window.length * tickMs } });
  if (window.kind === "calendar") throw new Error("the model's calendar has other periods than ours");
  return limitOf(max, { ...more, window });
}

/** Drives a ledger through a trace, and compares every answer and every balance with the model's. */
export async function drive(ledger: Ledger, clock: TickClock, { steps, limits }: Trace): Promise<void> {
  const ids = new Map<number, string>();
  const idOf = (attempt: number, madeAt: number): string => {
    const known = ids.get(attempt) ?? attemptAt(start + madeAt * tickMs);
    ids.set(attempt, known);
    return known;
  };
  for (const { request, clock: at, now, answer, counted } of steps) {
    clock.set(start + at.wall * tickMs, at.steady * tickMs);
    const said = await ask(ledger, request, limits, idOf(request.attempt, now));
    expect(inTicks(said), JSON.stringify(request)).toEqual(answer);
    if (counted === undefined) continue;
    const balances = await ledger.balances({ limits });
    const byId = new Map(balances.map((balance: Balance) => [balance.limitId, balance.counted]));
    expect(
      limits.map(({ id }) => byId.get(id) ?? "0"),
      JSON.stringify(request),
    ).toEqual(counted.map(String));
  }
}

async function ask(ledger: Ledger, request: ModelVerb, limits: readonly Limit[], attemptId: string): Promise<LedgerAnswer> {
  switch (request.verb) {
    case "reserve": {
      const { step: stepId, amount, arm, relies, deadline } = request;
      const lines = [{ unit: "amount", asset: native, amount: String(amount) } as const];
      const signatureDeadline = deadline === 0 ? 0 : start + deadline * tickMs;
      return await ledger.reserve({ attemptId, stepId, scopes: {}, lines, limits, arm, relies, signatureDeadline });
    }
    case "arm": {
      const { steps, deadline } = request;
      return await ledger.arm({
        attemptId,
        steps: Object.keys(steps),
        signatureDeadline: deadline === 0 ? 0 : start + deadline * tickMs,
      });
    }
    case "close":
      return await ledger.close(closeOfModel(request, attemptId));
    case "correct": {
      const { call, verdict, block } = request;
      const told =
        verdict === "never" ? { kind: "never" as const } : { kind: "moved" as const, blockTime: start + block * tickMs };
      return await ledger.correct({ attemptId, evidence: [{ callId: `call ${call}`, verdict: told }] });
    }
  }
}

function closeOfModel({ calls, inFlight }: ModelVerb & { readonly verb: "close" }, attemptId: string): CloseRequest {
  const live = calls.filter(({ verdict, amount }) => verdict === "live" && amount > 0);
  return {
    attemptId,
    scopes: {},
    entered: true,
    inFlight,
    spent: live.map(({ amount }) => ({ asset: native, amount: String(amount) })),
    calls: calls.map(({ call, amount, found, verdict }) => ({
      callId: `call ${call}`,
      lines: [{ asset: native, amount: String(amount) }],
      ...(found ? { chainId: "eip155:84532", transactionId: `0x${call}` } : {}),
      ...(verdict === "never" ? { verdict: { kind: "never" as const } } : {}),
    })),
  };
}

/** An answer in the model's own terms: ticks, and no reasons. */
function inTicks(answer: LedgerAnswer): ModelAnswer {
  if (!answer.ok) return { ok: false, code: answer.code };
  const { state, now, sendBy, until } = answer;
  const tick = (ms: number): number => (ms >= 8.64e15 ? forever : (ms - start) / tickMs);
  return { ok: true, state, now: tick(now), sendBy: tick(sendBy), until: tick(until) };
}
