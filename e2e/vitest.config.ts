import { defineConfig } from "vitest/config";

/** Each file starts a chain and loads AgentKit, which takes seconds and 230 MB: two at a time is what two cores bear. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["../scripts/lib/one-file-agentkit.mjs"],
    // AgentKit writes pages about providers and errors that are meant here.
    silent: "passed-only",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
