import { parse, stringify } from "lossless-json";

/**
 * Reads JSON without rounding: every whole number becomes a `bigint`, since amounts go up to 2^63 - 1 and `JSON.parse` is
 * exact up to 2^53 only. Its objects inherit nothing, so that no member can come from anywhere but the text.
 * @throws SyntaxError for what is no JSON, and for two different values under one key
 */
export function readExact(text: string): unknown {
  try {
    return bare(parse(text, undefined, (digits) => (/^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits))));
  } catch (error) {
    // Too deep a nesting overflows the stack: an answer that nobody can read, like any other.
    if (error instanceof RangeError) throw new SyntaxError("the JSON is nested too deeply");
    throw error;
  }
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, part] of Object.entries(value)) copy[name] = bare(part);
  return copy;
}

/** Writes JSON with every digit of a `bigint`. Members that are undefined are left out. */
export function writeExact(value: object): string {
  return stringify(value) as string;
}
