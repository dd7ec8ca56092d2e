import { afterEach, expect, it, vi } from "vitest";
import { timedOut, within } from "../src/deadline.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything happen that needs no time, the next tick included. */
async function nextTurn(): Promise<void> {
  await new Promise((resolve) => process.nextTick(resolve));
}

it.each<[string, () => Promise<string>]>([
  ["at once", async () => "answer"],
  [
    "later",
    async () =>
      await nextTurn()
        .then(nextTurn)
        .then(() => "answer"),
  ],
])("a wait whose answer comes %s leaves no timer behind", async (_when, answer) => {
  vi.useFakeTimers();
  expect(await within(answer(), 1_000)).toBe("answer");
  await nextTurn();
  expect(vi.getTimerCount()).toBe(0);
});

it("a wait ends when its time has passed, and not before", async () => {
  vi.useFakeTimers();
  const ended = vi.fn();
  const waiting = within(new Promise(() => undefined), 1_000).then(ended);
  await nextTurn();
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(ended).toHaveBeenCalledWith(timedOut);
});

it("a wait in the background keeps no process alive, and any other does", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  const before = timers();
  for (const [keepsAlive, more] of [
    [false, 0],
    [true, 1],
  ] as const) {
    let answer = (): void => undefined;
    const waiting = within(new Promise<void>((resolve) => (answer = resolve)), 60_000, keepsAlive);
    await nextTurn();
    expect(timers()).toBe(before + more);
    answer();
    await waiting;
  }
});
