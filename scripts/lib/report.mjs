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

  /** A runner's JSON report. A missing, empty or unreadable one is a failure, whatever the runner's exit said. */
  vitest(name, file, exitError) {
    let report;
    try {
      if (!existsSync(file)) throw new Error("the runner wrote no report");
      report = JSON.parse(readFileSync(file, "utf8"));
      if (report.numTotalTests === 0) throw new Error("the report holds no tests");
    } catch (error) {
      this.#fail(name, `${error.message}${exitError === undefined ? "" : `\n${exitError.message}`}`);
      return;
    }
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
        } else this.#skip(`${path}: ${test.fullName}`);
      }
    }
    // An error outside any test (an unhandled rejection, a worker that died) shows in the exit only.
    if (exitError !== undefined && failed === 0) this.#fail(name, exitError.message);
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

  /** A skip says in its name why; a silent one is a failure. */
  #skip(name) {
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
