// @ts-check
// What `packages.cjs` holds, out of the one file that the set-up has made of it. Run as a program, this writes beside that file what
// V8 makes of it.
const { readFileSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { createRequire, wrap } = require("node:module");
const { constants, Script } = require("node:vm");

const file = join(__dirname, "../node_modules/.one-file/packages.cjs");
const compiledFile = `${file}.v8`;
const isProgram = require.main === module;

const script = new Script(wrap(readFileSync(file, "utf8")), {
  filename: file,
  // V8 compiles the source where it cannot use this. It compares no more than lengths, so that an old one never makes a new one.
  ...(isProgram ? {} : { cachedData: readFileSync(compiledFile) }),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
/** @type {{ exports: typeof import("./packages.cjs") }} */
const loaded = { exports: /** @type {any} */ ({}) };
script.runInThisContext().call(loaded.exports, loaded.exports, createRequire(file), loaded, file, dirname(file));
if (isProgram) writeFileSync(compiledFile, script.createCachedData());

module.exports = loaded.exports;
