import { expect, it } from "vitest";
import type { ReserveRequest } from "../src/ledger.js";
import { textOfReserve } from "../src/request.js";

const asset = "eip155:8453/slip44:60";
const limit = { id: "a", unit: "amount", asset, per: ["user"], window: { kind: "rolling", ms: 1_000 }, max: "9" } as const;
const calendar = { ...limit, window: { kind: "calendar", unit: "day" } } as const;
const line = { unit: "amount", asset, amount: "5", counterparty: "0xa" } as const;
const request: ReserveRequest = {
  attemptId: "an attempt",
  stepId: "root",
  scopes: { wallet: "w", user: "u" },
  lines: [line],
  limits: [limit, calendar],
};

it.each<[string, Partial<ReserveRequest>]>([
  ["a scope's value", { scopes: { wallet: "w", user: "v" } }],
  ["the scope that has a value", { scopes: { wallet: "w", session: "u" } }],
  ["a scope that has an empty value and not none", { scopes: { wallet: "w", user: "u", run: "" } }],
  ["an amount", { lines: [{ ...line, amount: "6" }] }],
  ["an asset", { lines: [{ ...line, asset: `${asset}0` }] }],
  ["a counterparty", { lines: [{ ...line, counterparty: "0xb" }] }],
  ["a unit", { lines: [{ unit: "actions" }] }],
  ["the number of lines", { lines: [line, line] }],
  ["a limit's maximum", { limits: [{ ...limit, max: "10" }, calendar] }],
  ["a limit's asset", { limits: [{ ...limit, asset: `${asset}0` }, calendar] }],
  ["a limit's scopes", { limits: [{ ...limit, per: ["wallet"] }, calendar] }],
  ["a window's kind", { limits: [{ ...limit, window: { kind: "lifetime" } }, calendar] }],
  ["a window's length", { limits: [{ ...limit, window: { kind: "rolling", ms: 1_001 } }, calendar] }],
  ["a window's unit", { limits: [limit, { ...calendar, window: { kind: "calendar", unit: "week" } }] }],
  ["the number of limits", { limits: [limit] }],
  ["whether it arms", { arm: true }],
])("a request is another one when it differs in %s", (_what, change) => {
  expect(textOfReserve({ ...request, ...change })).not.toBe(textOfReserve(request));
});

it("a request is the same one in whatever order its objects were put together, and under whatever name of a rule", () => {
  const { counterparty, ...rest } = line;
  const { max, window, ...query } = { ...limit, id: "b" };
  const again = {
    scopes: { user: "u", wallet: "w" },
    lines: [{ counterparty, ...rest }],
    limits: [{ max, window, ...query }, calendar],
  };
  expect(textOfReserve({ ...request, ...again, arm: false })).toBe(textOfReserve(request));
});
