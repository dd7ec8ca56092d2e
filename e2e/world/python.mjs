// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where a Python finds the clone's own shim, as PYTHONPATH. */
export const shimFolder = join(root, "python", "src");

/**
 * The interpreter that the variable AGENTKIT_POLICY_PYTHON names, or else the one with AgentKit that the repository's
 * set-up made.
 * @returns {Promise<{ path: string, isNamed: boolean }>} whether it was named, and so has an environment of its own
 * @throws Error when there is none yet
 */
export async function findInterpreter() {
  const named = process.env.AGENTKIT_POLICY_PYTHON;
  if (named !== undefined && named !== "") return { path: named, isNamed: true };
  own ??= findOwn();
  return { path: await own, isNamed: false };
}

/** @type {Promise<string> | undefined} */
let own;

async function findOwn() {
  return await find("agentkit", '"npm run demo" sets it up; or name one that has AgentKit with AGENTKIT_POLICY_PYTHON');
}

/**
 * The interpreter with the published clients of Cycles that the repository's set-up made.
 * @throws Error when there is none yet
 */
export async function findCyclesClients() {
  return await find("cycles", '"npm test" sets it up');
}

/**
 * @param {string} environment
 * @param {string} hint
 */
async function find(environment, hint) {
  // By its address, so that the checker of these files' types does not follow it into the scripts.
  const { binOf, findPythons } = await import(new URL("../../scripts/lib/python.mjs", import.meta.url).href);
  const [newest] = findPythons();
  const path = join(binOf(`${environment}-${newest.version}`), "python");
  if (!existsSync(path)) throw new Error(`there is no ${path} yet: ${hint}`);
  return path;
}
