import { describe, expect, it } from "vitest";
// @ts-expect-error: the root's scripts are plain JavaScript, without declarations.
import * as verdict from "../scripts/conformance/verdict.mjs";

interface Results {
  readonly runner: string;
  readonly results: readonly object[];
}

const { problemsOf, skipsOf } = verdict as {
  problemsOf(files: readonly Results[], pins: object): string[];
  skipsOf(file: Results): { reason: string; ids: string[] }[];
};

const seen = (id: string, decision: string): object => ({ id, result: "passed", observed: { decision } });
const core: Results = { runner: "core", results: [seen("a/one", "allow"), seen("a/two", "deny")] };
const pins = { core: { passed: 2, skipped: 0 }, other: { passed: 2, skipped: 0 } };
const other = (...results: object[]): Results => ({ runner: "other", results });

describe("the verdict on the results of all runners", () => {
  it("finds nothing wrong where all saw the same, as often as is pinned", () => {
    expect(problemsOf([core, other(...core.results)], pins)).toEqual([]);
  });

  it.each<[string, Results[], RegExp]>([
    ["a runner without results", [core], /other: there are no results/],
    [
      "a runner that saw something else",
      [core, other(seen("a/one", "allow"), seen("a/two", "allow"))],
      /a\/two: core saw .*deny/,
    ],
    ["a vector that was not run", [core, other(seen("a/one", "allow"))], /a\/two: it was not run/],
    [
      "a vector that failed",
      [core, other(seen("a/one", "allow"), { id: "a/two", result: "failed", difference: "trace: x", observed: {} })],
      /a\/two: trace: x/,
    ],
    [
      "a vector that could not be run",
      [core, other(seen("a/one", "allow"), { id: "a/two", result: "errored", error: "it broke" })],
      /a\/two: it broke/,
    ],
    [
      "a skip that is not pinned",
      [core, other(seen("a/one", "allow"), { id: "a/two", result: "skipped", reason: "no clock" })],
      /it counts .*"skipped":1.*are pinned/,
    ],
    ["no results of core to compare with", [other(...core.results)], /no results of core/],
    ["a runner of which nothing is pinned", [core, { ...core, runner: "new" }, other(...core.results)], /new: .*are pinned/],
  ])("says it of %s", (_what, files, problem) => {
    const problems = problemsOf(files, pins);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).toMatch(problem);
  });

  it("takes a skip that is pinned, and tells it by its reason", () => {
    const skipping = other(seen("a/one", "allow"), { id: "a/two", result: "skipped", reason: "no clock" });
    expect(problemsOf([core, skipping], { ...pins, other: { passed: 1, skipped: 1 } })).toEqual([]);
    expect(skipsOf(skipping)).toEqual([{ reason: "no clock", ids: ["a/two"] }]);
  });
});
