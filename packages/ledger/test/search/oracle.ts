import type { ModelLimit, ModelRules } from "./rules.js";
import type { Outflow, State } from "./world.js";

/**
 * What is wrong with a state, if anything. The promise is judged by real outflow and the time of its blocks alone; nothing of
 * the ledger's own opinion enters it.
 */
export function problemOf(state: State, rules: ModelRules): string | undefined {
  for (const limit of rules.limits) {
    const problem = overspent(state, limit);
    if (problem !== undefined) return problem;
  }
  return datedTooEarly(state, rules) ?? heldTooLong(state, rules);
}

function overspent(state: State, { window, max }: ModelLimit): string | undefined {
  if (window.kind === "open") return undefined;
  const outflows = movedOutflows(state);
  const groups = new Map<string, number>();
  for (const { block, amount, attempt } of outflows) {
    // A rolling window that holds the most begins with an outflow.
    if (window.kind === "rolling") {
      const within = outflows.filter((other) => other.block >= block && other.block - block <= window.length);
      groups.set(
        `from ${block}`,
        within.reduce((sum, other) => sum + other.amount, 0),
      );
      continue;
    }
    const key = window.kind === "calendar" ? Math.floor(block / window.length) : window.kind === "attempt" ? attempt : 0;
    groups.set(`${key}`, (groups.get(`${key}`) ?? 0) + amount);
  }
  const over = [...groups].find(([, sum]) => sum > max);
  return over === undefined ? undefined : `${over[1]} left in one ${window.kind} window, and ${max} may`;
}

/** What left, by the block that moved it: an approval's money leaves when it is granted, for all that is known, or when it is pulled. */
function movedOutflows({ outflows }: State): readonly Outflow[] {
  const pulls = outflows.filter((outflow) => outflow.pulls !== undefined);
  if (pulls.length === 0) return outflows;
  return outflows.map((outflow) => {
    const pull = pulls.find(({ attempt, pulls: call }) => attempt === outflow.attempt && call === outflow.call);
    return pull === undefined ? outflow : { ...outflow, block: Math.max(outflow.block, pull.block) };
  });
}

/** `until` is never before the real block time, but for the clock's own error. */
function datedTooEarly({ outflows, ledger }: State, { times, mutant, limits }: ModelRules): string | undefined {
  // A rule that is wrong in its dates has to be caught by the money that it loses; and a limit for ever needs no dates.
  if (mutant !== undefined || limits.every(({ window }) => window.kind === "lifetime")) return undefined;
  const early = outflows.find(({ attempt, block }) => {
    const entry = ledger.entries[attempt];
    const dates = entry?.state === "closed" || entry?.state === "armed";
    return dates && entry.amount > 0 && entry.until + 2 * times.tolerance + times.blockError < block;
  });
  return early === undefined ? undefined : `attempt ${early.attempt} is dated before its block at ${early.block}`;
}

/** Everything frees itself after life, horizon and window, where nothing has to wait for evidence. */
function heldTooLong({ ledger, time, processes }: State, rules: ModelRules): string | undefined {
  if (rules.hold) return undefined;
  const { life, settleWithin, tolerance, blockError } = rules.times;
  const deadlines = Object.values(ledger.entries).map((entry) => entry.deadline);
  for (const limit of rules.limits) {
    const { window } = limit;
    if (window.kind === "lifetime" || window.kind === "attempt") continue;
    const length = window.kind === "open" ? 0 : window.length;
    const latest = Math.max(time + life + settleWithin, ledger.highWater + life + settleWithin, ...deadlines);
    const later = latest + length + 2 * rules.margin + 2 * tolerance + blockError + 1;
    const still = rules.counted(ledger, limit, later);
    if (still > 0) return `${still} still count ${later - time} ticks later, with ${processes.length} attempts silent`;
  }
  return undefined;
}
