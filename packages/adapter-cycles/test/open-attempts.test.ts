import { expect, it, onTestFinished, vi } from "vitest";
import { CyclesClient } from "../src/cycles-client.js";
import { Heartbeat } from "../src/heartbeat.js";
import { OpenAttempts, type OpenHold, shortestLease } from "../src/open-attempts.js";

const action = { kind: "payment.charge", name: "native_transfer" };
const since = { now: 1_000, uptime: 1_000 };

function holdOf(ms: number, scopes = ["tenant:acme"]): OpenHold {
  const client = new CyclesClient({ baseUrl: "http://127.0.0.1:1", apiKey: "k" });
  const nothing = (): void => undefined;
  const parts = {
    client,
    reservationId: "r",
    key: "k",
    ttlMs: 1,
    timeoutMs: 1,
    onLease: nothing,
    onRetry: nothing,
    onStop: nothing,
  };
  const hold = {
    step: "root",
    reservationId: "r",
    reserved: 1n,
    unit: "TOKENS",
    subject: {},
    action,
    prices: new Map(),
  } as const;
  return { hold, scopes, lease: { since, ms }, heartbeat: new Heartbeat(parts) };
}

it("what an attempt holds is good for as long as all of it is", () => {
  const attempts = new OpenAttempts();
  expect(shortestLease(attempts.of("a"))).toBeUndefined();
  for (const [step, ms] of [
    ["root", 9_000],
    ["call-1", 5_000],
    ["call-2", 7_000],
  ] as const)
    attempts.held("a", attempts.of("a"), step, holdOf(ms));
  expect(shortestLease(attempts.of("a"))?.ms).toBe(5_000);
  expect(shortestLease(attempts.of("a"), "call-1")?.ms, "without one of its steps").toBe(7_000);
  expect(shortestLease(attempts.of("b"), "root")).toBeUndefined();
});

it("an attempt is known from its first hold until it ends, and counts against the others of its budget", () => {
  const attempts = new OpenAttempts();
  attempts.of("a");
  const acme = ["tenant:acme"];
  expect(attempts.othersWith(acme, "b")).toBe(0);
  attempts.held("a", attempts.of("a"), "root", holdOf(1));
  expect([attempts.othersWith(acme, "b"), attempts.othersWith(acme, "a")]).toEqual([1, 0]);
  expect(attempts.othersWith(["tenant:other"], "b")).toBe(0);
  attempts.end("a");
  expect(attempts.othersWith(acme, "b")).toBe(0);
});

it("attempts share a budget where one scope is both of theirs, and not where none is", () => {
  const attempts = new OpenAttempts();
  const [one, two] = ["tenant:acme/agent:one", "tenant:acme/agent:two"];
  attempts.held("a", attempts.of("a"), "root", holdOf(1, ["tenant:acme", one]));
  expect(attempts.othersWith(["tenant:acme", two], "b")).toBe(1);
  expect(attempts.othersWith([two], "b")).toBe(0);
});

it("what was allowed last is the last of all that shares a scope", () => {
  const attempts = new OpenAttempts();
  const later = { now: 2_000, uptime: 2_000 };
  attempts.paused(["tenant:acme", "tenant:acme/agent:one"], since);
  attempts.paused(["tenant:acme", "tenant:acme/agent:two"], later);
  expect(attempts.lastAllowed(["tenant:acme", "tenant:acme/agent:three"])).toBe(later);
  expect(attempts.lastAllowed(["tenant:acme/agent:one"])).toBe(since);
  expect(attempts.lastAllowed(["tenant:acme/agent:three"])).toBeUndefined();
});

it("an attempt that ends hands on what it held, which is extended until whoever has it lets it go", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const attempts = new OpenAttempts();
  const hold = holdOf(60_000);
  attempts.held("a", attempts.of("a"), "root", hold);
  hold.heartbeat.start({ remainingMs: 60_000, rttMs: 0 });
  expect(vi.getTimerCount()).toBe(1);
  const { known, extended } = attempts.end("a");
  expect([known.get("r"), vi.getTimerCount()]).toEqual([hold.hold, 1]);
  extended.get("r")?.stop();
  expect(vi.getTimerCount()).toBe(0);
  expect(attempts.of("a").holds.size).toBe(0);
});

it("a step that holds something else now asks for no further extension of what it held", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const attempts = new OpenAttempts();
  const [one, other, beside] = [holdOf(60_000), holdOf(60_000), holdOf(60_000)];
  for (const [step, hold] of [
    ["root", one],
    ["call-1", beside],
    ["root", other],
  ] as const) {
    attempts.held("a", attempts.of("a"), step, hold);
    hold.heartbeat.start({ remainingMs: 60_000, rttMs: 0 });
  }
  expect(vi.getTimerCount(), "one a step").toBe(2);
});

it("calls of one attempt that ask at once keep the price that was held first", () => {
  const attempts = new OpenAttempts();
  const [one, other] = [attempts.of("a"), attempts.of("a")];
  one.prices.set("eth", { units: 1n, atomic: 1n });
  other.prices.set("eth", { units: 2n, atomic: 1n });
  other.prices.set("usdc", { units: 3n, atomic: 1n });
  attempts.held("a", one, "call-1", holdOf(1));
  attempts.held("a", other, "call-2", holdOf(1));
  expect([...attempts.of("a").prices].map(([asset, { units }]) => [asset, units])).toEqual([
    ["eth", 1n],
    ["usdc", 3n],
  ]);
});
