import { build } from "esbuild";
import { root } from "./paths.mjs";
import { run } from "./run.mjs";
import { once } from "./setup.mjs";

const source = "e2e/world/packages.cjs";
const loader = "e2e/world/one-file.cjs";
const file = "e2e/node_modules/.one-file/packages.cjs";

/**
 * Puts the installed AgentKit and the chain of the tests into one file, and what V8 has made of that beside it: they come in eight thousand
 * files, and every process that a test starts and kills loads them. That takes a fifth of the time so. The examples load it as it was installed.
 * Vitest calls this before the first test.
 */
export async function setup() {
  await once(
    "agentkit in one file",
    ["e2e/pnpm-lock.yaml", "pnpm-lock.yaml", "scripts/lib/one-file-agentkit.mjs", source, loader],
    "Putting AgentKit into one file",
    async () => {
      await build({
        entryPoints: [source],
        absWorkingDir: root,
        outfile: file,
        bundle: true,
        format: "cjs",
        platform: "node",
        target: "node20.19",
        minifyWhitespace: true,
        // Actions are named after the classes of their providers.
        keepNames: true,
        legalComments: "none",
        logLevel: "error",
      });
      await run(process.execPath, [loader], { quiet: true });
    },
    { products: [file, `${file}.v8`] },
  );
}
