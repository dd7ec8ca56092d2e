import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Changes, Fetched, LedgerBackend } from "../backend.js";
import { openBackendLedger } from "../backend-ledger.js";
import { openMemoryLedger } from "../memory-ledger.js";
import { nothing } from "../needs.js";
import { AttemptIds } from "./attempt-ids.js";
import { type Break, BreakingBackend } from "./breaking-backend.js";
import { type CheckOptions, type DriverCheck, newPlace, walkParameters } from "./check.js";
import { answerTo, everythingOf, walkTimes } from "./do-step.js";
import { type Driver, ledgerChecks } from "./ledger-checks.js";
import { ManualClock } from "./manual-clock.js";
import { type Step, walksThrough } from "./walk.js";

/** What is checked of a driver that `openBackendLedger` makes a ledger of. */
export interface BackendDriver {
  /** A backend for the ledger at a place, not yet connected (as `Driver.open` says of places). */
  backend(place: string): LedgerBackend;
}

/** Long enough to tell a time from before a wait from one after it. */
const waitMs = 50;
/** A lock that is free is had sooner. */
const letInMs = 3_000;

const unseen = { generation: -1, now: undefined };

/** All that `ledgerChecks` names, and what a backend has to keep beside. */
export function backendChecks(driver: BackendDriver, options: CheckOptions = {}): readonly DriverCheck[] {
  const open: Driver["open"] = (place, more) => openBackendLedger(driver.backend(place), more);
  return [
    ...ledgerChecks({ open }, options),
    { name: "lets one transaction in at a time, and tells it the time once it is in", run: () => oneAtATime(driver) },
    { name: "lets the next one in when a transaction is abandoned, and forgets what it wrote", run: () => abandoned(driver) },
    {
      name: "has all or nothing of a transaction that broke off, and goes on",
      async run() {
        const way = fc.tuple(walksThrough(1), fc.array(aBreak, { minLength: 40, maxLength: 40 }));
        await fc.assert(
          fc.asyncProperty(way, async ([steps, breaks]) => await walkWithBreaks(driver, steps, breaks)),
          walkParameters(options),
        );
      },
    },
  ];
}

const aBreak: fc.Arbitrary<Break | undefined> = fc.option(
  fc.record({
    call: fc.constantFrom("begin" as const, "fetch" as const, "write" as const, "commit" as const, "commitIf" as const),
    isDone: fc.boolean(),
  }),
  { nil: undefined, freq: 2 },
);

/** Goes the same way on a backend that breaks off and on the ledger in memory; what was committed has happened, and nothing else. */
async function walkWithBreaks(
  driver: BackendDriver,
  steps: readonly Step[],
  breaks: readonly (Break | undefined)[],
): Promise<void> {
  const clock = new ManualClock();
  const options = { clock, times: walkTimes };
  const ids = new AttemptIds(clock);
  const memory = openMemoryLedger(options);
  const backend = new BreakingBackend(driver.backend(newPlace()));
  const ledger = await openBackendLedger(backend, options);
  try {
    for (const [index, { passMs, aheadMs, action }] of steps.entries()) {
      clock.pass(passMs);
      clock.setAhead(aheadMs);
      backend.breakNext(breaks[index]);
      const said = await answerTo(ledger, action, ids, clock.now()).catch((error: unknown) => {
        if (!backend.isBroken) throw error;
      });
      const { isBroken, hasCommitted } = backend;
      backend.breakNext(undefined);
      if (isBroken && !hasCommitted) continue;
      const expected = await answerTo(memory, action, ids, clock.now());
      if (!isBroken) deepEqual(said, expected);
    }
    deepEqual(await everythingOf(ledger), await everythingOf(memory));
  } finally {
    await ledger.dispose();
  }
}

async function oneAtATime(driver: BackendDriver): Promise<void> {
  await withTwo(driver, async (one, other) => {
    const first = await one.begin(nothing, unseen);
    let isIn = false;
    const waiting = other.begin(nothing, unseen).then((fetched) => {
      isIn = true;
      return fetched;
    });
    for (const start = performance.now(); performance.now() - start < waitMs; ) await one.fetch(nothing, unseen);
    equal(isIn, false, "a second transaction was let in beside the first");
    await one.commit({ ...leaving(first), mark: "first" });
    const second = await within(waiting, "after the first had been committed");
    equal(second.mark, "first", "the second transaction did not read what the first had left");
    ok(second.now - first.now >= waitMs / 2, "the second transaction was told a time from before it was let in");
    await other.commit(leaving(second));
  });
}

async function abandoned(driver: BackendDriver): Promise<void> {
  await withTwo(driver, async (one, other) => {
    const first = await one.begin(nothing, unseen);
    await one.write({ ...leaving(first), mark: "abandoned", changesGeneration: true, assets: ["eip155:1/slip44:60"] });
    const waiting = other.begin(nothing, unseen);
    await one.abandon();
    const { mark, generation, assets } = await within(waiting, "after a transaction was abandoned");
    deepEqual({ mark, generation, assets }, { mark: first.mark, generation: first.generation, assets: [] });
    await other.abandon();
    // It is of use afterwards.
    await one.commit(leaving(await one.begin(nothing, unseen)));
  });
}

/** @throws Error when nobody is let in within a time in which every database does */
async function within<T>(waiting: Promise<T>, when: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a transaction was not let in for ${letInMs} ms ${when}`)), letInMs);
  });
  return await Promise.race([waiting, late]).finally(() => clearTimeout(timer));
}

/** Changes that change nothing. */
function leaving({ highWater, mark }: Fetched): Changes {
  return { durable: false, highWater, mark, changesGeneration: false };
}

async function withTwo(driver: BackendDriver, work: (one: LedgerBackend, other: LedgerBackend) => Promise<void>): Promise<void> {
  const place = newPlace();
  const one = driver.backend(place);
  const other = driver.backend(place);
  try {
    await work(one, other);
  } finally {
    await one.close();
    await other.close();
  }
}
