import { mkdtempSync, rmSync } from "node:fs";
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
import { ensureEndToEnd, ensureWorkspace, pnpm } from "./lib/setup.mjs";

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
  await ensureWorkspace();
  const [, { tools, newest, others, left, cyclesClients }] = await Promise.all([ensureEndToEnd(), ensurePythons()]);
  await Promise.all([checkJavaScript(), checkPython(tools, newest, cyclesClients)]);
  await vitest("unit tests", root);
  await vitest("end-to-end tests", join(root, "e2e"));
  for (const { version } of left)
    report.skip(`Python tests on ${version}, because the oldest and the newest Python run them; test:deep runs them on all`);
  // Rows of about the same length: much of what they test is waiting.
  await Promise.all([
    pytestEach([newest], { typing: true }),
    pytestEach(others, { typing: false }),
    inTurn([conformance, cyclesLiveSuite, () => cyclesClientTests(cyclesClients, newest), ...exampleRuns()]),
  ]);
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

/**
 * Makes the environments of the Pythons that are tested, and of the clients of Cycles. What the oldest and the newest show, those between
 * leave to the deep run.
 */
async function ensurePythons() {
  const [newest, ...older] = findPythons();
  const others = deep ? older : older.slice(-1);
  const tools = await ensureTools();
  for (const python of [newest, ...others]) await ensureAgentKit(python);
  const left = older.filter((python) => !others.includes(python));
  return { tools, newest, others, left, cyclesClients: await ensureCyclesClients(newest) };
}

async function checkJavaScript() {
  const inRoot = { quiet: true, env, timeoutMs };
  const bin = (name) => join(root, "node_modules", ".bin", name);
  await check("format and lint", () => run(bin("biome"), ["ci", "--colors=off", "."], inRoot));
  await check("types of tests and configuration", () => run(bin("tsc"), ["-p", "tsconfig.tests.json"], inRoot));
  await check("types of e2e and the RFC's provider", () => run(bin("tsc"), ["-p", "e2e/tsconfig.json"], inRoot));
  await check("generated files follow from the schemas", () => run(process.execPath, ["scripts/codegen.mjs", "--check"], inRoot));
  await check("changesets", () => run(process.execPath, ["scripts/check-changesets.mjs"], inRoot));
}

async function checkPython(tools, newest, cyclesClients) {
  const inPython = { cwd: join(root, "python"), quiet: true, env, timeoutMs };
  const types = (bin, ...files) => run(join(tools, "mypy"), ["--python-executable", join(bin, "python"), ...files], inPython);
  await check("format of the Python files", () => run(join(tools, "ruff"), ["format", "--check", "."], inPython));
  await check("lint of the Python files", () => run(join(tools, "ruff"), ["check", "."], inPython));
  await check("types of the Python files", () => types(binOf(`agentkit-${newest.version}`)));
  await check("types of the Python files that use clients of Cycles", () => types(cyclesClients, "cycles_clients"));
}

/** One Python after the other. Type checkers say the same on every interpreter. */
async function pytestEach(pythons, { typing }) {
  for (const { version } of pythons)
    await step(`Python tests on ${version}`, () =>
      pytest(binOf(`agentkit-${version}`), version, "python", [], { TEST_TYPING: typing ? "1" : "0" }),
    );
}

async function cyclesClientTests(bin, { version }) {
  await step("published clients of Cycles", () => pytest(bin, version, "cycles", ["cycles_clients"]));
}

function exampleRuns() {
  return examples().map((name) => () => check(`example ${name}`, () => runExample(name, { quiet: true, timeoutMs })));
}

async function inTurn(actions) {
  for (const action of actions) await action();
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
