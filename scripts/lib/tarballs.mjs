import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { step } from "./progress.mjs";
import { ensureBuild, packages, pnpm } from "./setup.mjs";

/**
 * Packs every public package, in a fresh folder below the root. pnpm writes the version into what `workspace:` left open.
 * @returns {Promise<{name: string, file: string, bytes: number}[]>} paths from the root
 */
export async function packAll(folder) {
  await ensureBuild();
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  return await step("Packing", async () => {
    const packed = [];
    for (const directory of packages()) {
      const cwd = join(root, "packages", directory);
      const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
      if (manifest.private === true) continue;
      const file = `${folder}/${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
      await pnpm(["pack", "--out", join(root, file)], { cwd, quiet: true });
      packed.push({ name: manifest.name, file, bytes: statSync(join(root, file)).size });
    }
    return packed;
  });
}
