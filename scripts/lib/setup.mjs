import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { step } from "./progress.mjs";
import { run } from "./run.mjs";

const stamps = join(root, "node_modules", ".cache", "agentkit-policy");

/** The package manager at exactly the version that `packageManager` names, whether or not the machine has one. */
export function pnpm(args, options = {}) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return run("npx", ["--yes", packageManager, ...args], options);
}

/** What another user's pnpm, or another version of it, has installed is made anew: there may be nobody to ask. */
function install(cwd) {
  return pnpm(["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"], { cwd });
}

/** Installs the workspace's own packages; AgentKit is not among them. */
export async function ensureWorkspace() {
  await once(
    "workspace",
    ["pnpm-lock.yaml", "package.json", "pnpm-workspace.yaml", ...packageFiles()],
    "Installing the workspace",
    () => install(root),
  );
}

/** Builds every package. Turbo skips what did not change. */
export async function ensureBuild() {
  await ensureWorkspace();
  await once("build", sources(), "Building the packages", () =>
    pnpm(["run", "build"], { env: { TURBO_TELEMETRY_DISABLED: "1" } }),
  );
}

/** Installs AgentKit, viem and the local chain beside the workspace, with a lockfile of their own. */
export async function ensureEndToEnd() {
  await ensureBuild();
  await once(
    "end-to-end",
    ["e2e/pnpm-lock.yaml", "e2e/package.json", "e2e/pnpm-workspace.yaml"],
    "Installing AgentKit and a local chain (about 900 MB, once)",
    () => install(join(root, "e2e")),
  );
}

/** Installs what benchmarks measure beside us, for them alone. */
export async function ensureBenchPeers() {
  await once(
    "bench peers",
    ["bench/peers/pnpm-lock.yaml", "bench/peers/package.json", "bench/peers/pnpm-workspace.yaml"],
    "Installing the peers that are measured beside us (about 250 MB, once)",
    () => install(join(root, "bench", "peers")),
    { products: ["bench/peers/node_modules/.modules.yaml"] },
  );
}

/**
 * Does a step only when one of the files it follows from, or `salt`, has changed since it last succeeded, or one of its
 * products is gone.
 */
export async function once(name, files, title, action, { products = productsOf(name), salt = "" } = {}) {
  const stamp = join(stamps, name);
  const key = digestOf(files, salt);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key && products.every((path) => existsSync(join(root, path)))) return;
  rmSync(stamp, { force: true });
  await step(title, action);
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, key);
}

function productsOf(name) {
  if (name === "workspace") return ["node_modules/.modules.yaml"];
  if (name === "end-to-end") return ["e2e/node_modules/.modules.yaml"];
  return packages().map((folder) => `packages/${folder}/dist/index.js`);
}

function digestOf(files, salt) {
  const hash = createHash("sha256").update(process.version).update(salt);
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** The folders of all packages. */
export function packages() {
  return readdirSync(join(root, "packages")).filter((folder) => existsSync(join(root, "packages", folder, "package.json")));
}

function packageFiles() {
  return packages().map((folder) => `packages/${folder}/package.json`);
}

function sources() {
  const own = packages().flatMap((folder) => [...filesBelow(`packages/${folder}/src`), `packages/${folder}/tsconfig.json`]);
  const { globalDependencies } = JSON.parse(readFileSync(join(root, "turbo.json"), "utf8"));
  return ["turbo.json", "pnpm-lock.yaml", ...globalDependencies, ...packageFiles(), ...own];
}

/** Every file below a folder, as paths from the root, in a stable order. */
export function filesBelow(folder) {
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(root, path)).isDirectory() ? filesBelow(path) : [path];
    });
}
