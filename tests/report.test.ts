import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
// @ts-expect-error: the root's scripts are plain JavaScript, without declarations.
import { Report } from "../scripts/lib/report.mjs";
import { root } from "./import-rules.js";

interface TestReport {
  check(name: string, action: () => Promise<unknown>): Promise<void>;
  vitest(name: string, file: string, exitError?: Error): void;
  pytest(python: string, file: string, exitError?: Error): void;
  conformance(file: string, exitError: Error | undefined, ms: number): void;
  print(): boolean;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkit-policy-report-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let printed: string;
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const newReport = (): TestReport => new Report() as TestReport;
const closingLine = (): string => printed.trimEnd().split("\n").at(-1) ?? "";

/** A runner's report of one file with these tests. */
function runnerReport(tests: Readonly<Record<string, "passed" | "failed" | "skipped" | "todo">>, suite: object = {}): string {
  const file = join(folder, "report.json");
  const assertionResults = Object.entries(tests).map(([fullName, status]) => ({ fullName, status, failureMessages: ["why"] }));
  const testResults = [
    { name: join(root, "tests/a.test.ts"), status: "passed", startTime: 0, endTime: 5, message: "", assertionResults, ...suite },
  ];
  writeFileSync(file, JSON.stringify({ numTotalTests: assertionResults.length, testResults }));
  return file;
}

describe("the report of npm test", () => {
  it("adds what the runner counted to the checks, and closes with one line", async () => {
    const report = newReport();
    await report.check("format", async () => undefined);
    report.vitest("unit", runnerReport({ one: "passed", two: "passed" }));

    expect(report.print()).toBe(true);
    expect(closingLine()).toBe("3 passed, 0 failed");
  });

  it("counts a check that throws as one failure, and goes on", async () => {
    const report = newReport();
    await report.check("format", () => Promise.reject(new Error("two files")));
    await report.check("types", async () => undefined);

    expect(report.print()).toBe(false);
    expect(printed).toContain("FAILED format\n  two files");
    expect(closingLine()).toBe("1 passed, 1 failed");
  });

  it("counts a failed test under its file and name", () => {
    const report = newReport();
    report.vitest("unit", runnerReport({ one: "passed", two: "failed" }), new Error("ended with 1"));

    expect(report.print()).toBe(false);
    expect(printed).toContain("FAILED tests/a.test.ts: two\n  why");
    expect(closingLine()).toBe("1 passed, 1 failed");
  });

  it.each([
    ["missing", () => join(folder, "nowhere.json")],
    ["empty", () => runnerReport({})],
    [
      "unreadable",
      () => {
        const file = join(folder, "torn.json");
        writeFileSync(file, "{");
        return file;
      },
    ],
  ])("takes a report that is %s for a failure", (_word, file) => {
    const report = newReport();
    report.vitest("unit", file());

    expect(report.print()).toBe(false);
    expect(closingLine()).toBe("0 passed, 1 failed");
  });

  it("takes a file that broke outside its tests for a failure", () => {
    const report = newReport();
    report.vitest("unit", runnerReport({ one: "passed" }, { status: "failed", message: "no such module" }));

    expect(report.print()).toBe(false);
    expect(printed).toContain("no such module");
    expect(closingLine()).toBe("1 passed, 1 failed");
  });

  it("takes a runner that fails while all of its tests passed for a failure", () => {
    const report = newReport();
    report.vitest("unit", runnerReport({ one: "passed" }), new Error("an unhandled rejection"));

    expect(report.print()).toBe(false);
    expect(closingLine()).toBe("1 passed, 1 failed");
  });

  it("names a skipped test whose name says why, and fails one that does not", () => {
    const report = newReport();
    report.vitest("unit", runnerReport({ one: "passed", "two, only where Node has SQLite": "skipped" }));
    expect(report.print()).toBe(true);
    expect(printed).toContain("skipped:\n  tests/a.test.ts: two, only where Node has SQLite");

    const silent = newReport();
    silent.vitest("unit", runnerReport({ one: "passed", two: "skipped", three: "todo" }));
    expect(silent.print()).toBe(false);
    expect(closingLine()).toBe("1 passed, 2 failed");
  });

  it("adds what Python's runner counted, by interpreter, and names what it skipped and why", () => {
    const file = join(folder, "python.json");
    const test = (outcome: string, message = "") => ({ name: `tests/test_a.py::test_${outcome}`, outcome, ms: 3, message });
    const pytest = (tests: object[], exitError?: Error): TestReport => {
      const report = newReport();
      writeFileSync(file, JSON.stringify({ tests }));
      report.pytest("3.12", file, exitError);
      report.print();
      return report;
    };

    pytest([test("passed"), test("skipped", "because there is no /proc")]);
    expect(printed).toContain("skipped:\n  python/tests/test_a.py (3.12): test_skipped: because there is no /proc");
    expect(closingLine()).toBe("1 passed, 0 failed");

    pytest([test("passed"), test("failed", "assert 1 == 2")], new Error("ended with 1"));
    expect(printed).toContain("FAILED python/tests/test_a.py (3.12): test_failed\n  assert 1 == 2");
    expect(closingLine()).toBe("1 passed, 1 failed");

    pytest([test("passed"), test("skipped", "later")]);
    expect(closingLine()).toBe("1 passed, 1 failed");
    pytest([test("passed")], new Error("ended with SIGSEGV"));
    expect(closingLine()).toBe("1 passed, 1 failed");
    pytest([]);
    expect(closingLine()).toBe("0 passed, 1 failed");
  });

  it("adds the vectors that every runner passed, and tells those that were skipped by their reason", () => {
    const file = join(folder, "summary.json");
    const conformance = (summary: object, exitError?: Error): boolean => {
      const report = newReport();
      writeFileSync(file, JSON.stringify(summary));
      report.conformance(file, exitError, 5);
      return report.print();
    };
    const skipped = [{ runner: "process", reason: "the caller is elsewhere", count: 2 }];

    expect(conformance({ passed: 7, skipped, problems: [] })).toBe(true);
    expect(printed).toContain("skipped:\n  conformance: process: 2, because the caller is elsewhere");
    expect(closingLine()).toBe("7 passed, 0 failed");

    expect(conformance({ passed: 7, skipped: [], problems: ["pair: a/one: x"] }, new Error("ended with 1"))).toBe(false);
    expect(closingLine()).toBe("7 passed, 1 failed");
    expect(conformance({ passed: 7, skipped: [], problems: [] }, new Error("ended with 1"))).toBe(false);
    expect(conformance({ passed: 0, skipped: [], problems: [] })).toBe(false);
  });

  it("shows the ten slowest and is not green when nothing ran", async () => {
    expect(newReport().print()).toBe(false);
    const report = newReport();
    for (let index = 0; index < 12; index += 1) await report.check(`check ${index}`, async () => undefined);
    report.print();
    expect(printed.match(/ s {2}check \d+/g)).toHaveLength(10);
  });
});
