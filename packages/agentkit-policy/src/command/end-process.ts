import type { Writable } from "node:stream";

/** Who reads what is written may go before the end, as `head` does: the command is done all the same, and says nothing of it. */
export function letReadersGo(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}

/**
 * Ends the process with its exit code, once all that it has written is out. A module that a policy uses may keep a timer or a connection, by
 * which the process would live on for ever.
 */
export async function endProcess(): Promise<never> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit();
}

function flushed(stream: Writable): Promise<void> {
  // What is written last is called back last. A reader that has gone calls back as well.
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
