import { expect, it, onTestFinished, vi } from "vitest";
import { CyclesTestServer } from "../src/test-server/index.js";
import { apiKey, scope } from "./support/server.js";

it("the basic example buys as often as its budget bears, and is denied beyond", async () => {
  const quarter = 25_000_000n;
  const budgets = [{ scope, unit: "USD_MICROCENTS" as const, allocated: 3n * quarter }];
  const server = await CyclesTestServer.start({ apiKeys: { acme: apiKey }, budgets });
  onTestFinished(async () => await server.close());
  vi.stubEnv("CYCLES_BASE_URL", server.baseUrl);
  vi.stubEnv("CYCLES_API_KEY", apiKey);
  vi.stubEnv("CYCLES_TENANT", "acme");
  onTestFinished(() => void vi.unstubAllEnvs());
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => printed.mockRestore());
  await import("../examples/basic.js");
  const denied = "Error: denied by policy (over_limit):";
  const lines = printed.mock.calls.map(([line]) => String(line).trim().slice(0, denied.length));
  expect(lines).toEqual(["bought", "bought", "bought", denied, denied]);
  expect(server.budgets.get(scope)).toMatchObject({ spent: 3n * quarter, reserved: 0n });
  expect(server.violations).toEqual([]);
});
