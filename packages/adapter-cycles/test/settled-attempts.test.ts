import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UnsettledError } from "@agentkit-policy/core";
import { expect, it, vi } from "vitest";
import type { Hold } from "../src/hold.js";
import { SettledAttempts } from "../src/settled-attempts.js";
import type { Settler, Writing } from "../src/settler.js";
import { Attempt, adapterFor, contextOf, outcomeOf, transfer, usdc } from "./support/attempt.js";
import { hold } from "./support/commit.js";
import { startServer } from "./support/server.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const isReplay = false;
const quiet = { info: () => undefined, warn: () => undefined };

/** One that is never written. */
const unwritten: Writing = {
  written: new Promise(() => undefined),
  tried: () => Promise.resolve(),
  isOpen: () => true,
  waitMs: () => 1,
  lastProblem: () => undefined,
  isReplay,
};

function heldBy(reservationId: string) {
  const own: Hold = { ...hold, reservationId, prices: new Map([[usdc, { units: 1n, atomic: 1n }]]) };
  return { holds: [own], gone: new Map() };
}

it("what is not written is written by one, however many more attempts there are and however often it is told", async () => {
  let writers = 0;
  const settler = {
    write: () => {
      writers += 1;
      return unwritten;
    },
  } as unknown as Settler;
  const attempts = new SettledAttempts(settler, quiet);
  const outcome = outcomeOf([transfer("3")]);
  const contexts = Array.from({ length: 10_010 }, () => contextOf([transfer("3")]));
  for (let times = 0; times < 2; times += 1)
    for (const context of contexts)
      await expect(attempts.settle(context, outcome, heldBy(context.actionId), { isReplay })).rejects.toThrow(UnsettledError);
  expect(writers).toBe(10_010);
});

it("what is found beyond what was booked is sent after that, however long that takes", async () => {
  const { server, budget } = await startServer();
  const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("5")]));
  await attempt.before();
  server.faults.add({ operation: "commit", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 1 });
  expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
  expect(await attempt.settle(outcomeOf([transfer("5")]))).toBe(false);
  await vi.waitUntil(() => budget.spent === 500n, { timeout: 10_000 });
  expect(server.requests.map(({ operation }) => operation)).toEqual(["reserve", "commit", "commit", "event"]);
});

it("of what nobody can write the reason is kept, and nothing of what its action was asked with", async () => {
  const { server } = await startServer();
  const { adapter } = adapterFor(server);
  server.faults.add({ operation: "commit", kind: "refused", status: 409, code: "TENANT_CLOSED" });
  const args = await (async (): Promise<WeakRef<object>> => {
    const large = { memo: "x" };
    const context = contextOf([transfer("3")], { args: large });
    const decision = await adapter.beforeAction(context, { signal: new AbortController().signal, remainingMs: 5_000 });
    if (decision.decision !== "allow" || decision.settlement === undefined) throw new Error("not held");
    // Bound to the attempt, as whoever keeps it on disk has it.
    const remember = async (): Promise<void> => void context.actionId;
    const scope = { settlements: [decision.settlement], recovered: false, remember };
    const problem = await adapter.settle?.(context, outcomeOf([transfer("3")]), scope)?.then(String, String);
    if (!problem?.includes("TENANT_CLOSED")) throw new Error(`settled: ${problem}`);
    return new WeakRef(large);
  })();
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(args.deref()).toBeUndefined();
});

it("what nobody can write is an operator's each time it is told, and is not sent again", async () => {
  const { server } = await startServer();
  const attempt = new Attempt(adapterFor(server).adapter, contextOf([transfer("3")]));
  await attempt.before();
  server.faults.add({ operation: "commit", kind: "refused", status: 409, code: "TENANT_CLOSED" });
  for (let times = 0; times < 2; times += 1) {
    expect(await attempt.settle(outcomeOf([transfer("3")]))).toBe(false);
    expect(attempt.unsettled).toMatchObject({ isHopeless: true, message: expect.stringContaining("TENANT_CLOSED") });
  }
  expect(server.requests.map(({ operation }) => operation)).toEqual(["reserve", "commit"]);
});
