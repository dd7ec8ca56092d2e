import { vi } from "vitest";

/**
 * Runs what waits for a deadline, and lets its timers ring as soon as nothing else is left to do: however slow the machine,
 * only what would wait for ever is late. Deadlines must be longer than any stall of the machine.
 */
export async function waitedOut<T>(run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let ended = false;
    const running = run().finally(() => {
      ended = true;
    });
    while (!ended) await vi.advanceTimersByTimeAsync(60_000);
    return await running;
  } finally {
    vi.useRealTimers();
  }
}
