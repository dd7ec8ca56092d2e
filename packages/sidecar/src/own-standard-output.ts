import { Writable } from "node:stream";

/**
 * Takes standard output for the protocol alone: one stray line in it, from a `console.log` or a write by a dependency, would
 * corrupt every message after it. Everything else, the console included, goes to standard error.
 * @returns the stream that reaches the host
 */
export function ownStandardOutput(): Writable {
  const write = process.stdout.write.bind(process.stdout) as (
    chunk: unknown,
    callback: (error?: Error | null) => void,
  ) => boolean;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return new Writable({
    write(chunk, _encoding, callback) {
      write(chunk, callback);
    },
  });
}
