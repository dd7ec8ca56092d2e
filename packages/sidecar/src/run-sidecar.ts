import type { PolicyOpener } from "./open-policy.js";
import { ownStandardOutput } from "./own-standard-output.js";

/** Serves the host at the other end of the standard streams, until it goes away. Ends the process. */
export async function runSidecar(opener?: PolicyOpener): Promise<never> {
  const output = ownStandardOutput();
  // Loaded only now: what a module prints while it loads must not reach the protocol either.
  const { createMessageConnection } = await import("vscode-jsonrpc/node");
  const { FrameReader } = await import("./frame-reader.js");
  const { FrameWriter } = await import("./frame-writer.js");
  const { serve } = await import("./serve.js");
  const { standardInput } = await import("./standard-input.js");
  endWithParent();
  await serve(createMessageConnection(new FrameReader(standardInput()), new FrameWriter(output)), opener);
  // Retries of settlements wait on timers that keep nobody alive; the ledger's own dates take care of the rest.
  process.exit(0);
}

/**
 * The end of standard input tells that the host is gone, unless a process that the host once forked still holds the other
 * end of the pipe. Then this process has another parent.
 */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 1_000).unref();
}
