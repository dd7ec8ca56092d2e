import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./paths.mjs";

/** What vitest has to be told to run the suite for a live Cycles server. */
export const liveSuite = ["run", "--config", join(root, "packages/adapter-cycles/live/vitest.config.ts")];

/**
 * Starts our Cycles server for tests as `npm run cycles-test-server` does, and ends it after `use`.
 * @param {(variables: Record<string, string>) => Promise<void>} use gets the variables that name it
 * @param {{ budget?: bigint }} options `budget` is in microcents
 * @throws Error when it did not start, or broke the protocol
 */
export async function withCyclesTestServer(use, { budget } = {}) {
  const args = budget === undefined ? [] : ["--budget", String(budget)];
  const server = spawn(process.execPath, [join(root, "scripts/cycles-test-server.mjs"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  server.stderr.setEncoding("utf8").on("data", (text) => {
    complaint += text;
  });
  const ended = once(server, "close");
  try {
    const variables = {};
    for await (const line of createInterface({ input: server.stdout })) {
      const [, name, value] = /^(CYCLES_\w+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) variables[name] = value;
      if (Object.keys(variables).length === 3) break;
    }
    if (Object.keys(variables).length < 3) throw new Error(`the Cycles server for tests did not start:\n${complaint}`);
    await use(variables);
    const violations = await (await fetch(`${variables.CYCLES_BASE_URL}/test/violations`)).json();
    if (violations.length > 0) throw new Error(`the Cycles server for tests broke the protocol:\n${violations.join("\n")}`);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}
