import { defineConfig } from "vitest/config";

/** Everything that needs no AgentKit. The tests that do are a workspace of their own, in e2e/. */
export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts"],
    pool: "forks",
    testTimeout: 60_000,
  },
});
