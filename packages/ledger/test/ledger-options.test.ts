import { describe, expect, it } from "vitest";
import { defaultLedgerTimes, timesOf } from "../src/ledger-options.js";
import { openMemoryLedger } from "../src/memory-ledger.js";

const chain = "eip155:84532";

describe("the times of a ledger", () => {
  it("are the defaults where nothing else is said", () => {
    expect(timesOf({})).toEqual(defaultLedgerTimes);
    expect(timesOf({ times: { lifeMs: 0, chains: { [chain]: { settleWithinMs: 1 } } } })).toEqual({
      ...defaultLedgerTimes,
      lifeMs: 0,
      chains: { [chain]: { settleWithinMs: 1 } },
    });
  });

  it.each([
    ["lifeMs", { lifeMs: 0.5 }],
    ["lifeMs", { lifeMs: -1 }],
    ["settleWithinMs", { settleWithinMs: Number.POSITIVE_INFINITY }],
    ["marginMs", { marginMs: Number.NaN }],
    [`settleWithinMs of ${chain}`, { chains: { [chain]: { settleWithinMs: 1.5 } } }],
  ])("are refused by name where %s is no whole number of milliseconds", (name, times) => {
    expect(() => openMemoryLedger({ times })).toThrow(new RegExp(`^the ledger's ${name} is .* whole milliseconds$`));
  });
});
