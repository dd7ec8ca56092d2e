import type { Mutant } from "./mutants.js";
import { type ModelLimit, ModelRules, type ModelTimes } from "./rules.js";
import { type CallPlan, type Features, type Plan, World } from "./world.js";

/** A small world with one kind of hostility in it, which is searched to the end of its space. */
export interface Scenario {
  readonly name: string;
  readonly features: Features;
  readonly plans: readonly Plan[];
  readonly max: number;
  readonly window: ModelLimit["window"];
  readonly times: ModelTimes;
  /** Counts what is unproven until evidence. */
  readonly hold?: boolean;
  /** The wrong rules whose loss has to be found here. */
  readonly catches: readonly Mutant[];
}

const send: CallPlan = { kind: "send", amount: 1, covered: true };
/** A payment that nobody had declared. */
const excess: CallPlan = { kind: "send", amount: 1, covered: false };
const permit: CallPlan = { kind: "permit", amount: 1, covered: true, lasts: 9 };
const approve: CallPlan = { kind: "approve", amount: 1, covered: true };
const pull: CallPlan = { kind: "pull", amount: 1, covered: false };

const one: Plan = { root: 1, calls: [send] };
const two: Plan = { root: 1, calls: [send, excess] };

/** Clocks are right, unless a scenario is about clocks: each tick that they may be off makes a space several times as large. */
const exact: ModelTimes = { life: 3, leaveWithin: 1, settleWithin: 2, tolerance: 0, blockError: 0 };
const rolling = { kind: "rolling", length: 3 } as const;
const calendar = { kind: "calendar", length: 4 } as const;

/** Two attempts at room for one of them, or for two of the three calls that they would make. */
const small = { plans: [one, one], max: 1, window: rolling, times: exact, catches: [] };
const large = { ...small, plans: [two, one], max: 2 };

export const scenarios: readonly Scenario[] = [
  { ...large, name: "a calm world", features: {}, catches: ["counts only what is closed", "checks no limit at the excess"] },
  {
    ...large,
    name: "late mining",
    features: { lateMining: true },
    catches: ["counts at reserve time", "dates a line at its send"],
  },
  { ...small, name: "late mining in calendar windows", features: { lateMining: true }, window: calendar },
  { ...large, name: "a pause after the check", features: { pause: true } },
  { ...small, name: "a wait in the queue", features: { queueWait: true }, catches: ["does not check after the queue"] },
  { ...large, name: "a process that vanishes", features: { lost: true } },
  {
    ...small,
    name: "a process that vanishes, and late mining",
    features: { lost: true, lateMining: true, pause: true, queueWait: true },
    catches: ["has no horizon"],
  },
  { ...small, name: "a late close", features: { lateClose: true }, catches: ["renews the dead"] },
  {
    ...small,
    name: "a close before the call has answered",
    features: { secondClose: true, pause: true },
    catches: ["frees armed entries on expiry"],
  },
  {
    ...small,
    name: "a close before the call has answered, and late mining",
    features: { secondClose: true, pause: true, lateMining: true },
    catches: ["closes over a call in flight"],
  },
  {
    ...large,
    name: "errors of the send",
    features: { sendErrors: true },
    catches: ["takes a send error for a proof", "forgets calls without an id"],
  },
  { ...large, name: "reverts", features: { reverts: true } },
  {
    ...small,
    name: "blocks that are undone",
    features: { reverts: true, reorgs: true },
    catches: ["believes a revert before it is final", "believes a block before it is final"],
  },
  {
    ...small,
    name: "permits that are used later",
    features: {},
    plans: [{ root: 1, calls: [permit] }, one],
    catches: ["forgets a signature's deadline"],
  },
  {
    ...small,
    name: "approvals and pulls",
    features: { reverts: true },
    plans: [{ root: 1, calls: [approve, pull] }, one],
    catches: ["covers a pull by no approval", "covers a pull by an approval that is not confirmed"],
  },
  {
    ...small,
    name: "pulls that are mined late",
    features: { lateMining: true },
    plans: [{ root: 1, calls: [approve, pull] }, one],
    catches: ["dates an approval without its pull"],
  },
  {
    ...large,
    name: "a database that loses what was not on its disk",
    features: { databaseCrash: true },
    catches: ["keeps an excess step in memory only", "arms without its steps", "inserts steps that an arm misses"],
  },
  {
    ...small,
    name: "blocks whose time is off",
    features: { blockError: true },
    times: { ...exact, blockError: 1 },
    catches: ["has no margin", "has a margin of the clock's tolerance"],
  },
  {
    ...small,
    name: "a clock that is set",
    features: { drifts: [-8, -1, 0, 1, 8], anchorErrors: [-1, 0, 1] },
    times: { life: 2, leaveWithin: 0, settleWithin: 1, tolerance: 1, blockError: 0 },
    window: { kind: "rolling", length: 1 },
    catches: ["raises the high-water mark by a jump"],
  },
  {
    ...small,
    name: "a clock that is set before a close",
    features: { drifts: [-8, 0], queueWait: true, lateMining: true },
    times: { life: 6, leaveWithin: 0, settleWithin: 1, tolerance: 1, blockError: 0 },
    window: { kind: "rolling", length: 1 },
    catches: ["dates a close during a jump"],
  },
  {
    ...small,
    name: "a clock that creeps",
    features: { drifts: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
    times: { life: 2, leaveWithin: 0, settleWithin: 1, tolerance: 1, blockError: 0 },
    window: { kind: "rolling", length: 1 },
    catches: ["compares the clock with its last reading"],
  },
  { ...small, name: "a suspended process", features: { suspended: true } },
  { ...small, name: "a wait for the lock", features: { lockWait: true }, catches: ["reads the clock before the lock"] },
  {
    ...small,
    name: "a limit for ever, in an untimely world",
    features: { untimely: true, secondClose: true, lost: true, reverts: true },
    window: { kind: "lifetime" },
  },
  {
    ...small,
    name: "unproven money that is held, in an untimely world",
    features: { untimely: true, secondClose: true, lost: true, reverts: true },
    hold: true,
  },
];

export function worldOf({ times, window, max, hold = false, plans, features }: Scenario, mutant?: Mutant): World {
  return new World(new ModelRules(times, [{ window, max }], hold, mutant), plans, features);
}
