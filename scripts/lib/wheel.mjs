import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { step } from "./progress.mjs";
import { ensureTools } from "./python.mjs";
import { run } from "./run.mjs";
import { ensureBuild } from "./setup.mjs";

/**
 * Builds Python's wheel, which carries the sidecar and the command as one file each: whoever installs it needs no npm.
 * @param {string} folder below the root
 * @returns {Promise<{name: string, file: string, bytes: number}>} the path from the root
 */
export async function buildWheel(folder) {
  await ensureBuild();
  const tools = await ensureTools();
  return await step("Building the wheel", async () => {
    const { bundlePrograms } = await import("./bundles.mjs");
    // Built from a copy, so that a clone never runs an old bundle instead of its own sidecar.
    const stage = mkdtempSync(join(tmpdir(), "agentkit-policy-wheel-"));
    try {
      for (const name of ["pyproject.toml", "README.md", "src"])
        cpSync(join(root, "python", name), join(stage, name), { recursive: true });
      cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
      const bundled = join(stage, "src", "agentkit_policy", "bundled");
      mkdirSync(bundled);
      for (const { file, text } of await bundlePrograms()) writeFileSync(join(bundled, file), text);
      await run(join(tools, "hatchling"), ["build", "--target", "wheel", "--directory", join(root, folder)], {
        cwd: stage,
        quiet: true,
      });
    } finally {
      rmSync(stage, { recursive: true, force: true });
    }
    const file = `${folder}/${readdirSync(join(root, folder)).find((name) => name.endsWith(".whl"))}`;
    return { name: "agentkit-policy (PyPI)", file, bytes: statSync(join(root, file)).size };
  });
}
