import type { FrameSink } from "./frame-writer.js";

/**
 * Takes standard output for the protocol alone: one stray line in it, from a `console.log` or a write by a dependency, would
 * corrupt every message after it. Everything else, the console included, goes to standard error.
 * @returns the way to the host
 */
export function ownStandardOutput(): FrameSink {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout) as FrameSink["write"];
  stdout.write = stderr.write.bind(stderr);
  return { write, end: () => stdout.end(), on: (event, listener) => stdout.on(event, listener) };
}
