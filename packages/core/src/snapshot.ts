import type { JsonValue } from "@agentkit-policy/schema";

/** How deep and how large arguments may be. */
export interface SnapshotBounds {
  /** Levels of nesting. */
  readonly maxDepth: number;
  /** What the arguments may weigh, measured alike in every language: 8 bytes a value, and the UTF-8 bytes of every text and key. */
  readonly maxBytes: number;
}

const valueBytes = 8;

export const defaultSnapshotBounds: SnapshotBounds = { maxDepth: 32, maxBytes: 256 * 1024 };

/** Arguments that have no exact copy as plain data. Core denies with `invalid_arguments`. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/**
 * One reading of foreign data (`bind:executed-is-judged`): getters, Proxies and `toJSON` get one chance, and what
 * policies judge and what the action receives both derive from it.
 */
export interface Snapshot {
  /** Deep-frozen plain JSON; scalars that JSON lacks are tagged. What policies see. */
  readonly plain: JsonValue;
  /** A new copy with the scalars restored, which its receiver may mutate. What the action runs on. */
  fresh(): unknown;
}

/** Keys by which a later merge could reach a prototype. */
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);

/** @throws SnapshotError when the value is too deep, too large, or holds what has no exact copy as data. */
export function takeSnapshot(value: unknown, bounds: SnapshotBounds = defaultSnapshotBounds): Snapshot {
  if (value === undefined) return { plain: null, fresh: () => undefined };
  let left = bounds.maxBytes;

  const charge = (bytes: number): void => {
    left -= bytes;
    if (left < 0) throw new SnapshotError(`the arguments are larger than ${bounds.maxBytes} bytes`);
  };

  const chargeText = (text: string): string => {
    charge(Buffer.byteLength(text));
    return text;
  };

  const copy = (input: unknown, depth: number): JsonValue => {
    charge(valueBytes);
    switch (typeof input) {
      case "string":
        if (!isWellFormed(input)) throw new SnapshotError("the arguments hold text with a lone surrogate");
        return chargeText(input);
      case "boolean":
        return input;
      case "number":
        if (!Number.isFinite(input) || Math.abs(input) > Number.MAX_SAFE_INTEGER) {
          throw new SnapshotError("the arguments hold a number that is not finite or is beyond 2^53-1; pass it as text");
        }
        return input;
      case "bigint":
        return Object.freeze({ $int: chargeText(input.toString()) });
      case "object":
        break;
      default:
        throw new SnapshotError(`the arguments hold a ${typeof input}, which is not data`);
    }
    if (input === null) return null;
    if (input instanceof Uint8Array) {
      charge(Math.ceil(input.byteLength / 3) * 4);
      return Object.freeze({ $bytes: Buffer.from(input).toString("base64") });
    }
    if (depth >= bounds.maxDepth) throw new SnapshotError(`the arguments are nested deeper than ${bounds.maxDepth} levels`);
    if (Array.isArray(input)) {
      const items: JsonValue[] = [];
      const { length } = input;
      for (let index = 0; index < length; index += 1) items.push(copy(input[index], depth + 1));
      return Object.freeze(items) as JsonValue;
    }
    if (!isPlainObject(input)) throw new SnapshotError("the arguments hold an object that is not plain data");
    const output: Record<string, JsonValue> = {};
    for (const key of Object.keys(input)) {
      if (forbiddenKeys.has(key)) throw new SnapshotError(`the arguments hold the key "${key}"`);
      if (!isWellFormed(key)) throw new SnapshotError("the arguments hold a key with a lone surrogate");
      const member = (input as Record<string, unknown>)[key];
      // An absent value and an undefined one mean the same to every action, and JSON knows only the first.
      if (member === undefined) continue;
      chargeText(key);
      output[key.startsWith("$") ? `$${key}` : key] = copy(member, depth + 1);
    }
    return Object.freeze(output);
  };

  let plain: JsonValue;
  try {
    plain = copy(value, 0);
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    // A getter or a Proxy's trap threw: there is no reading of these arguments, so nothing can be judged.
    throw new SnapshotError("the arguments cannot be read");
  }
  return { plain, fresh: () => restore(plain) };
}

/** The inverse of a snapshot's tagging: a new, mutable copy. */
export function restore(plain: JsonValue): unknown {
  if (plain === null || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map((item) => restore(item));
  const output: Record<string, unknown> = {};
  for (const key of Object.keys(plain)) {
    const member = plain[key];
    if (key === "$int" || key === "$decimal") return key === "$int" ? BigInt(member as string) : member;
    if (key === "$bytes") return new Uint8Array(Buffer.from(member as string, "base64"));
    output[key.startsWith("$$") ? key.slice(1) : key] = restore(member as JsonValue);
  }
  return output;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A prototype without a prototype is some realm's Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const loneSurrogate = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}
