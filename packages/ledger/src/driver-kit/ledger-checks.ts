import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Ledger, ReserveRequest } from "../ledger.js";
import type { LedgerOptions } from "../ledger-options.js";
import { openMemoryLedger } from "../memory-ledger.js";
import { AttemptIds, attemptIdAt } from "./attempt-ids.js";
import { type CheckOptions, type DriverCheck, newPlace, walkParameters } from "./check.js";
import { doStep, everythingOf, walkTimes } from "./do-step.js";
import { ManualClock } from "./manual-clock.js";
import { countedBy, paymentOf } from "./payment.js";
import { type Step, walksThrough } from "./walk.js";

/** What is checked. */
export interface Driver {
  /**
   * Opens the ledger at a place: small letters, digits and underscores, for a file, a schema or a database of that name. A place
   * that was never opened holds an empty ledger; one that is open already is opened once more, on a connection of its own.
   */
  open(place: string, options?: LedgerOptions): Promise<Ledger>;
}

const openingsAtOnce = 4;
const callersEach = 8;

/** What every ledger has to keep, whatever it is stored in. */
export function ledgerChecks(driver: Driver, options: CheckOptions = {}): readonly DriverCheck[] {
  const walks = (openings: number) => async (): Promise<void> => {
    await fc.assert(
      fc.asyncProperty(walksThrough(openings), async (steps) => await walkBeside(driver, openings, steps)),
      walkParameters(options),
    );
  };
  return [
    { name: "answers and counts on random ways as the ledger in memory does", run: walks(1) },
    { name: "answers and counts as one ledger, through whichever of several openings it is asked", run: walks(3) },
    { name: "grants exactly the maximum to callers that ask at once", run: () => raceForTheMaximum(driver) },
    { name: "grants a payment to one of the attempts that ask for it at once", run: () => raceForAnIntent(driver) },
    { name: "grants a request once, however many send it at once", run: () => raceWithOneRequest(driver) },
    { name: "counts exactly beyond 2^256, and after it was opened anew", run: () => largeAmounts(driver) },
    { name: "keeps its id when it is opened anew, and has another one at another place", run: () => identity(driver) },
  ];
}

/** Goes the same way on a driver and on the ledger in memory, which has to say the same. */
async function walkBeside(driver: Driver, openings: number, steps: readonly Step[]): Promise<void> {
  const clock = new ManualClock();
  const options = { clock, times: walkTimes };
  const ids = new AttemptIds(clock);
  const memory = openMemoryLedger(options);
  const place = newPlace();
  const opened: Ledger[] = [];
  try {
    for (let index = 0; index < openings; index += 1) opened.push(await driver.open(place, options));
    for (const { passMs, aheadMs, opening, anew, action } of steps) {
      clock.pass(passMs);
      clock.setAhead(aheadMs);
      if (anew) {
        await opened[opening]?.dispose();
        opened[opening] = await driver.open(place, options);
      }
      const ledger = opened[opening] as Ledger;
      const expected = await doStep(memory, action, ids, clock.now());
      deepEqual(await doStep(ledger, action, ids, clock.now()), expected);
    }
    for (const ledger of opened) deepEqual(await everythingOf(ledger), await everythingOf(memory));
  } finally {
    await Promise.all(opened.map((ledger) => ledger.dispose()));
  }
}

async function raceForTheMaximum(driver: Driver): Promise<void> {
  const max = 20;
  await atOnce(driver, async (ledgers) => {
    const granted = await countGranted(ledgers, (serial) => paymentOf("1", idOf(serial), String(max)));
    equal(granted, max);
    for (const ledger of ledgers) equal(await countedBy(ledger), String(max));
  });
}

async function raceForAnIntent(driver: Driver): Promise<void> {
  await atOnce(driver, async (ledgers) => {
    const granted = await countGranted(ledgers, (serial) => ({
      ...paymentOf("1", idOf(serial), "100"),
      intent: { key: "invoice 7", content: "1 to alice" },
    }));
    equal(granted, 1);
  });
}

async function raceWithOneRequest(driver: Driver): Promise<void> {
  const request = paymentOf("7", idOf(0), "10");
  await atOnce(driver, async (ledgers) => {
    equal(await countGranted(ledgers, () => request), openingsAtOnce * callersEach);
    for (const ledger of ledgers) equal(await countedBy(ledger), "7");
  });
}

async function largeAmounts(driver: Driver): Promise<void> {
  const amounts = [2n ** 53n + 1n, 2n ** 64n, 2n ** 128n + 1n, 2n ** 256n, 2n ** 256n];
  const sum = amounts.reduce((one, other) => one + other);
  const place = newPlace();
  const first = await driver.open(place);
  try {
    for (const [serial, amount] of amounts.entries()) {
      const granted = await first.reserve(paymentOf(String(amount), idOf(serial), String(sum)));
      ok(granted.ok, `${amount} was refused below a maximum of ${sum}`);
    }
    equal(
      (await first.reserve(paymentOf("1", idOf(amounts.length), String(sum)))).ok,
      false,
      `1 was granted above a maximum of ${sum}`,
    );
  } finally {
    await first.dispose();
  }
  const again = await driver.open(place);
  try {
    equal(await countedBy(again), String(sum));
  } finally {
    await again.dispose();
  }
}

async function identity(driver: Driver): Promise<void> {
  const idAt = async (place: string): Promise<string> => {
    const ledger = await driver.open(place);
    await ledger.dispose();
    return ledger.id;
  };
  const place = newPlace();
  const id = await idAt(place);
  notEqual(id, "");
  equal(await idAt(place), id);
  notEqual(await idAt(newPlace()), id);
}

/** Opens one place several times, and closes every opening in the end. */
async function atOnce(driver: Driver, work: (ledgers: readonly Ledger[]) => Promise<void>): Promise<void> {
  const place = newPlace();
  const openings = Array.from({ length: openingsAtOnce }, () => driver.open(place));
  try {
    await work(await Promise.all(openings));
  } finally {
    for (const opening of await Promise.allSettled(openings)) if (opening.status === "fulfilled") await opening.value.dispose();
  }
}

/** Every opening is asked by several callers at once. @returns how many were granted */
async function countGranted(ledgers: readonly Ledger[], request: (serial: number) => ReserveRequest): Promise<number> {
  const asked = ledgers.flatMap((ledger, opening) =>
    Array.from({ length: callersEach }, async (_, caller) => await ledger.reserve(request(opening * callersEach + caller))),
  );
  return (await Promise.all(asked)).filter(({ ok: isGranted }) => isGranted).length;
}

function idOf(serial: number): string {
  return attemptIdAt(Date.now(), serial);
}
