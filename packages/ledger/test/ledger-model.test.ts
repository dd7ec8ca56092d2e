import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Ledger, Limit } from "../src/ledger.js";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { ManualClock } from "./support/manual-clock.js";
import { attemptAt, closeOf, limitOf, reserveOf } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder();
const scale = Number(process.env["TEST_SCALE"] ?? 1);
const times = { lifeMs: 60_000, settleWithinMs: 120_000, marginMs: 1_000 };
const max = 2n ** 64n;

const limits: Limit[] = [
  limitOf(max, { id: "day" }),
  limitOf(max, { id: "rolling", window: { kind: "rolling", ms: 300_000 } }),
  limitOf(max * 2n, { id: "ever", window: { kind: "lifetime" }, per: [] }),
];

type Step =
  | { readonly verb: "reserve"; readonly attempt: number; readonly step: number; readonly amount: bigint; readonly arm: boolean }
  | { readonly verb: "arm"; readonly attempt: number }
  | {
      readonly verb: "close";
      readonly attempt: number;
      readonly part: number;
      readonly inFlight: boolean;
      readonly entered: boolean;
    }
  | { readonly verb: "pass"; readonly ms: number };

const attempt = fc.integer({ min: 0, max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant("reserve"),
      attempt,
      step: fc.integer({ min: 0, max: 2 }),
      amount: fc.bigInt({ min: 0n, max }),
      arm: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("arm"), attempt }) },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant("close"),
      attempt,
      part: fc.integer({ min: 0, max: 4 }),
      inFlight: fc.boolean(),
      entered: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("pass"), ms: fc.integer({ min: 1, max: 200_000 }) }) },
) as fc.Arbitrary<Step>;

/** Drives a ledger and gives back everything that it said. */
async function drive(ledger: Ledger, clock: ManualClock, steps: readonly Step[], ids: readonly string[]): Promise<unknown[]> {
  const reserved = new Map<string, bigint>();
  const said: unknown[] = [];
  const countedNow = async (): Promise<bigint> =>
    (await ledger.balances({ limits })).reduce((sum, balance) => sum + BigInt(balance.counted), 0n);
  // Truth that comes after the money was given back, or after its entry had expired, is booked above any maximum.
  let lateTruth = false;
  for (const current of steps) {
    const attemptId = "attempt" in current ? (ids[current.attempt] ?? "") : "";
    if (current.verb === "pass") clock.pass(current.ms);
    else if (current.verb === "reserve") {
      const stepId = `step-${current.step}`;
      const answer = await ledger.reserve(reserveOf({ attemptId, stepId, amount: current.amount, limits, arm: current.arm }));
      if (answer.ok) reserved.set(`${attemptId} ${stepId}`, current.amount);
      said.push(answer);
    } else if (current.verb === "arm") said.push(await ledger.arm({ attemptId, steps: [] }));
    else {
      const held = [...reserved].filter(([key]) => key.startsWith(attemptId)).reduce((sum, [, amount]) => sum + amount, 0n);
      const before = await countedNow();
      said.push(
        await ledger.close(
          closeOf(attemptId, (held * BigInt(current.part)) / 4n, { inFlight: current.inFlight, entered: current.entered }),
        ),
      );
      lateTruth ||= (await countedNow()) > before;
    }
    const balances = await ledger.balances({ limits });
    said.push(balances);
    for (const balance of balances) expect(lateTruth || BigInt(balance.counted) <= BigInt(balance.max)).toBe(true);
  }
  return said;
}

it(
  "never grants more than the maximum, whatever the order of the verbs, and every driver says the same",
  async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        serial += 1;
        const start = new ManualClock().now();
        const ids = Array.from({ length: 5 }, () => attemptAt(start));
        const clocks = [new ManualClock(), new ManualClock()] as const;
        const memory = openMemoryLedger({ clock: clocks[0], times });
        const sqlite = await openSqliteLedger(join(folder, `${serial}.db`), { clock: clocks[1], times });
        expect(await drive(sqlite, clocks[1], steps, ids)).toEqual(await drive(memory, clocks[0], steps, ids));
        await sqlite.dispose();
      }),
      { numRuns: Math.ceil(60 * scale) },
    );
  },
  60_000 * Math.max(1, scale),
);
