/*
 * What is to be said of the result files of all runners: whether every vector passed or was skipped by name, whether all saw
 * the same, and whether as much ran as is pinned. Pure, so that it can be tried on results that are wrong.
 */

/** Everything that is wrong, in words; nothing where all is well. @param pins `packages/conformance/pinned-counts.json` */
export function problemsOf(files, pins) {
  const core = files.find(({ runner }) => runner === "core");
  const names = new Set([...files.map(({ runner }) => runner), ...Object.keys(pins)]);
  return [...names].flatMap((name) => {
    const file = files.find(({ runner }) => runner === name);
    if (file === undefined) return [`${name}: there are no results`];
    return [...failuresOf(file), ...differencesFrom(core, file), ...miscountsOf(file, pins[name])];
  });
}

/** What did not pass. */
function failuresOf({ runner, results }) {
  return results
    .filter(({ result }) => result === "failed" || result === "errored")
    .map(({ id, difference, error }) => `${runner}: ${id}: ${difference ?? error}`);
}

/** Every vector of which a runner saw something else than core, or which it knows nothing of. */
export function differencesFrom(core, file) {
  if (core === undefined) return [`${file.runner}: there are no results of core to compare with`];
  const others = new Map(file.results.map((result) => [result.id, result]));
  return core.results.flatMap(({ id, observed }) => {
    const other = others.get(id);
    if (other === undefined) return [`${file.runner}: ${id}: it was not run`];
    if (other.result === "skipped" || other.observed === undefined) return [];
    const [expected, seen] = [JSON.stringify(observed), JSON.stringify(other.observed)];
    return expected === seen ? [] : [`${file.runner}: ${id}: core saw ${expected}, and it saw ${seen}`];
  });
}

/** As much ran as is pinned: a runner that skips more than before must say so in the same change. */
function miscountsOf(file, pinned) {
  const counts = countsOf(file);
  return JSON.stringify(counts) === JSON.stringify(pinned)
    ? []
    : [`${file.runner}: it counts ${JSON.stringify(counts)}, and ${JSON.stringify(pinned)} are pinned`];
}

/** How many vectors came to what. */
export function countsOf({ results }) {
  const count = (wanted) => results.filter(({ result }) => result === wanted).length;
  return { passed: count("passed"), skipped: count("skipped") };
}

/** What was skipped, by its reason. */
export function skipsOf({ results }) {
  const reasons = new Map();
  for (const { id, result, reason } of results) {
    if (result === "skipped") reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  return [...reasons].map(([reason, ids]) => ({ reason, ids }));
}
