import { expect, it } from "vitest";
import { cycles } from "../src/index.js";
import { Attempt, contextOf, outcomeOf, transfer, usdc } from "./support/attempt.js";
import { apiKey, startServer } from "./support/server.js";

/** Cycles as a policy file makes it for a rule in `mode: shadow`. */
async function shadow(allocated: bigint) {
  const { server, budget } = await startServer({ allocated });
  const options = { baseUrl: server.baseUrl, apiKey, tenant: "acme", prices: { [usdc]: { worth: "1", decimals: 6 } } };
  const parsed = await cycles.options["~standard"].validate(options);
  if (parsed.issues !== undefined) throw new Error(JSON.stringify(parsed.issues));
  const logger = { info: () => undefined, warn: () => undefined };
  const provider = await cycles.create(parsed.value, { rule: "cycles", logger, isShadow: true });
  return { provider, server, budget };
}

it("in a shadow Cycles is asked what it would say, and holds and books nothing", async () => {
  const { provider, server, budget } = await shadow(500n);
  const attempt = new Attempt(provider, contextOf([transfer("5")]));
  expect(await attempt.before()).toEqual({ decision: "allow" });
  expect(await attempt.call([transfer("1")], "call-1")).toEqual({ decision: "allow" });
  await attempt.settle(outcomeOf([transfer("5")]));
  expect(server.requests.map(({ operation }) => operation)).toEqual(["decide", "decide"]);
  expect([budget.spent, budget.reserved]).toEqual([0n, 0n]);
});

it("in a shadow Cycles says what it would deny, and what has no price", async () => {
  const { provider, server } = await shadow(499n);
  const tooMuch = new Attempt(provider, contextOf([transfer("5")]));
  expect(await tooMuch.before()).toMatchObject({ decision: "deny", code: "over_limit" });
  const unpriced = new Attempt(provider, contextOf([transfer("5", "eip155:84532/slip44:60")]));
  expect(await unpriced.before()).toMatchObject({ decision: "deny", code: "unpriced" });
  expect(server.requests).toHaveLength(1);
});

it("in a shadow Cycles is asked nothing about what moves nothing", async () => {
  const { provider, server } = await shadow(1n);
  const attempt = new Attempt(provider, contextOf([]));
  expect([await attempt.before(), await attempt.call([], "call-1")]).toEqual([{ decision: "allow" }, { decision: "allow" }]);
  expect(server.requests).toEqual([]);
});
