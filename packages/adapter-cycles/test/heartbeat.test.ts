import { expect, it, onTestFinished, vi } from "vitest";
import type { CyclesClient } from "../src/cycles-client.js";
import { Heartbeat } from "../src/heartbeat.js";

it.each([
  ["a minute", 60_000, 1],
  ["longer than a timer can wait", 2 ** 31 + 10_000, 0],
])("a hold that lasts for %s is extended when it is due, and not before", async (_, remainingMs, expected) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  let extensions = 0;
  const client = {
    extend: async () => {
      extensions += 1;
      return { kind: "answered", body: { status: "ACTIVE", expires_at_ms: 1, remaining_ttl_ms: remainingMs }, roundTripMs: 0 };
    },
  } as unknown as CyclesClient;
  const nothing = (): void => undefined;
  const told = { onLease: nothing, onRetry: nothing, onStop: nothing };
  const heartbeat = new Heartbeat({ client, reservationId: "r", key: "k", ttlMs: 60_000, timeoutMs: 2_000, ...told });
  onTestFinished(() => heartbeat.stop());
  heartbeat.start({ remainingMs, rttMs: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(extensions).toBe(expected);
});
