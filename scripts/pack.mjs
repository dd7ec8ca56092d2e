import { parseArguments } from "./lib/arguments.mjs";
import { packAll } from "./lib/tarballs.mjs";
import { buildWheel } from "./lib/wheel.mjs";

parseArguments({
  usage: "npm run pack",
  summary: "Builds every public package and writes its tarball, and Python's wheel, into dist/.",
});
for (const { name, file, bytes } of [...(await packAll("dist")), await buildWheel("dist")]) {
  process.stdout.write(`${name.padEnd(28)} ${String(Math.ceil(bytes / 1024)).padStart(5)} KiB  ${file}\n`);
}
