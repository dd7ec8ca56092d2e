import type { Parameters } from "fast-check";

/** One thing that a driver has to keep, to be run by any test runner: `for (const { name, run } of checks) it(name, run)`. */
export interface DriverCheck {
  /** What holds, as a sentence. */
  readonly name: string;
  /** @throws Error that says what did not hold, and what was done to find it */
  run(): Promise<void>;
}

export interface CheckOptions {
  /** How much of everything is tried, as a multiple of what is enough for every day. Default 1. */
  readonly scale?: number;
  /** Repeats the random ways of an earlier run; its message names the seed. */
  readonly seed?: number;
  /** Whether the first random way that fails is told as it is, and not made shorter, which takes time. Default false. */
  readonly endOnFailure?: boolean;
}

/** The options in fast-check's terms. */
export function walkParameters({ scale = 1, seed, endOnFailure = false }: CheckOptions): Parameters<unknown> {
  return { numRuns: Math.ceil(100 * scale), endOnFailure, ...(seed === undefined ? {} : { seed }) };
}

let serial = 0;

/** A place that no check has named before: small letters, digits and underscores, beginning with a letter. */
export function newPlace(): string {
  serial += 1;
  return `kit_${Date.now().toString(36)}_${process.pid}_${serial}`;
}
