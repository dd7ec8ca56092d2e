/** What is read of a schema of zod's. Schemas of other libraries have nothing of it, and show nothing of their shape. */
interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly in?: unknown;
}

/** The keys that a mapping may have at a place of what a schema takes; none where that is not known. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  let current = schema;
  for (const step of path) {
    const { shape, valueType, element } = definitionOf(current);
    current = shape !== undefined && Object.hasOwn(shape, step) ? shape[String(step)] : (valueType ?? element);
  }
  return Object.keys(definitionOf(current).shape ?? {});
}

/** The value at a place; undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, step) => (current === null || current === undefined ? undefined : Reflect.get(Object(current), step)),
    value,
  );
}

/** Of what is wrapped (optional, with a default, changed afterwards), the schema within. */
function definitionOf(schema: unknown): Definition {
  const definition = (schema as { _zod?: { def?: Definition } } | null | undefined)?._zod?.def ?? {};
  const inner = definition.innerType ?? definition.in;
  return inner === undefined ? definition : definitionOf(inner);
}
