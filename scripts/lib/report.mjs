import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./paths.mjs";

/** Sums what the runners themselves reported. What did not report has failed. */
export class Report {
  #passed = 0;
  #failed = 0;
  #skipped = [];
  #files = [];
  #failures = [];

  /** A check that is one test, such as the formatter. */
  async check(name, action) {
    const start = performance.now();
    try {
      await action();
      this.#passed += 1;
    } catch (error) {
      this.#fail(name, error.message);
    }
    this.#files.push({ name, ms: performance.now() - start });
  }

  /** vitest's JSON report. A missing, empty or unreadable one is a failure, whatever the runner's exit said. */
  vitest(name, file, exitError) {
    const report = this.#read(name, file, exitError, ({ numTotalTests }) => numTotalTests);
    if (report === undefined) return;
    let failed = 0;
    for (const suite of report.testResults) {
      const path = relative(root, suite.name);
      this.#files.push({ name: path, ms: suite.endTime - suite.startTime });
      if (suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed")) {
        failed += 1;
        this.#fail(path, suite.message);
      }
      for (const test of suite.assertionResults) {
        if (test.status === "passed") this.#passed += 1;
        else if (test.status === "failed") {
          failed += 1;
          this.#fail(`${path}: ${test.fullName}`, test.failureMessages.join("\n"));
        } else this.skip(`${path}: ${test.fullName}`);
      }
    }
    // An error outside any test (an unhandled rejection, a worker that died) shows in the exit only.
    if (exitError !== undefined && failed === 0) this.#fail(name, exitError.message);
  }

  /**
   * The report that `python/tests/report.py` writes.
   * @param {string} python the version whose tests these are, which their names then carry
   */
  pytest(python, file, exitError) {
    const report = this.#read(`Python ${python}`, file, exitError, ({ tests }) => tests.length);
    if (report === undefined) return;
    const files = new Map();
    let failed = 0;
    for (const { name, outcome, ms, message } of report.tests) {
      const path = `python/${name.split("::")[0]} (${python})`;
      files.set(path, (files.get(path) ?? 0) + ms);
      const test = `${path}: ${name.split("::").slice(1).join(" ")}`;
      if (outcome === "passed") this.#passed += 1;
      else if (outcome === "skipped") this.skip(`${test}: ${message}`);
      else {
        failed += 1;
        this.#fail(test, message);
      }
    }
    for (const [path, ms] of files) this.#files.push({ name: path, ms });
    if (exitError !== undefined && failed === 0) this.#fail(`Python ${python}`, exitError.message);
  }

  /** What `npm run conformance` wrote down of its runners: `{passed, skipped, problems}`. */
  conformance(file, exitError, ms) {
    const report = this.#read("conformance", file, exitError, ({ passed }) => passed);
    if (report === undefined) return;
    this.#passed += report.passed;
    this.#files.push({ name: "conformance", ms });
    for (const { runner, reason, count } of report.skipped) this.skip(`conformance: ${runner}: ${count}, because ${reason}`);
    for (const problem of report.problems) this.#fail("conformance", problem);
    if (exitError !== undefined && report.problems.length === 0) this.#fail("conformance", exitError.message);
  }

  /** Failures first, then what was skipped, the slowest files, and the line that closes. @returns whether all passed */
  print() {
    for (const { name, message } of this.#failures) process.stdout.write(`\nFAILED ${name}\n${indented(message)}\n`);
    if (this.#skipped.length > 0) process.stdout.write(`\nskipped:\n${this.#skipped.map((name) => `  ${name}\n`).join("")}`);
    const slowest = this.#files.sort((one, other) => other.ms - one.ms).slice(0, 10);
    process.stdout.write(
      `\nten slowest files:\n${slowest.map(({ name, ms }) => `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${name}\n`).join("")}`,
    );
    process.stdout.write(`${this.#passed} passed, ${this.#failed} failed\n`);
    return this.#failed === 0 && this.#passed > 0;
  }

  /** A runner's report, or a failure in its place. */
  #read(name, file, exitError, count) {
    try {
      if (!existsSync(file)) throw new Error("the runner wrote no report");
      const report = JSON.parse(readFileSync(file, "utf8"));
      if (!(count(report) > 0)) throw new Error("the report holds no tests");
      return report;
    } catch (error) {
      this.#fail(name, `${error.message}${exitError === undefined ? "" : `\n${exitError.message}`}`);
      return undefined;
    }
  }

  /** What was not run, or not even begun. Its name says why; a silent skip is a failure. */
  skip(name) {
    if (/because|only where|absent/.test(name)) this.#skipped.push(name);
    else this.#fail(name, "it was skipped, and its name does not say why");
  }

  #fail(name, message) {
    this.#failed += 1;
    this.#failures.push({ name, message });
    process.stderr.write(`failed: ${name}\n`);
  }
}

function indented(text) {
  return String(text)
    .split("\n")
    .slice(0, 60)
    .map((line) => `  ${line}`)
    .join("\n");
}
