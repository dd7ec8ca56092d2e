import { expect, it } from "vitest";
import { OpenAttempts } from "../src/open-attempts.js";

const since = { now: 1_000, uptime: 1_000 };

it("what an attempt holds is good for as long as all of it is", () => {
  for (const leases of [
    [5_000, 9_000],
    [9_000, 5_000],
  ]) {
    const attempts = new OpenAttempts();
    for (const ms of leases) attempts.held("a", attempts.of("a"), "tenant:acme", { since, ms });
    expect(attempts.of("a").lease?.ms).toBe(5_000);
  }
});

it("an attempt is known from its first hold until it ends, and counts against the others of its budget", () => {
  const attempts = new OpenAttempts();
  attempts.of("a");
  expect(attempts.othersWith("tenant:acme", "b")).toBe(0);
  attempts.held("a", attempts.of("a"), "tenant:acme", { since, ms: 1 });
  expect([attempts.othersWith("tenant:acme", "b"), attempts.othersWith("tenant:acme", "a")]).toEqual([1, 0]);
  expect(attempts.othersWith("tenant:other", "b")).toBe(0);
  attempts.end("a");
  expect(attempts.othersWith("tenant:acme", "b")).toBe(0);
});

it("calls of one attempt that ask at once keep the price that was held first", () => {
  const attempts = new OpenAttempts();
  const [one, other] = [attempts.of("a"), attempts.of("a")];
  one.prices.set("eth", { units: 1n, atomic: 1n });
  other.prices.set("eth", { units: 2n, atomic: 1n });
  other.prices.set("usdc", { units: 3n, atomic: 1n });
  attempts.held("a", one, "tenant:acme", { since, ms: 1 });
  attempts.held("a", other, "tenant:acme", { since, ms: 1 });
  expect([...attempts.of("a").prices].map(([asset, { units }]) => [asset, units])).toEqual([
    ["eth", 1n],
    ["usdc", 3n],
  ]);
});
