import { parseArgs } from "node:util";

/**
 * Reads a command's options and answers `--help`. Exits 2 on an option that it does not know.
 * @param {{usage: string, summary: string, options?: Record<string, {type: "boolean"|"string", default?: unknown, help: string}>, positionals?: string}} command
 */
export function parseArguments({ usage, summary, options = {}, positionals }) {
  const known = { ...options, help: { type: "boolean", default: false, help: "print this text" } };
  let parsed;
  try {
    parsed = parseArgs({
      options: Object.fromEntries(
        Object.entries(known).map(([name, { type, default: value }]) => [name, { type, default: value }]),
      ),
      allowPositionals: positionals !== undefined,
    });
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: ${usage}\n`);
    process.exit(2);
  }
  if (parsed.values.help) {
    const width = Math.max(...Object.keys(known).map((name) => name.length));
    const lines = Object.entries(known).map(([name, { help }]) => `  --${name.padEnd(width)}  ${help}`);
    process.stdout.write(
      `${summary}\n\nusage: ${usage}\n${positionals === undefined ? "" : `\n${positionals}\n`}\n${lines.join("\n")}\n`,
    );
    process.exit(0);
  }
  return { ...parsed.values, positionals: parsed.positionals };
}
