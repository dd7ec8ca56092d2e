import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, onTestFinished, vi } from "vitest";
import { cyclesAdapterOptions } from "../src/cycles-adapter-options.js";
import type { CyclesClient, CyclesResult } from "../src/cycles-client.js";
import { OpenAttempts } from "../src/open-attempts.js";
import { UnheardHolds } from "../src/unheard-holds.js";
import { contextOf, transfer } from "./support/attempt.js";
import { apiKey } from "./support/server.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const ttlMs = 60_000;

/** Searches for holds on a server that answers each look with this. */
function searching(answer: CyclesResult<never>) {
  const said: string[] = [];
  const log = (message: string): void => void said.push(message);
  let looks = 0;
  const client = {
    list: async () => {
      looks += 1;
      return answer;
    },
  } as unknown as CyclesClient;
  const settings = cyclesAdapterOptions.parse({ baseUrl: "http://127.0.0.1:1", apiKey, tenant: "acme", ttlMs });
  const holds = new UnheardHolds({ settings, client, attempts: new OpenAttempts(), logger: { info: log, warn: log } });
  return { holds, said, looks: () => looks };
}

it("a server that lists all that a tenant holds, whatever it is asked for, is made to give back the hold of that step alone", async () => {
  const { context, step } = stepOf();
  const rows = [
    { reservation_id: "of-another-key", idempotency_key: "k" },
    { reservation_id: "of-another-step", metadata: { attempt: context.actionId, step: "call-1" } },
    { reservation_id: "of-another-attempt", metadata: { attempt: "another", step } },
    { reservation_id: "own", metadata: { attempt: context.actionId, step } },
  ];
  const [asked, released]: string[][] = [[], []];
  const client = {
    list: async () => ({ kind: "answered", body: { reservations: rows } }),
    get: async (id: string) => {
      asked?.push(id);
      return { kind: "answered", body: rows.find(({ reservation_id }) => reservation_id === id) };
    },
    release: async (id: string) => {
      released?.push(id);
      return { kind: "answered", body: {} };
    },
  } as unknown as CyclesClient;
  const settings = cyclesAdapterOptions.parse({ baseUrl: "http://127.0.0.1:1", apiKey, tenant: "acme", ttlMs });
  const logger = { info: () => undefined, warn: () => undefined };
  new UnheardHolds({ settings, client, attempts: new OpenAttempts(), logger }).giveBack({ context, step });
  await settled();
  expect(released).toEqual(["own"]);
  expect(asked).not.toContain("of-another-key");
});

function stepOf(args: unknown = null) {
  return { context: contextOf([transfer("1")], { args: args as null }), step: "root" };
}

function onOwnClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets what is under way come to its next wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

const patient = { kind: "unknown", problem: "the server failed with 503", retryAfterMs: 3_600_000 } as const;

it("in an outage no more than a thousand holds are looked for, and that there are more is said once", async () => {
  const { holds, said, looks } = searching(patient);
  for (let steps = 0; steps < 1_500; steps += 1) holds.giveBack(stepOf());
  await settled();
  expect(looks()).toBe(1_000);
  expect(said).toEqual([expect.stringContaining("what is beyond that ends with its lease")]);
});

it("a search ends when the hold has ended by itself, however long the server asks to wait", async () => {
  onOwnClock();
  const { holds, said, looks } = searching(patient);
  for (let steps = 0; steps < 1_000; steps += 1) holds.giveBack(stepOf());
  await vi.advanceTimersByTimeAsync(ttlMs + 5_000);
  expect([looks(), vi.getTimerCount()]).toEqual([1_000, 0]);
  for (let steps = 0; steps < 1_500; steps += 1) holds.giveBack(stepOf());
  await vi.advanceTimersByTimeAsync(0);
  expect([looks(), said.length], "there is room again, and too many are said again").toEqual([2_000, 1]);
});

it("a search keeps nothing of what its action was asked with", async () => {
  const { holds, looks } = searching(patient);
  const args = ((): WeakRef<object> => {
    const large = { memo: "x" };
    holds.giveBack(stepOf(large));
    return new WeakRef(large);
  })();
  await settled();
  collect();
  expect([looks(), args.deref()]).toEqual([1, undefined]);
});
