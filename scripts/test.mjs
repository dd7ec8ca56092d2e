import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { liveSuite, withCyclesTestServer } from "./lib/cycles-live.mjs";
import { examples, runExample } from "./lib/examples.mjs";
import { root } from "./lib/paths.mjs";
import { step } from "./lib/progress.mjs";
import { binOf, ensureAgentKit, ensureCyclesClients, ensureTools, findPythons } from "./lib/python.mjs";
import { Report } from "./lib/report.mjs";
import { run } from "./lib/run.mjs";
import { ensureEndToEnd, pnpm } from "./lib/setup.mjs";

const { deep } = parseArguments({
  usage: "npm test [-- --deep]",
  summary: "Sets everything up and runs every check there is.",
  options: { deep: { type: "boolean", default: false, help: "the big counts: TEST_SCALE=20 unless it is set" } },
});

// Counts scale by one number; a deep run is the same tests with more of everything.
const scale = process.env.TEST_SCALE ?? (deep ? "20" : "1");
/** No step takes this long, deep or not; one that does hangs. */
const timeoutMs = (deep ? 120 : 20) * 60_000;
const env = {
  TEST_SCALE: scale,
  TURBO_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  // Whatever the machine says: without its bytecode, AgentKit takes five seconds more in every process that loads it.
  PYTHONDONTWRITEBYTECODE: "",
};
const reports = mkdtempSync(join(tmpdir(), "agentkit-policy-reports-"));
const report = new Report();

try {
  await ensureEndToEnd();
  const tools = await ensureTools();
  const pythons = findPythons().map((python, index, all) => ({
    ...python,
    isNewest: index === 0,
    isBetween: index > 0 && index < all.length - 1,
  }));
  for (const python of pythons) await ensureAgentKit(python);
  const cyclesClients = await ensureCyclesClients(pythons[0]);
  const bin = (name) => join(root, "node_modules", ".bin", name);
  await check("format and lint", () => run(bin("biome"), ["ci", "--colors=off", "."], { quiet: true, env, timeoutMs }));
  await check("types of tests and configuration", () =>
    run(bin("tsc"), ["-p", "tsconfig.tests.json"], { quiet: true, env, timeoutMs }),
  );
  await check("types of e2e and the RFC's provider", () =>
    run(bin("tsc"), ["-p", "e2e/tsconfig.json"], { quiet: true, env, timeoutMs }),
  );
  await check("generated files follow from the schemas", () =>
    run(process.execPath, ["scripts/codegen.mjs", "--check"], { quiet: true, env, timeoutMs }),
  );
  const inPython = { cwd: join(root, "python"), quiet: true, env, timeoutMs };
  await check("format of the Python files", () => run(join(tools, "ruff"), ["format", "--check", "."], inPython));
  await check("lint of the Python files", () => run(join(tools, "ruff"), ["check", "."], inPython));
  const [newest] = pythons;
  await check("types of the Python files", () =>
    run(join(tools, "mypy"), ["--python-executable", join(binOf(`agentkit-${newest.version}`), "python")], inPython),
  );
  await check("types of the Python files that use clients of Cycles", () =>
    run(join(tools, "mypy"), ["--python-executable", join(cyclesClients, "python"), "cycles_clients"], inPython),
  );
  await check("changesets", () => run(process.execPath, ["scripts/check-changesets.mjs"], { quiet: true, env, timeoutMs }));
  await vitest("unit tests", root);
  await vitest("end-to-end tests", join(root, "e2e"));
  await cyclesLiveSuite();
  // Three rows of about the same length: much of what they test is waiting.
  await Promise.all([
    pytestEach(pythons.filter(({ isNewest }) => isNewest)),
    pytestEach(pythons.filter(({ isNewest }) => !isNewest)),
    conformance(),
  ]);
  await step("published clients of Cycles", () => pytest(cyclesClients, newest.version, "cycles", ["cycles_clients"]));
  for (const name of examples()) await check(`example ${name}`, () => runExample(name, { quiet: true, timeoutMs }));
} catch (error) {
  // Set-up failed: nothing that follows would mean anything.
  await report.check("set-up", () => Promise.reject(error));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
process.exitCode = report.print() ? 0 : 1;

function check(name, action) {
  return step(name, () => report.check(name, action));
}

/** The tests with a chain take longest. What the oldest and the newest Python show there, those between leave to the deep run. */
function testsWithChain() {
  const files = readdirSync(join(root, "python/tests")).filter((name) => /^test_.*\.py$/.test(name));
  return files.filter((name) => /: World\b/.test(readFileSync(join(root, "python/tests", name), "utf8"))).sort();
}

/** One Python after the other. */
async function pytestEach(pythons) {
  for (const python of pythons) {
    const ignored = python.isBetween && !deep ? testsWithChain().map((name) => `tests/${name}`) : [];
    for (const name of ignored)
      report.skip(
        `python/${name} (${python.version}), because the oldest and the newest Python run it; test:deep runs it on all`,
      );
    await step(`Python tests on ${python.version}`, () =>
      pytest(
        binOf(`agentkit-${python.version}`),
        python.version,
        "python",
        ignored.map((name) => `--ignore=${name}`),
        // Type checkers say the same on every interpreter.
        { TEST_TYPING: python.isNewest ? "1" : "0" },
      ),
    );
  }
}

/** @param {string} bin the folder of an environment's programs */
async function pytest(bin, version, name, args, more = {}) {
  const file = join(reports, `${name}-${version}.json`);
  const exitError = await run(join(bin, "python"), ["-m", "pytest", "--quiet", ...args], {
    cwd: join(root, "python"),
    env: { ...env, TEST_REPORT: file, ...more },
    quiet: true,
    timeoutMs,
  }).then(
    () => undefined,
    (error) => error,
  );
  report.pytest(version, file, exitError);
}

async function conformance() {
  await step("conformance", async () => {
    const summary = join(root, "dist/conformance/summary.json");
    rmSync(summary, { force: true });
    const start = performance.now();
    const exitError = await run(process.execPath, ["scripts/conformance.mjs"], { quiet: true, env, timeoutMs }).then(
      () => undefined,
      (error) => error,
    );
    report.conformance(summary, exitError, performance.now() - start);
  });
}

/** What a live server is accepted by, our server for tests has to be accepted by too, in a process of its own. */
async function cyclesLiveSuite() {
  const name = "Cycles' live suite, on our server for tests";
  // Room for an amount that no double can hold.
  const budget = 2n ** 60n;
  try {
    await withCyclesTestServer((variables) => vitest(name, root, liveSuite, variables), { budget });
  } catch (error) {
    await report.check(name, () => Promise.reject(error));
  }
}

async function vitest(name, folder, what = ["run"], more = {}) {
  const file = join(reports, `${name}.json`);
  await step(name, async () => {
    const args = ["exec", "vitest", ...what, "--reporter=json", "--reporter=dot", `--outputFile.json=${file}`];
    const exitError = await pnpm(args, { cwd: folder, env: { ...env, ...more }, quiet: true, timeoutMs }).then(
      () => undefined,
      (error) => error,
    );
    report.vitest(name, file, exitError);
  });
}
