import { print } from "./print.js";

/** Who reads what is written may go before the end, as `head` does: the command is done all the same, and says nothing of it. */
export function letReadersGo(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      process.stderr.write(`error: what is printed cannot be written: ${error.message}\n`);
      process.exit(1);
    });
}

/**
 * Ends the process with its exit code, once all that it has written is out. A module that a policy uses may keep a timer or a connection, by
 * which the process would live on for ever.
 */
export async function endProcess(): Promise<never> {
  // What is written last is called back last. A reader that has gone calls back as well.
  await Promise.all([
    new Promise<void>((resolve) => print("", resolve)),
    new Promise<void>((resolve) => process.stderr.write("", () => resolve())),
  ]);
  process.exit();
}
