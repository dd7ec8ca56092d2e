import { canonicalJson, type JsonValue } from "@agentkit-policy/schema";
import type { AttemptVector, Observed } from "./vector.js";

/** What one runner made of one vector. */
export type Result =
  | { readonly id: string; readonly result: "passed"; readonly observed: Observed }
  /** It ran, and something else was seen than the vector says. */
  | { readonly id: string; readonly result: "failed"; readonly observed: Observed; readonly difference: string }
  /** It could not be run to its end. */
  | { readonly id: string; readonly result: "errored"; readonly error: string }
  /** The runner cannot do what the vector needs. */
  | { readonly id: string; readonly result: "skipped"; readonly reason: string };

/** What one runner made of all vectors: the file that is compared with those of the others. */
export interface ResultFile {
  readonly runner: string;
  readonly results: readonly Result[];
}

/** Runs every vector, one after the other, and compares what was seen when all have run. What runs on is still watched meanwhile. */
export async function resultFile(
  runner: string,
  vectors: readonly AttemptVector[],
  run: (vector: AttemptVector) => Promise<(() => Promise<Observed>) | { readonly skipped: string }>,
): Promise<ResultFile> {
  const results: (() => Promise<Result>)[] = [];
  for (const vector of vectors) {
    const { id } = vector;
    try {
      const ran = await run(vector);
      results.push(
        typeof ran === "function" ? () => compared(vector, ran) : async () => ({ id, result: "skipped", reason: ran.skipped }),
      );
    } catch (error) {
      results.push(async () => ({ id, result: "errored", error: textOf(error) }));
    }
  }
  return { runner, results: await Promise.all(results.map((result) => result())) };
}

async function compared(vector: AttemptVector, read: () => Promise<Observed>): Promise<Result> {
  const { id } = vector;
  try {
    const observed = await read();
    const difference = differenceOf(vector.expect, observed);
    return difference === undefined ? { id, result: "passed", observed } : { id, result: "failed", observed, difference };
  } catch (error) {
    return { id, result: "errored", error: textOf(error) };
  }
}

/** The first member in which two observations differ, in words; undefined where there is none. */
export function differenceOf(expected: Observed, observed: Observed): string | undefined {
  const members = [...new Set([...Object.keys(expected), ...Object.keys(observed)])].sort() as (keyof Observed)[];
  for (const member of members) {
    const [wanted, seen] = [jsonOf(expected[member]), jsonOf(observed[member])];
    if (wanted !== seen) return `${member}: expected ${wanted}, saw ${seen}`;
  }
  return undefined;
}

function textOf(error: unknown): string {
  return String((error as Error).stack ?? error);
}

function jsonOf(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value as JsonValue);
}
