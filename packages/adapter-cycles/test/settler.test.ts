import { expect, it, onTestFinished, vi } from "vitest";
import type { CyclesClient, CyclesResult } from "../src/cycles-client.js";
import { patiently, Settler, type WriteOptions } from "../src/settler.js";
import { commit } from "./support/commit.js";
import { apiKey } from "./support/server.js";

const newWord = { kind: "refused", status: 409, code: "ADDED_LATER", message: "no" } as const;
const written = { kind: "answered", body: { charged: { unit: "USD_MICROCENTS", amount: 70n } }, roundTripMs: 1 } as const;

/** A commit that is answered with these in turn, and with the last of them for ever, on a clock of the test's own. */
function writing(...answers: [CyclesResult<unknown>, ...CyclesResult<unknown>[]]) {
  return writingOf({ isReplay: false }, answers);
}

function writingOf(options: WriteOptions, answers: readonly CyclesResult<unknown>[]) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const began = performance.now();
  const triedAt: number[] = [];
  const client = {
    commit: async () => {
      triedAt.push(performance.now() - began);
      return answers[Math.min(triedAt.length, answers.length) - 1];
    },
    get: async () => ({ kind: "refused", status: 404, code: "NOT_FOUND", message: "no" }),
  } as unknown as CyclesClient;
  const said: string[] = [];
  const log = (message: string): void => void said.push(message);
  const writing = new Settler({ client, logger: { info: log, warn: log }, apiKey }).write([commit], options);
  return {
    writing,
    said,
    triedAt,
    timersSet: (): number => timers.mock.calls.length,
    /** Whether a program that has nothing else to do waits for the next try. */
    isWaitedFor: (): boolean => {
      const last = timers.mock.results.at(-1);
      return last?.type === "return" && last.value.hasRef();
    },
  };
}

it("a hold is kept alive until its commit is written, and one that nothing is committed of is let go at once", async () => {
  const stopped: string[] = [];
  const heartbeat = (id: string) => ({ stop: () => void stopped.push(id) });
  const extended = new Map(["r", "unspent"].map((id) => [id, heartbeat(id)]));
  const { triedAt } = writingOf({ isReplay: false, extended }, [newWord, newWord, written]);
  expect(stopped).toEqual(["unspent"]);
  await vi.advanceTimersByTimeAsync(300);
  expect([triedAt.length, stopped]).toEqual([2, ["unspent"]]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([triedAt.length, stopped]).toEqual([3, ["unspent", "r"]]);
});

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

it("a program that would end waits for nothing that is replayed: neither for its next try nor for whoever tells it", async () => {
  const { writing: replayed, triedAt, isWaitedFor } = writingOf({ isReplay: true }, [{ kind: "unknown", problem: "no answer" }]);
  await vi.advanceTimersByTimeAsync(1);
  expect(isWaitedFor(), "the next try").toBe(false);
  const patience = patiently({ ...replayed, tried: () => new Promise(() => undefined) });
  expect(isWaitedFor(), "whoever tells it").toBe(false);
  patience.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(triedAt.length, "one that goes on has it written all the same").toBeGreaterThan(2);
});

it("a wait that is longer than a timer can be is waited for all the same, and not a moment", async () => {
  const dayMs = 86_400_000;
  const { triedAt, timersSet } = writing({ kind: "unknown", problem: "no answer", retryAfterMs: 30 * dayMs });
  await vi.advanceTimersByTimeAsync(31_000);
  expect([triedAt.length, timersSet()], "half a minute, and the rest of it").toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(30 * dayMs);
  expect(triedAt).toHaveLength(2);
});

it("a word that nobody knows is heard for some time, and then an operator's", async () => {
  const { writing: doubtful, triedAt, said } = writing(newWord);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([doubtful.isOpen(), triedAt.length > 5]).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(doubtful.isOpen()).toBe(false);
  await expect(doubtful.written).rejects.toMatchObject({
    isHopeless: true,
    message: expect.stringContaining("409 ADDED_LATER: no"),
  });
  expect(said.at(-1)).toContain("70 USD_MICROCENTS of the hold r under k");
  const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
  expect(Math.max(...pauses), "with pauses that grow").toBeGreaterThan(100 * Math.min(...pauses));
});

it("a word that nobody knows and which passes is no end", async () => {
  const { writing: doubtful } = writing(newWord, newWord, written);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(doubtful.written).resolves.toBeUndefined();
});

it("a hold that was ended, and whose end the server does not show, is asked for again, and then an operator's", async () => {
  const { writing: doubtful, triedAt } = writing({ ...newWord, code: "RESERVATION_FINALIZED" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(doubtful.isOpen()).toBe(true);
  await vi.advanceTimersByTimeAsync(120_000);
  await expect(doubtful.written).rejects.toMatchObject({ isHopeless: true, message: expect.stringContaining("404 NOT_FOUND") });
  expect(triedAt.length).toBeGreaterThan(5);
});

it("why something is not written is said once, and told to whoever asks, in one line and without the key", async () => {
  const refused = { kind: "refused", status: 403, code: "FORBIDDEN", message: `not with\n${apiKey}` } as const;
  const { writing: forbidden, triedAt, said } = writing({ kind: "unknown", problem: "no answer" }, refused);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(triedAt.length).toBeGreaterThan(5);
  expect(said).toEqual(["Cycles has not written k yet: no answer"]);
  await expect(patiently(forbidden)).rejects.toThrow("Cycles has not written it yet: 403 FORBIDDEN: not with\\u{a}[the API key]");
});

it("a client that throws has written nothing, and what it throws is said", async () => {
  const failing = { commit: () => Promise.reject(new Error(`lost ${apiKey}`)) } as unknown as CyclesClient;
  const said: string[] = [];
  const log = (message: string): void => void said.push(message);
  const thrown = new Settler({ client: failing, logger: { info: log, warn: log }, apiKey }).write([commit], { isReplay: false });
  await thrown.tried();
  await expect(patiently(thrown)).rejects.toThrow("it could not be asked: lost [the API key]");
  expect(said).toEqual(["Cycles has not written k yet: it could not be asked: lost [the API key]"]);
});
