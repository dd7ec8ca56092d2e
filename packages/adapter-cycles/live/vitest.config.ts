import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The suite for a live server, which no other configuration includes. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    // All of them draw on one budget and look at what it has left.
    fileParallelism: false,
    // A hold that has to run out takes its time, and a live server may be far away.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
