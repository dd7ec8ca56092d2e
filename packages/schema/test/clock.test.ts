import { uptime } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Clock, systemClock } from "../src/index.js";

describe("the machine's clock", () => {
  it("says of its uptime what the system says, within two hundredths of a second", () => {
    const before = uptime() * 1_000;
    const read = systemClock.uptime();
    // What was read last may be a hundredth old, and so may the figure that the system itself keeps.
    expect(read).toBeGreaterThanOrEqual(before - 20);
    expect(read).toBeLessThanOrEqual(uptime() * 1_000);
  });
});

describe("the uptime", () => {
  const machine = { wall: 0, steady: 0, uptime: 0 };
  let clock: Clock;

  beforeEach(async () => {
    vi.resetModules();
    vi.doMock("node:os", () => ({ uptime: () => machine.uptime }));
    vi.spyOn(Date, "now").mockImplementation(() => machine.wall);
    vi.spyOn(performance, "now").mockImplementation(() => machine.steady);
    Object.assign(machine, { wall: 1_000_000, steady: 5_000, uptime: 700 });
    ({ systemClock: clock } = await import("../src/clock.js"));
    expect(clock.uptime()).toBe(700_000);
  });

  afterEach(() => {
    vi.doUnmock("node:os");
    vi.restoreAllMocks();
  });

  it.each([
    ["both clocks have moved by a hundredth of a second", { wall: 1_000_010, steady: 5_010 }],
    ["the machine has slept, which only the wall clock saw", { wall: 1_060_000, steady: 5_000 }],
    ["the wall clock was set back", { wall: 900_000, steady: 5_000 }],
    ["the wall clock was set back by as much as has passed", { wall: 1_000_000, steady: 65_000 }],
  ])("is read anew when %s", (_when, moved) => {
    Object.assign(machine, moved, { uptime: 760 });
    expect(clock.uptime()).toBe(760_000);
  });

  it("is not read anew while neither clock has moved by a hundredth of a second", () => {
    Object.assign(machine, { wall: 1_000_009, steady: 5_009, uptime: 760 });
    expect(clock.uptime()).toBe(700_000);
  });
});
