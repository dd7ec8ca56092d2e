import fc from "fast-check";
import { problemOf } from "./oracle.js";
import { type ModelLimit, ModelRules, type ModelTimes } from "./rules.js";
import { type CallPlan, type Features, type Plan, type State, World } from "./world.js";

/** A world with any number of hostilities in it, and a walk through it: the place of each step among those that may come. */
export interface Walk {
  readonly features: Features;
  readonly plans: readonly Plan[];
  readonly limits: readonly ModelLimit[];
  readonly times: ModelTimes;
  readonly hold: boolean;
  readonly choices: readonly number[];
}

const call: fc.Arbitrary<CallPlan> = fc.record({
  kind: fc.constantFrom("send" as const, "send" as const, "permit" as const, "approve" as const),
  amount: fc.integer({ min: 1, max: 3 }),
  covered: fc.boolean(),
  lasts: fc.integer({ min: 1, max: 40 }),
});

/** The root holds what is covered, and sometimes more; a pull follows an approval that is as large. */
const plan: fc.Arbitrary<Plan> = fc
  .record({ calls: fc.array(call, { minLength: 1, maxLength: 3 }), more: fc.integer({ min: 0, max: 2 }), pulls: fc.boolean() })
  .map(({ calls, more, pulls }) => {
    const [first] = calls;
    const covered = calls.reduce((sum, { covered: isCovered, amount }) => sum + (isCovered ? amount : 0), 0);
    const follows = pulls && first?.kind === "approve" && calls.every(({ kind }, index) => index === 0 || kind !== "approve");
    const pull: CallPlan[] = follows && first !== undefined ? [{ kind: "pull", amount: first.amount, covered: false }] : [];
    return { root: covered + more, calls: [...calls, ...pull] };
  });

const flag = fc.option(fc.constant(true), { nil: undefined });

/** Every feature is on or off for the whole of a walk: what is always there hides what needs its absence. */
const features: fc.Arbitrary<Features> = fc.record({
  lateMining: flag,
  pause: flag,
  queueWait: flag,
  lost: flag,
  lateClose: flag,
  secondClose: flag,
  sendErrors: flag,
  reverts: flag,
  reorgs: flag,
  databaseCrash: flag,
  suspended: flag,
  lockWait: flag,
  blockError: flag,
  anchorErrors: fc.option(fc.constantFrom([-1, 0, 1], [-2], [2]), { nil: undefined }),
  drifts: fc.option(fc.constantFrom([-30, -2, -1, 0, 1, 2, 30], [-1, 0, 1], [0, 1, 2, 3, 4, 5, 6]), { nil: undefined }),
}) as fc.Arbitrary<Features>;

const window: fc.Arbitrary<ModelLimit["window"]> = fc.oneof(
  fc.record({ kind: fc.constantFrom("rolling" as const, "calendar" as const), length: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constantFrom("lifetime" as const, "attempt" as const, "open" as const) }),
);

const limit = fc.record({ window, max: fc.integer({ min: 1, max: 8 }) });

const times = fc.record({
  life: fc.integer({ min: 2, max: 8 }),
  leaveWithin: fc.integer({ min: 0, max: 2 }),
  settleWithin: fc.integer({ min: 1, max: 6 }),
  tolerance: fc.integer({ min: 0, max: 2 }),
  blockError: fc.integer({ min: 0, max: 2 }),
});

export const walk: fc.Arbitrary<Walk> = fc.record({
  features,
  plans: fc.array(plan, { minLength: 2, maxLength: 5 }),
  limits: fc.array(limit, { minLength: 1, maxLength: 3 }),
  times,
  hold: fc.boolean(),
  choices: fc.array(fc.nat({ max: 9_999 }), { minLength: 10, maxLength: 120, size: "max" }),
});

export function worldOfWalk({ times: of, limits, hold, plans, features: on }: Walk): World {
  // The clock is right within its tolerance when a ledger is opened: that is assumed, and said.
  const anchorErrors = (on.anchorErrors ?? [0]).filter((error) => Math.abs(error) <= of.tolerance);
  return new World(new ModelRules(of, limits, hold), plans, {
    ...on,
    anchorErrors: anchorErrors.length === 0 ? [0] : anchorErrors,
  });
}

/** Walks. @returns the first state in which something is wrong, in words; `visit` sees every step */
export function problemOnTheWay(
  world: World,
  { choices }: Walk,
  visit?: (before: State, after: State) => void,
): string | undefined {
  const starts = world.starts();
  let state = starts[(choices[0] ?? 0) % starts.length];
  for (const choice of choices) {
    if (state === undefined) return undefined;
    const steps = world.steps(state);
    const step = steps[choice % steps.length];
    if (step === undefined) return undefined;
    visit?.(state, step.next);
    state = step.next;
    const problem = problemOf(state, world.rules);
    if (problem !== undefined) return `${step.label}: ${problem}`;
  }
  return undefined;
}
