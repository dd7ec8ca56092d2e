import { performance } from "node:perf_hooks";

/** Says on standard error what is being done and how long it took. Standard output belongs to results. */
export async function step(title, action) {
  const start = performance.now();
  process.stderr.write(`${title} …\n`);
  const result = await action();
  process.stderr.write(`${title}: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}
