import { writeSync } from "node:fs";
import type { FrameSink } from "./frame-writer.js";

/**
 * Takes standard output for the protocol alone: one stray line in it, from a `console.log` or a write by a dependency, would
 * corrupt every message after it. Everything else, the console included, goes to standard error.
 * @returns the way to the host
 */
export function ownStandardOutput(): FrameSink {
  const { stdout, stderr } = process;
  const queue = stdout.write.bind(stdout) as (bytes: string | Buffer, callback: (error?: Error | null) => void) => boolean;
  stdout.write = stderr.write.bind(stderr);
  const write: FrameSink["write"] = (frame, callback) => {
    // What waits already goes first.
    const rest = stdout.writableLength === 0 ? restOf(frame) : frame;
    return rest.length === 0 ? callback() : queue(rest, callback);
  };
  return { write, end: () => stdout.end(), on: (event, listener) => stdout.on(event, listener) };
}

const standardOutput = 1;

/** Writes what a pipe takes at once; the stream's queue takes twice as long. @returns what the pipe did not take */
function restOf(text: string): string | Buffer {
  let written = 0;
  try {
    written = writeSync(standardOutput, text);
  } catch {
    // The pipe is full, or nobody reads it any more: the stream waits for the one and tells of the other.
  }
  return written === Buffer.byteLength(text) ? "" : Buffer.from(text).subarray(written);
}
