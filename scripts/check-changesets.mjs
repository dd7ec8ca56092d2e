import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { ensureWorkspace, packages } from "./lib/setup.mjs";

parseArguments({
  usage: "node scripts/check-changesets.mjs",
  summary: "Fails when a public package changed without a changeset, or when a changeset names no package or says nothing.",
});
await ensureWorkspace();

/** A changeset is a small essay; a line of it is not one. */
const shortest = 200;

const names = packages().map((folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")).name);
const problems = [];
for (const file of readdirSync(join(root, ".changeset")).filter((name) => name.endsWith(".md"))) {
  const [, head = "", essay = ""] =
    /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(join(root, ".changeset", file), "utf8")) ?? [];
  const named = [...head.matchAll(/^"([^"]+)": (major|minor|patch)$/gm)].map(([, name]) => name);
  if (named.length === 0) problems.push(`${file} names no package`);
  for (const name of named) if (!names.includes(name)) problems.push(`${file} names ${name}, which is no package of ours`);
  if (essay.trim().length < shortest) problems.push(`${file} does not say what a user saw, why, and what now`);
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}

const hasBase = await run("git", ["rev-parse", "--verify", "--quiet", "main"], { quiet: true }).then(
  () => true,
  () => false,
);
if (hasBase) await run(join(root, "node_modules", ".bin", "changeset"), ["status"]);
else process.stderr.write('there is no branch "main" to compare with: only the changesets themselves were checked\n');
