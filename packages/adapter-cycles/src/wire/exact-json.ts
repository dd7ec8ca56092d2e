import { parse, stringify } from "lossless-json";

/**
 * A number that the platform's own reader would round, or would not tell from a whole one, and a name that is not followed by its colon at
 * once. Text that looks like either does no harm.
 */
const beyondPlain = /(?:^|[[:,\s])-?(?:\d{16}|\d+[.eE])|"\s+:/;

/** Every name of a member ends so, and text that looks like it only adds to their number. */
const endOfName = '":';

/**
 * Reads JSON without rounding: every whole number becomes a `bigint`, since amounts go up to 2^63 - 1 and `JSON.parse` is
 * exact up to 2^53 only. Its objects inherit nothing, so that no member can come from anywhere but the text.
 * @throws SyntaxError for what is no JSON, and for two different values under one key
 */
export function readExact(text: string): unknown {
  try {
    return (
      readPlain(text) ?? bare(parse(text, undefined, (digits) => (/^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits))))
    );
  } catch (error) {
    // Too deep a nesting overflows the stack: an answer that nobody can read, like any other.
    if (error instanceof RangeError) throw new SyntaxError("the JSON is nested too deeply");
    throw error;
  }
}

/** The same by the platform's own reader, in less than half the time. @returns undefined where it does not see all that is to be told apart */
function readPlain(text: string): unknown {
  if (beyondPlain.test(text)) return undefined;
  const read = { names: 0 };
  const value = bare(JSON.parse(text), read);
  // Of two values under one key it has kept the last: one name fewer than are written.
  return read.names === text.split(endOfName).length - 1 ? value : undefined;
}

/** @param plain where the platform has read it: its numbers are whole and exact, and its names are counted */
function bare(value: unknown, plain?: { names: number }): unknown {
  if (typeof value === "number" && plain !== undefined) return BigInt(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => bare(part, plain));
  const copy: Record<string, unknown> = Object.create(null);
  const names = Object.keys(value);
  if (plain !== undefined) plain.names += names.length;
  for (const name of names) copy[name] = bare((value as Record<string, unknown>)[name], plain);
  return copy;
}

/** Writes JSON with every digit of a `bigint`. Members that are undefined are left out. */
export function writeExact(value: object): string {
  return stringify(value) as string;
}
