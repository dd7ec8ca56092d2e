import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { searchAll } from "./search/breadth-first.js";
import { mutants } from "./search/mutants.js";
import { scenarios, worldOf } from "./search/scenarios.js";

const scale = Number(process.env["TEST_SCALE"] ?? 1);
/** Every window for every kind of hostility is a matter of minutes: the deep run does it. */
const windows = [{ kind: "rolling", length: 3 }, { kind: "calendar", length: 4 }, { kind: "lifetime" }] as const;

/**
 * How many states each world has. A key that leaves something out takes different states for one, and what only one of them leads to is
 * never seen: fewer states are found then, and nothing else would tell.
 */
const counts = JSON.parse(readFileSync(new URL("./search/state-counts.json", import.meta.url), "utf8")) as Record<string, number>;

describe("the promise of the ledger holds in every state that can be reached", () => {
  for (const scenario of scenarios) {
    it(`in ${scenario.name}`, { timeout: 300_000 }, () => {
      const found = searchAll(worldOf(scenario));
      expect(found.trace ?? []).toEqual([]);
      expect(found.states).toBeGreaterThan(500);
      expect(found.states).toBe(counts[scenario.name]);
      process.stderr.write(`${scenario.name}: ${found.states} states\n`);
    });
  }

  // Held money makes the spaces of clocks no smaller, and says nothing new of clocks: the deep run does them.
  for (const scenario of scenarios.filter(
    ({ hold, features }) => hold !== true && (features.drifts === undefined || scale > 1),
  )) {
    it(`in ${scenario.name}, when what is unproven is held`, { timeout: 300_000 }, () => {
      const found = searchAll(worldOf({ ...scenario, hold: true }));
      expect(found.trace ?? []).toEqual([]);
      expect(found.states).toBe(counts[`${scenario.name}, held`]);
      process.stderr.write(`${scenario.name}, held: ${found.states} states\n`);
    });
  }

  for (const scenario of scenarios.filter(({ features }) => features.untimely !== true && scale > 1)) {
    it(`in ${scenario.name}, in every kind of window`, { timeout: 1_200_000 }, () => {
      for (const window of windows) {
        const found = searchAll(worldOf({ ...scenario, window }));
        expect(found.trace ?? []).toEqual([]);
        process.stderr.write(`${scenario.name}, ${window.kind}: ${found.states} states\n`);
      }
    });
  }
});

describe("the search finds the money that a wrong rule loses", () => {
  const caught = scenarios.flatMap((scenario) => scenario.catches.map((mutant) => ({ mutant, scenario })));

  for (const { mutant, scenario } of caught) {
    it(`of one that ${mutant}, in ${scenario.name}`, { timeout: 300_000 }, () => {
      const { problem, trace = [] } = searchAll(worldOf(scenario, mutant));
      expect(problem).toMatch(/left in one/);
      expect(trace.length).toBeGreaterThan(3);
    });
  }

  it("for every wrong rule there is", () => {
    expect([...new Set(caught.map(({ mutant }) => mutant))].sort()).toEqual([...mutants].sort());
  });
});
