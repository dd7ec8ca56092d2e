/** Builds what an argument vector (`schemas/v1/vectors/arguments.json`) says in JSON and JSON cannot hold. */
export function built(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(built);
  const said = value as Record<string, unknown>;
  const times = Number(said["times"]);
  if ("$number" in said) return Number(said["$number"]);
  if ("$octets" in said) return Uint8Array.from(Buffer.from(built(said["$octets"]) as string, "hex"));
  if ("$utf16" in said) return String.fromCharCode(...(said["$utf16"] as number[]));
  if ("$pairs" in said) return objectOf((said["$pairs"] as unknown[][]).map((pair) => pair.map(built)));
  if ("$copies" in said) return Array.from({ length: times }, () => built(said["$copies"]));
  if ("$repeated" in said) return (said["$repeated"] as string).repeat(times);
  if ("$nested" in said) return nested(Number(said["$nested"]), built(said["leaf"]));
  return objectOf(Object.entries(said).map(([key, member]) => [key, built(member)]));
}

function nested(levels: number, leaf: unknown): unknown {
  return levels === 0 ? leaf : [nested(levels - 1, leaf)];
}

/** Defined and not assigned: `__proto__` is a key like any other here. */
function objectOf(pairs: readonly unknown[][]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of pairs) Object.defineProperty(object, key as string, { value, enumerable: true });
  return object;
}
