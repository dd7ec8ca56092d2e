import { describe, expect, it } from "vitest";
import { latestDeadline } from "../src/ledger-request.js";
import { alice, transferOf } from "./support/contexts.js";

describe("the deadline of what an attempt signs", () => {
  const until = (...deadlines: string[]): number =>
    latestDeadline(deadlines.map((deadline) => ({ ...transferOf(alice, "1"), deadline })));

  it("is the latest of all, in milliseconds", () => {
    expect(until("1796040060", "1796040061", "7")).toBe(1_796_040_061_000);
    expect(latestDeadline([transferOf(alice, "1")])).toBe(0);
  });

  it("is the last date that there is where it lies beyond all dates, so that every window has it", () => {
    expect(until("8640000000001", "1")).toBe(8_640_000_000_000_000);
    expect(until((2n ** 256n - 1n).toString())).toBe(8_640_000_000_000_000);
  });
});
