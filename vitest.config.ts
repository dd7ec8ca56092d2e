import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Whose tests start no process, and close what they open: their files share what they load, which took most of their time. */
const plain = ["conformance", "core", "effects", "policies", "schema"].map((name) => `packages/${name}/test/**/*.test.ts`);

/** Everything that needs no AgentKit. The tests that do are a workspace of their own, in e2e/. */
export default defineConfig({
  test: {
    pool: "forks",
    // A core is left to others unless there are only two: files then take turns with the servers and processes that they start.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    // A database that has written much takes its time to stop.
    hookTimeout: 60_000,
    // What has to come is awaited for as long as a busy machine may take; what takes longer hangs.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: "plain", include: plain, isolate: false } },
      {
        extends: true,
        test: { name: "processes", include: ["packages/*/test/**/*.test.ts", "tests/**/*.test.ts"], exclude: plain },
      },
    ],
  },
});
