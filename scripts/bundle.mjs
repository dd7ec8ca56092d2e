/**
 * Makes one file of a package's entry, for packages that have to load fast: Node needs about half a millisecond a file, and
 * core has some forty. Dependencies stay outside, so that every importer still shares one instance of each.
 * Runs in the package's folder, after tsc has written the declarations.
 */
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts"],
  outfile: "dist/index.js",
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: true,
  logLevel: "warning",
});
