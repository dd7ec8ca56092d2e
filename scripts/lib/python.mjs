import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";
import { once } from "./setup.mjs";

/** The oldest that the shim supports, and the first that it has not been tried on. */
const oldest = [3, 10];
const next = [3, 16];

const environments = "python/.environments";

/**
 * Every CPython that is new enough, one a minor version, the newest first.
 * @returns {{version: string, path: string}[]} versions such as 3.11, paths of interpreters
 * @throws Error when there is none
 */
export function findPythons() {
  const found = new Map();
  for (const candidate of candidates()) {
    const python = describe(candidate);
    if (python !== undefined && !found.has(python.version)) found.set(python.version, python);
  }
  if (found.size === 0) {
    throw new Error(`there is no CPython ${oldest.join(".")} or later: install one, or name one with the variable PYTHON`);
  }
  return [...found.values()].sort((one, other) => Number(other.version.split(".")[1]) - Number(one.version.split(".")[1]));
}

/** The named one first, then whatever PATH calls a Python, then those that pyenv keeps off PATH. */
function candidates() {
  const names = ["python3", "python"];
  for (let minor = oldest[1]; minor < next[1]; minor += 1) names.push(`python3.${minor}`);
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const pyenv = join(process.env.PYENV_ROOT ?? join(process.env.HOME ?? "", ".pyenv"), "versions");
  const kept = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, "bin", "python3")) : [];
  return [...(process.env.PYTHON === undefined ? [] : [process.env.PYTHON]), ...onPath, ...kept].filter(
    (path) => path === process.env.PYTHON || existsSync(path),
  );
}

const tell =
  "import platform, sys; print(platform.python_implementation(), *sys.version_info[:2], getattr(sys, '_base_executable', sys.executable))";

function describe(candidate) {
  try {
    // A shim of pyenv's may name a version that is not chosen; it then fails, and is no candidate.
    const output = execFileSync(candidate, ["-I", "-c", tell], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [, implementation, major, minor, path] = /^(\w+) (\d+) (\d+) (.+)$/m.exec(output) ?? [];
    const isNewEnough = Number(major) === oldest[0] && Number(minor) >= oldest[1] && Number(minor) < next[1];
    return implementation === "CPython" && isNewEnough ? { version: `${major}.${minor}`, path: realpathSync(path) } : undefined;
  } catch {
    return undefined;
  }
}

/** The folder of an environment's programs. */
export function binOf(environment) {
  return join(root, environments, environment, "bin");
}

/** The tools that check and build the shim, in an environment of their own. @returns the folder of their programs */
export async function ensureTools() {
  const [newest] = findPythons();
  await ensureEnvironment("tools", newest, "tools", "the tools", async (python) => {
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "python/requirements/tools.txt"]);
  });
  return binOf("tools");
}

/**
 * An environment with AgentKit and what the tests use.
 * @param {{version: string, path: string}} python
 * @returns {Promise<string>} the folder of its programs
 */
export async function ensureAgentKit(python) {
  return await ensureInstalled(`agentkit-${python.version}`, python, "agentkit", "AgentKit (about 200 MB, once)");
}

/**
 * An environment with the published clients of Cycles, which our server for tests is tried with.
 * @param {{version: string, path: string}} python
 * @returns {Promise<string>} the folder of its programs
 */
export async function ensureCyclesClients(python) {
  return await ensureInstalled(`cycles-${python.version}`, python, "cycles", "the clients of Cycles (about 100 MB, once)");
}

async function ensureInstalled(name, python, requirements, what) {
  const tools = await ensureTools();
  await ensureEnvironment(name, python, requirements, what, async (interpreter) => {
    const file = `python/requirements/${requirements}.txt`;
    await run(join(tools, "uv"), ["pip", "install", "--quiet", "--python", interpreter, "-r", file]);
  });
  return binOf(name);
}

async function ensureEnvironment(name, python, requirements, what, install) {
  const folder = join(root, environments, name);
  const interpreter = join(folder, "bin", "python");
  await once(
    `python ${name}`,
    [`python/requirements/${requirements}.txt`],
    `Setting up Python ${python.version} for ${what}`,
    async () => {
      try {
        await run(python.path, ["-m", "venv", "--clear", folder], { quiet: true });
      } catch (error) {
        throw new Error(
          `Python ${python.version} (${python.path}) makes no environment of its own; on Debian and Ubuntu, run: apt-get install python3-venv\n${error.message}`,
        );
      }
      await install(interpreter);
    },
    { products: [`${environments}/${name}/bin/python`], salt: python.path },
  );
}

/** The version of the shim, which is that of all packages. */
export function shimVersion() {
  const [, version] = /^VERSION = "(.+)"$/m.exec(readFileSync(join(root, "python/src/agentkit_policy/version.py"), "utf8")) ?? [];
  return version;
}
