import fc from "fast-check";
import type { AskedLine, CallReport, Freeze, Intent, Limit, NoteRequest, ScopeValues, SpentLine } from "../ledger.js";

/** The chain and the assets of the walks. */
const chainId = "eip155:84532";
const assets = [`${chainId}/slip44:60`, `${chainId}/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e`] as const;
const counterparties = [
  `${chainId}:0x70997970c51812dc3a010c7d01b50e0d17dc79c8`,
  `${chainId}:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc`,
];
const max = 2n ** 64n;

/** One limit of every window, over several scopes; each reserve asks some of them, so that some are asked late or never. */
export const limits: readonly Limit[] = [
  { id: "day", unit: "amount", asset: assets[0], per: ["wallet"], window: { kind: "calendar", unit: "day" }, max: `${max}` },
  { id: "rolling", unit: "amount", asset: assets[0], per: ["wallet"], window: { kind: "rolling", ms: 300_000 }, max: `${max}` },
  { id: "ever", unit: "amount", asset: assets[0], per: [], window: { kind: "lifetime" }, max: `${max * 4n}` },
  { id: "open", unit: "amount", asset: assets[1], per: ["user"], window: { kind: "open" }, max: `${max}` },
  { id: "token", unit: "amount", asset: assets[1], per: ["counterparty"], window: { kind: "rolling", ms: 90_000 }, max: "9" },
  { id: "attempt", unit: "amount", asset: assets[0], per: ["wallet"], window: { kind: "attempt" }, max: `${max}` },
  { id: "count", unit: "actions", per: ["user"], window: { kind: "rolling", ms: 60_000 }, max: "4" },
  {
    id: "hour",
    unit: "actions",
    per: [],
    window: { kind: "calendar", unit: "hour", timeZone: "Asia/Kathmandu" },
    max: "9",
  },
];

/** What is done in one step. Attempts are numbers: an attempt's id is made when it is first named. */
export type Action =
  | {
      readonly verb: "reserve";
      readonly attempt: number;
      readonly stepId: string;
      readonly lines: readonly AskedLine[];
      readonly scopes: ScopeValues;
      readonly limits: readonly Limit[];
      readonly arm: boolean;
      readonly intent: Intent | undefined;
      /** How far ahead of the step a signature's deadline lies, in milliseconds. */
      readonly deadlineMs: number | undefined;
    }
  | { readonly verb: "arm"; readonly attempt: number; readonly steps: readonly string[]; readonly note: string | undefined }
  | {
      readonly verb: "close";
      readonly attempt: number;
      readonly spent: readonly SpentLine[];
      readonly calls: readonly CallReport[];
      readonly inFlight: boolean;
      readonly entered: boolean;
      readonly nothingDone: boolean;
    }
  | { readonly verb: "correct"; readonly attempt: number; readonly callId: string; readonly moved: boolean }
  | { readonly verb: "adjust"; readonly attempt: number; readonly spent: readonly SpentLine[] }
  | { readonly verb: "freeze" | "unfreeze"; readonly freeze: Pick<Freeze, "scope" | "value"> }
  | { readonly verb: "balances"; readonly limits: readonly Limit[]; readonly scopes: ScopeValues | undefined }
  | {
      readonly verb: "note";
      readonly attempt: number;
      readonly mark: NoteRequest["mark"]["kind"];
    }
  | { readonly verb: "unproven" | "untold"; readonly limit: number };

/** One step: some time passes, and then something is done through one of several openings of the ledger. */
export interface Step {
  readonly passMs: number;
  /** How far the wall clock is ahead of what it was at first and what has passed since: two such times are within its tolerance. */
  readonly aheadMs: number;
  readonly opening: number;
  /** Whether that opening is closed first, and opened anew. */
  readonly anew: boolean;
  readonly action: Action;
}

const amount = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 5n }) },
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max }) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 53n + 1n, 2n ** 63n, 2n ** 128n, 2n ** 256n) },
);
const asset = fc.constantFrom(...assets);
const counterparty = fc.constantFrom(...counterparties);
const attempt = fc.integer({ min: 0, max: 9 });
const stepId = fc.constantFrom("root", "call-2", "call-3");
const callId = fc.constantFrom("call-1", "call-2");
const verdict = fc.constantFrom(undefined, { kind: "never" as const });
const scopes = fc.record(
  { wallet: fc.constantFrom("w1", "w2"), user: fc.constantFrom("u1", "u2") },
  { requiredKeys: ["wallet"] },
);
const someLimits = fc.subarray([...limits], { minLength: 1 });
const spent = fc.array(fc.record({ asset, amount: amount.map(String), counterparty }, { requiredKeys: ["asset", "amount"] }), {
  maxLength: 2,
});

const line: fc.Arbitrary<AskedLine> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ unit: fc.constant("amount" as const), asset, amount: amount.map(String), counterparty }) },
  { weight: 1, arbitrary: fc.constant({ unit: "actions" as const }) },
);

const call: fc.Arbitrary<CallReport> = fc
  .record({ callId, lines: spent, verdict, isFound: fc.boolean() })
  .map(({ callId: id, lines, verdict: told, isFound }) => ({
    callId: id,
    lines,
    ...(isFound ? { chainId, transactionId: `0x${id}`, nonce: "7", from: counterparties[0] ?? "" } : {}),
    ...(told === undefined ? {} : { verdict: told }),
  }));

const freeze = fc.constantFrom<Pick<Freeze, "scope" | "value">>(
  { scope: "user", value: "u1" },
  { scope: "wallet", value: "w1" },
  { scope: "all", value: "" },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      verb: fc.constant("reserve" as const),
      attempt,
      stepId,
      lines: fc.array(line, { maxLength: 3 }),
      scopes,
      limits: someLimits,
      arm: fc.boolean(),
      intent: fc.constantFrom(
        undefined,
        undefined,
        { key: "i1", content: "one" },
        { key: "i1", content: "other" },
        { key: "i2", content: "" },
      ),
      deadlineMs: fc.constantFrom(undefined, undefined, 30_000, 400_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant("arm" as const),
      attempt,
      steps: fc.subarray(["root", "call-2"]),
      note: fc.constantFrom(undefined, "note", 'another "note"'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      verb: fc.constant("close" as const),
      attempt,
      spent,
      calls: fc.array(call, { maxLength: 2 }),
      inFlight: fc.boolean(),
      entered: fc.boolean(),
      nothingDone: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant("correct" as const), attempt, callId, moved: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant("adjust" as const), attempt, spent }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom("freeze" as const, "unfreeze" as const), freeze }) },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant("balances" as const),
      limits: someLimits,
      scopes: fc.option(scopes, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant("note" as const),
      attempt,
      mark: fc.constantFrom<NoteRequest["mark"]["kind"]>("told", "later", "replaced", "set_aside"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constantFrom("unproven" as const, "untold" as const),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

const passMs = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, 1, 50) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 400_000 }) },
);

const aheadMs = fc.constantFrom(0, 0, 0, 0, -2_000, 2_000);

/** Random ways through a ledger, by way of so many openings of it. */
export function walksThrough(openings: number): fc.Arbitrary<Step[]> {
  const opening = fc.integer({ min: 0, max: openings - 1 });
  const anew = openings === 1 ? fc.constant(false) : fc.integer({ min: 0, max: 9 }).map((one) => one === 9);
  return fc.array(fc.record({ passMs, aheadMs, opening, anew, action }), { minLength: 1, maxLength: 40, size: "max" });
}
