import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { CloseRequest, Ledger, Limit, Scope, ScopeValues } from "../src/ledger.js";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { newPostgresLedgers } from "./support/postgres.js";
import { alice, attemptAt, bob, countLimit, limitOf, native } from "./support/requests.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const folder = temporaryFolder({ inMemory: true });
const postgres = newPostgresLedgers({ fsync: "off" });
const scale = Number(process.env["TEST_SCALE"] ?? 1);
const times = { lifeMs: 60_000, settleWithinMs: 120_000, marginMs: 1_000 };
const max = 3n * 2n ** 64n;
const attempts = 5;

const limits: readonly Limit[] = [
  limitOf(max, { id: "open", per: [], window: { kind: "open" } }),
  limitOf(max, { id: "attempt", per: [], window: { kind: "attempt" } }),
  limitOf(max, { id: "rolling", window: { kind: "rolling", ms: 300_000 } }),
  limitOf(max, { id: "payee", per: ["counterparty"], window: { kind: "lifetime" } }),
  limitOf(max, { id: "user and payee", per: ["user", "counterparty"], window: { kind: "calendar", unit: "hour" } }),
  limitOf(max, { id: "user", per: ["user"], window: { kind: "lifetime" } }),
  countLimit(4, { id: "actions", window: { kind: "rolling", ms: 120_000 }, per: ["user"] }),
];

const amount = fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String);
const counterparty = fc.constantFrom(alice, bob, undefined);
const line = fc.record({ amount, counterparty }).map(({ amount: text, counterparty: payee }) => ({
  asset: native,
  amount: text,
  ...(payee === undefined ? {} : { counterparty: payee }),
}));
const attempt = fc.nat({ max: attempts - 1 });
const scopes: fc.Arbitrary<ScopeValues> = fc.constantFrom(
  { wallet: "w1" },
  { wallet: "w1", user: "u1" },
  { wallet: "w2", user: "u1" },
  { user: "u2" },
);

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      verb: fc.constant("reserve" as const),
      attempt,
      step: fc.constantFrom("root", "a", "b"),
      scopes,
      lines: fc.array(line, { maxLength: 3 }),
      counted: fc.boolean(),
      arm: fc.boolean(),
      asked: fc.subarray([...limits]),
    }),
  },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("arm" as const), attempt, deadline: fc.nat({ max: 400_000 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant("close" as const),
      attempt,
      scopes,
      spent: fc.array(line, { maxLength: 3 }),
      inFlight: fc.boolean(),
      entered: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 100_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constant("step" as const), ms: fc.constantFrom(-3_000, 3_000, -90_000, 90_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does one step. @returns what the ledger says, and the balances that a grant has to have left within their maximum */
async function take(
  ledger: Ledger,
  clock: ManualClock,
  current: Step,
  ids: readonly string[],
  known: Set<string>,
): Promise<unknown> {
  if (current.verb === "pass") return clock.pass(current.ms);
  if (current.verb === "step") return clock.step(current.ms);
  const attemptId = ids[current.attempt] ?? "";
  if (current.verb === "arm")
    return await ledger.arm({ attemptId, steps: [], signatureDeadline: clock.now() + current.deadline });
  if (current.verb === "close") {
    const request: CloseRequest = { ...current, attemptId, scopes: { ...current.scopes, run: attemptId } };
    const before = await counted(ledger, attemptId);
    const answer = await ledger.close(request);
    const after = await counted(ledger, attemptId);
    // Whatever a close says was spent is counted from then on, as a whole and for each receiver that it names.
    const ofPayee = (payee?: string) =>
      sumOf(current.spent.filter((spent) => payee === undefined || spent.counterparty === payee));
    expect(after >= ofPayee()).toBe(true);
    for (const payee of [alice, bob]) expect((await counted(ledger, attemptId, payee)) >= ofPayee(payee)).toBe(true);
    const key = `closed ${attemptId}`;
    if (known.has(key)) expect(after >= before).toBe(true);
    if (answer.state !== "armed") known.add(key);
    return answer;
  }
  const lines = [
    ...current.lines.map((asked) => ({ unit: "amount", ...asked }) as const),
    ...(current.counted ? [{ unit: "actions" } as const] : []),
  ];
  const own = { ...current.scopes, run: attemptId };
  const request = { attemptId, stepId: current.step, scopes: own, lines, limits: current.asked, arm: current.arm };
  const answer = await ledger.reserve(request);
  const key = `${attemptId} ${current.step}`;
  if (answer.ok && !known.has(key)) {
    known.add(key);
    await expectRoom(ledger, current.asked, lines, current.scopes);
  }
  return answer;
}

/** What an attempt counts for, as a whole or towards one counterparty. */
async function counted(ledger: Ledger, run: string, payee?: string): Promise<bigint> {
  const per = payee === undefined ? (["run"] as const) : (["run", "counterparty"] as const);
  const scopes = { run, ...(payee === undefined ? {} : { counterparty: payee }) };
  const [balance] = await ledger.balances({ limits: [limitOf(0, { per, window: { kind: "lifetime" } })], scopes });
  return BigInt(balance?.counted ?? 0);
}

function sumOf(lines: readonly { readonly amount: string }[]): bigint {
  return lines.reduce((sum, { amount: text }) => sum + BigInt(text), 0n);
}

/** The invariant at every grant, for each limit that something was asked of, under the scopes that it was asked for. */
async function expectRoom(
  ledger: Ledger,
  asked: readonly Limit[],
  lines: readonly { readonly unit: string; readonly amount?: string; readonly counterparty?: string }[],
  values: ScopeValues,
): Promise<void> {
  for (const limit of asked) {
    const concerned = lines.filter((candidate) => candidate.unit === limit.unit && candidate.amount !== "0");
    const payees = new Set(concerned.map(({ counterparty: payee }) => payee));
    for (const balance of await ledger.balances({ limits: [limit] })) {
      const isAsked = Object.entries(balance.scope).every(([scope, value]) => {
        return (scope as Scope) === "counterparty" ? payees.has(value) : values[scope as keyof ScopeValues] === value;
      });
      if (concerned.length > 0 && isAsked)
        expect(`${limit.id} ${BigInt(balance.counted) <= BigInt(limit.max)}`).toBe(`${limit.id} true`);
    }
  }
}

it(
  "grants nothing beyond a maximum whatever was booked, jumped or left unnamed, and every driver says the same",
  async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        serial += 1;
        const start = new ManualClock().now();
        const ids = Array.from({ length: attempts }, () => attemptAt(start));
        const clocks = [new ManualClock(), new ManualClock(), new ManualClock()] as const;
        const memory = openMemoryLedger({ clock: clocks[0], times });
        const others = [
          { ledger: await openSqliteLedger(join(folder, `${serial}.db`), { clock: clocks[1], times }), clock: clocks[1] },
          { ledger: await postgres({ clock: clocks[2], times }), clock: clocks[2] },
        ].map((driver) => ({ ...driver, known: new Set<string>() }));
        const known = new Set<string>();
        for (const current of steps) {
          const said = await take(memory, clocks[0], current, ids, known);
          const balances = sorted(await memory.balances({ limits }));
          for (const driver of others) {
            expect(await take(driver.ledger, driver.clock, current, ids, driver.known)).toEqual(said);
            expect(sorted(await driver.ledger.balances({ limits }))).toEqual(balances);
          }
        }
        for (const { ledger } of others) await ledger.dispose();
      }),
      { numRuns: Math.ceil(100 * scale) },
    );
  },
  300_000 * Math.max(1, scale),
);

/** The order in which a ledger lists its balances is nobody's business. */
function sorted(balances: readonly unknown[]): string[] {
  return balances.map((balance) => JSON.stringify(balance)).sort();
}
