import fc from "fast-check";
import { expect, it } from "vitest";
import { problemOnTheWay, walk, worldOfWalk } from "./search/swarm.js";

const scale = Number(process.env["TEST_SCALE"] ?? 1);
/** 20,000 worlds, and a million in a deep run. */
const runs = scale > 1 ? 50_000 * scale : Math.ceil(20_000 * scale);
const seed = Number(process.env["SWARM_SEED"] ?? Date.now() % 2 ** 31);

it("the promise holds on random ways through random worlds", { timeout: 60_000 * Math.max(2, 2 * scale) }, () => {
  process.stderr.write(`swarm: ${runs} runs from the seed ${seed} (SWARM_SEED repeats them)\n`);
  fc.assert(
    fc.property(walk, (way) => {
      expect(problemOnTheWay(worldOfWalk(way), way)).toBe(undefined);
    }),
    { numRuns: runs, seed },
  );
});
