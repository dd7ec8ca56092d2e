import { expect, it, onTestFinished, vi } from "vitest";
import type { CyclesClient, CyclesResult } from "../src/cycles-client.js";
import { Settler } from "../src/settler.js";
import { commit } from "./support/commit.js";

/** A commit that is answered with the same each time, on a clock of the test's own. */
function writing(answer: CyclesResult<never>) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const began = performance.now();
  const triedAt: number[] = [];
  const client = {
    commit: async () => {
      triedAt.push(performance.now() - began);
      return answer;
    },
  } as unknown as CyclesClient;
  const quiet = (): void => undefined;
  new Settler({ client, logger: { info: quiet, warn: quiet } }).write([commit]);
  return {
    triedAt,
    timersSet: (): number => timers.mock.calls.length,
    /** Whether a program that has nothing else to do waits for the next try. */
    isWaitedFor: (): boolean => {
      const last = timers.mock.results.at(-1);
      return last?.type === "return" && last.value.hasRef();
    },
  };
}

it("a program that would end waits for half a minute, tries once more at its end, and waits no longer", async () => {
  const { triedAt, isWaitedFor } = writing({ kind: "unknown", problem: "no answer" });
  await vi.advanceTimersByTimeAsync(29_800);
  expect(isWaitedFor()).toBe(true);
  const before = triedAt.length;
  await vi.advanceTimersByTimeAsync(210);
  expect(triedAt).toHaveLength(before + 1);
  expect(isWaitedFor()).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(triedAt.length, "one that goes on is tried further").toBeGreaterThan(before + 1);
});

it("a program that would end waits for half a minute for a server that asks for more, and does not ask it before", async () => {
  const { triedAt, isWaitedFor } = writing({ kind: "unknown", problem: "no answer", retryAfterMs: 45_000 });
  await vi.advanceTimersByTimeAsync(29_990);
  expect(isWaitedFor()).toBe(true);
  await vi.advanceTimersByTimeAsync(20);
  expect(isWaitedFor()).toBe(false);
  expect(triedAt).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(triedAt).toHaveLength(2);
});

it("a wait that is longer than a timer can be is waited for all the same, and not a moment", async () => {
  const dayMs = 86_400_000;
  const { triedAt, timersSet } = writing({ kind: "unknown", problem: "no answer", retryAfterMs: 30 * dayMs });
  await vi.advanceTimersByTimeAsync(31_000);
  expect([triedAt.length, timersSet()], "half a minute, and the rest of it").toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(30 * dayMs);
  expect(triedAt).toHaveLength(2);
});
