import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { root } from "./paths.mjs";

/**
 * The beginning of a bundle whose CommonJS dependencies ask for Node's own modules by require, which an ES module does not have. Its name
 * is one that no bundled module imports too.
 */
const requireBanner =
  'import { createRequire as createRequireOfBundle } from "node:module";\nconst require = createRequireOfBundle(import.meta.url);';

/** The programs that the wheel carries, each as one file: their names there, and what they are made of. */
const programs = { sidecar: "packages/sidecar/src/main.ts", "agentkit-policy": "packages/agentkit-policy/src/command/main.ts" };

/**
 * A program runs only after Node was found new enough: the bundle holds no SQLite driver, because none of them is plain
 * JavaScript, and so needs Node's own.
 */
const entry = (source) => `
  if (process.getBuiltinModule?.("node:sqlite") === undefined) {
    process.stderr.write(
      "agentkit-policy: this program needs Node 22.13 or later, and this is " + process.version +
        '; run: pip install "agentkit-policy[node]"\\n',
    );
    process.exit(1);
  }
  await import("./${source}");
`;

/** What every bundle of a program is made with: its own modules and all that they need, and no other file. */
export const bundleOptions = {
  bundle: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  legalComments: "none",
  logLevel: "warning",
  banner: { js: requireBanner },
};

/** Beside a bundle, what the licences of the packages in it ask for. */
const licenceFile = "THIRD-PARTY-LICENSES.txt";

/** The folder below `dist` with all that a program is made of beside its first file. */
export const chunkFolder = "program";

/**
 * Bundles the programs of the wheel, with everything that they need.
 * @returns {Promise<{file: string, text: string}[]>}
 */
export async function bundlePrograms() {
  const inputs = new Set();
  const files = [];
  for (const [name, source] of Object.entries(programs)) {
    const { outputFiles, metafile } = await build({
      ...bundleOptions,
      stdin: { contents: entry(source), resolveDir: root, loader: "js" },
      absWorkingDir: root,
      outfile: `${name}.mjs`,
    });
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
    files.push({ file: `${name}.mjs`, text: outputFiles[0].text });
  }
  files.push({ file: licenceFile, text: licences([...inputs]) });
  return files;
}

/**
 * Bundles the program of an npm package, with everything but drivers of databases, which are installed beside it or not. What only some
 * policies load is a file of its own.
 * @param {string} folder the package's
 * @param {string} source below `src`, without its ending
 * @returns {Promise<{file: string, text: string}[]>} below `dist`
 */
export async function bundleProgram(folder, source) {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    entryPoints: { [source]: join(folder, "src", `${source}.ts`) },
    absWorkingDir: root,
    outdir: join(folder, "dist"),
    splitting: true,
    chunkNames: `${chunkFolder}/[name]-[hash]`,
    external: ["pg"],
  });
  const files = outputFiles.map(({ path, text }) => ({ file: relative(join(folder, "dist"), path), text }));
  return [...files, { file: join(chunkFolder, licenceFile), text: licences(Object.keys(metafile.inputs)) }];
}

/** The licence texts of every bundled package that is not ours. */
function licences(inputs) {
  const folders = new Set(inputs.filter((input) => input.includes("node_modules/")).map(packageFolder));
  if (folders.size === 0) throw new Error("no third-party package was found in the bundles, which cannot be");
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((candidate) => /^(licen[cs]e|copying)/i.test(candidate));
    if (license === undefined && file === undefined) throw new Error(`${name} says nothing of its licence`);
    return {
      name,
      text: `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim()}\n`,
    };
  });
  return texts
    .sort((one, other) => one.name.localeCompare(other.name))
    .map(({ text }) => text)
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** The folder of the package that a bundled file belongs to. */
function packageFolder(input) {
  for (let folder = dirname(join(root, input)); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined) return folder;
  }
  throw new Error(`${input} belongs to no package`);
}
