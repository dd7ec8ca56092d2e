import type { PolicyOpener } from "./open-policy.js";
import { ownStandardOutput } from "./own-standard-output.js";

/** Serves the host at the other end of the standard streams, until it goes away. Ends the process. */
export async function runSidecar(opener?: PolicyOpener): Promise<never> {
  const output = ownStandardOutput();
  // Loaded only now: what a module prints while it loads must not reach the protocol either.
  const { hostConnection } = await import("./host-connection.js");
  const { serve } = await import("./serve.js");
  endWithParent();
  await serve(hostConnection(output), opener);
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
