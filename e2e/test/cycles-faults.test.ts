import type { FaultOptions } from "@agentkit-policy/adapter-cycles/test-server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Anvil } from "../world/anvil.mjs";
import { startWorld } from "../world/world.mjs";
import { Race, type RaceOptions } from "./cycles/race.js";
import { scale, until } from "./support.js";

// Real agents race for one budget on a real chain while the network and the server do to their requests what networks and servers do.

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

const room = 10;
const agents = Math.min(64, 16 * scale);

type Operation = Extract<FaultOptions["operation"], "reserve" | "commit" | "release" | "extend" | "event">;
type Fault = Omit<FaultOptions, "operation" | "times">;

/** What goes wrong, as an operator would call it. What takes `tooLongMs` has been given up, and mostly asked again, by then. */
const faults: Readonly<Record<string, (tooLongMs: number) => Fault>> = {
  "lost on its way there": () => ({ kind: "lost_request" }),
  "lost on its way back": () => ({ kind: "lost_answer" }),
  duplicated: () => ({ kind: "twice" }),
  "answered late": (tooLongMs) => ({ kind: "late", delayMs: tooLongMs }),
  "done slowly, after its sender gave up": (tooLongMs) => ({ kind: "slow", delayMs: tooLongMs }),
  "answered with a 5xx": () => ({ kind: "refused", status: 503 }),
  "answered with 401 in an outage": () => ({ kind: "store_down" }),
  "answered with 429 and Retry-After": () => ({ kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 1 }),
  "answered with rubbish": () => ({ kind: "malformed" }),
};

function faultOf(name: string, timeoutMs: number): Fault {
  const make = faults[name];
  if (make === undefined) throw new Error(`there is no fault that is called ${name}`);
  return make((timeoutMs * 3) / 2);
}

/** A hold so short that its first extension is due at once, with room for one more try. */
const shortLease = { ttlMs: 5_000, timeoutMs: 2_000 };

/** A race in which a fault falls on the first requests of an operation, and on as many that follow: repetitions, mostly. */
async function raceWith(operation: Operation, name: string, first: number, options: Partial<RaceOptions> = {}) {
  const { timeoutMs = 500 } = options.cycles ?? {};
  const race = await Race.start(anvil, { agents, room, ...options, cycles: { ...options.cycles, timeoutMs } });
  const fault = faultOf(name, timeoutMs);
  // Nobody repeats what was answered well.
  const times = fault.kind === "twice" ? first : 2 * first;
  race.server.faults.add({ operation, ...fault, times });
  const fell = (): number => race.faulty(operation, fault.kind);
  return { race, fell, allFell: () => fell() === times };
}

/** What goes wrong with so many requests in turn: the first and about every third, with anything that there is. */
function randomFaults(seed: number, requests: number): Fault[] {
  const some = fc.constantFrom(...Object.keys(faults)).map((name) => faultOf(name, shortLease.timeoutMs));
  const none = fc.constant<Fault>({ kind: "none" });
  const fault = fc.oneof({ weight: 1, arbitrary: some }, { weight: 2, arbitrary: none });
  // Of few requests, none might be hit by chance: the first always is.
  return [...fc.sample(some, { numRuns: 1, seed }), ...fc.sample(fault, { numRuns: requests - 1, seed })];
}

/** All agents pay, and afterwards everybody says the same. @returns how many payments there were, and what the others were told */
async function outcomeOf(race: Race, allFell: () => boolean) {
  const texts = await race.run();
  await race.booked();
  await until(allFell, "every fault has fallen");
  const ran = await race.agree(texts);
  return { ran, others: texts.filter((text) => !text.startsWith("Transferred")) };
}

/** Of those that did not pay: how many the budget denied, and how many were denied because it could not be asked. */
function denialsOf(others: readonly string[]) {
  const full = others.filter((text) => overLimit.test(text)).length;
  const outage = others.filter((text) =>
    /denied by policy \((budget_(unreachable|unauthorized|busy)|policy_timeout|allow_expired|replayed)\)/.test(text),
  ).length;
  return { full, outage };
}

const overLimit = /denied by policy \(over_limit\)/;

test("64 agents at once against a budget for ten: exactly ten pay", async () => {
  const race = await Race.start(anvil, { agents: 64, room });
  const { ran, others } = await outcomeOf(race, () => true);
  expect(ran).toBe(room);
  expect(denialsOf(others)).toEqual({ full: 54, outage: 0 });
});

describe.each(Object.keys(faults))(`${agents} agents, a budget for ten, and a request that is %s`, (name) => {
  test("to reserve: never more than ten pay, and no fewer but by the outage", async () => {
    const { race, fell } = await raceWith("reserve", name, agents);
    const { ran, others } = await outcomeOf(race, () => fell() >= agents);
    const { full, outage } = denialsOf(others);
    expect(full + outage, others.join("\n")).toBe(agents - ran);
    expect(ran).toBeLessThanOrEqual(room);
    expect(ran).toBeGreaterThanOrEqual(room - outage);
  });

  test("to commit: ten pay, and all ten are booked", async () => {
    const { race, allFell } = await raceWith("commit", name, room);
    expect((await outcomeOf(race, allFell)).ran).toBe(room);
  });

  test("to release: what failed before it left is given back, and nothing that was paid", async () => {
    const isPoor = (index: number): boolean => index % 2 === 0;
    const { race, fell } = await raceWith("release", name, 4, { isPoor });
    const texts = await race.run();
    await race.booked();
    await until(() => race.budget.reserved === 0n && fell() >= 4, "what is not used is given back, in spite of the faults");
    expect(await race.agree(texts)).toBe(texts.filter((text, index) => !isPoor(index) && !overLimit.test(text)).length);
  });

  test("to extend: ten pay, once, and all ten are booked", async () => {
    const beforeAnswer = async () => await until(() => fell() >= room, "every hold was to be extended");
    const { race, fell } = await raceWith("extend", name, room, { cycles: shortLease, beforeAnswer });
    expect((await outcomeOf(race, () => true)).ran).toBe(room);
  });

  test("to book an event: ten pay, outlive their holds, and are booked", async () => {
    let isOver = false;
    const beforeAnswer = async () => {
      await until(() => race.sent === room && race.denied === agents - room, "nobody asks any more");
      if (!isOver) race.outliveEveryHold();
      isOver = true;
    };
    const { race, allFell } = await raceWith("event", name, room, { beforeAnswer });
    expect((await outcomeOf(race, allFell)).ran).toBe(room);
    expect(race.server.requests.filter(({ operation, status }) => operation === "commit" && status === 410)).not.toEqual([]);
  });
});

describe("64 agents, a budget for ten, and everything that can go wrong at random", () => {
  const firstSeed = Number(process.env.CYCLES_SEED ?? Date.now() % 2 ** 31);
  test.each(Array.from({ length: scale }, (_, index) => firstSeed + index))(
    "never more than ten pay, nobody twice, and all that was paid is booked: seed %i (CYCLES_SEED repeats it)",
    async (seed) => {
      process.stderr.write(`64 agents from the seed ${seed} (CYCLES_SEED repeats it)\n`);
      const poor = fc.sample(fc.nat(5), { numRuns: 64, seed });
      const lingers = fc.sample(fc.boolean(), { numRuns: 64, seed });
      const isPoor = (index: number): boolean => poor[index] === 0;
      let lingering = 0;
      let isOver = false;
      const beforeAnswer = async (race: Race, index: number) => {
        if (lingers[index] !== true) return;
        lingering += 1;
        // One that lingered has been told by the time at which another one looks: then there are more.
        await until(() => race.told + lingering >= 64, "only those are left whose payment takes long");
        if (!isOver) race.outliveEveryHold();
        isOver = true;
      };
      const race = await Race.start(anvil, { agents: 64, room, isPoor, cycles: shortLease, beforeAnswer });
      // Bookings are repeated until they are heard, ever less often: what goes wrong with them has an end.
      for (const [index, operation] of (["reserve", "commit", "release", "extend", "event"] as const).entries())
        for (const fault of randomFaults(seed + index, operation === "reserve" ? 200 : 40))
          race.server.faults.add({ operation, ...fault });

      const texts = await race.run();
      // What was held unheard stands in the way of events that have to fit, until it is swept.
      const sweeping = setInterval(() => race.outliveEveryHold(), 1_000);
      await race.booked().finally(() => clearInterval(sweeping));
      const ran = await race.agree(texts);
      const { full, outage } = denialsOf(texts);
      const failed = texts.filter((text, index) => isPoor(index) && text.startsWith("Error during transaction")).length;
      expect(ran + full + outage + failed, texts.join("\n")).toBe(64);
      expect(ran).toBeLessThanOrEqual(room);
      expect(ran + failed).toBeGreaterThanOrEqual(room - outage);
      const hurt = new Set(race.server.requests.flatMap(({ operation, fault }) => (fault === undefined ? [] : [operation])));
      expect([...hurt]).toEqual(expect.arrayContaining(["reserve", "commit", "extend"]));
    },
  );
});
