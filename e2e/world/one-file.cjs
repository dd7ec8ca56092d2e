// @ts-check
// AgentKit, and the chain that the tests are on, out of the one file that the set-up has made of them. Run as a program, it
// writes beside it what V8 makes of that file.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { createRequire, wrap } = require("node:module");
const { constants, Script } = require("node:vm");

const file = join(__dirname, "../node_modules/.one-file/agentkit.cjs");
const compiledFile = `${file}.v8`;

/** The packages themselves where nobody has made that file. */
function load() {
  if (!existsSync(file)) {
    return { exports: { agentKit: require("@coinbase/agentkit"), baseSepolia: require("viem/chains").baseSepolia } };
  }
  const source = wrap(readFileSync(file, "utf8"));
  const script = new Script(source, {
    filename: file,
    // V8 compiles the source where it cannot use this.
    ...(existsSync(compiledFile) ? { cachedData: readFileSync(compiledFile) } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return { exports: module.exports, script };
}

const { exports: loaded, script } = load();
if (require.main === module && script !== undefined) writeFileSync(compiledFile, script.createCachedData());

module.exports =
  /** @type {{ agentKit: typeof import("@coinbase/agentkit"), baseSepolia: typeof import("viem/chains").baseSepolia }} */ (
    loaded
  );
