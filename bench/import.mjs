// What loading core costs, from its packed tarball in a folder that holds nothing else.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/lib/paths.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { packAll } from "../scripts/lib/tarballs.mjs";

const rounds = 60;
const barMs = 10;
/** Nothing of these may be on the way. */
const heavy = /node_modules\/(@coinbase|viem|zod|yaml|libsql|better-sqlite3|ox|@noble)\//;

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-import-"));
try {
  const tarballs = (await packAll("dist")).filter(({ name }) =>
    ["@agentkit-policy/core", "@agentkit-policy/schema"].includes(name),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  await step("Installing core's tarball into an empty folder", () =>
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", ...tarballs.map(({ file }) => join(root, file))], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  write("floor.mjs", "");
  write("import.mjs", 'await import("@agentkit-policy/core");');
  write("require.cjs", 'if (typeof require("@agentkit-policy/core").withPolicy !== "function") process.exit(1);');
  write(
    "loaded.mjs",
    `import { register } from "node:module";
     const { port1, port2 } = new MessageChannel();
     const hook = "export async function initialize({ port }) { globalThis.port = port; }" +
       "export async function load(url, context, next) { globalThis.port.postMessage(url); return next(url, context); }";
     const urls = [];
     port1.on("message", (url) => urls.push(url));
     register("data:text/javascript," + encodeURIComponent(hook), { parentURL: import.meta.url, data: { port: port2 }, transferList: [port2] });
     await import("@agentkit-policy/core");
     // Messages arrive in order: once the last import has been reported, all others have.
     await import("./floor.mjs");
     while (!urls.some((url) => url.endsWith("/floor.mjs"))) await new Promise((resolve) => setImmediate(resolve));
     port1.close();
     console.log(JSON.stringify(urls));`,
  );

  const times = { floor: [], import: [], require: [] };
  await step(`Starting Node ${rounds} times in each of three ways, in turn`, () => {
    for (let round = 0; round < rounds; round += 1) {
      times.floor.push(start("floor.mjs"));
      times.import.push(start("import.mjs"));
      times.require.push(start("require.cjs"));
    }
  });
  const loaded = JSON.parse(execFileSync(process.execPath, ["loaded.mjs"], { cwd: folder, encoding: "utf8" }));
  const files = loaded.filter((url) => url.startsWith("file:"));
  const floor = median(times.floor);
  const rows = Object.entries(times).map(([name, values]) => [name, median(values), median(values) - floor]);
  process.stdout.write("start            median     beyond Node's own\n");
  for (const [name, ms, beyond] of rows)
    process.stdout.write(`${name.padEnd(12)} ${ms.toFixed(1).padStart(7)} ms  ${beyond.toFixed(1).padStart(7)} ms\n`);
  process.stdout.write(`files loaded: ${files.length}\n`);
  const beyond = median(times.import) - floor;
  bar(`core: ${beyond.toFixed(1)} ms beyond Node's own start, bar ${barMs} ms`, beyond < barMs);
  bar(
    `heavy modules: ${files.filter((url) => heavy.test(url)).length} loaded, bar 0`,
    files.length > 0 && files.every((url) => !heavy.test(url)),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
}

/** Milliseconds of one whole process. */
function start(file) {
  const from = performance.now();
  execFileSync(process.execPath, ["--no-warnings", file], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  return performance.now() - from;
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function bar(text, holds) {
  process.stdout.write(`import ${text}, ${holds ? "holds" : "falls short"}\n`);
  if (!holds) process.exitCode = 1;
}
