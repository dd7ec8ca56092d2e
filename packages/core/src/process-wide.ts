/**
 * One value for the whole process, also when several copies of this package are loaded: an identity that was set through
 * one copy, or a send queue that only one copy knows, would be lost in the other.
 */
export function processWide<T>(name: string, create: () => T): T {
  const key = Symbol.for(`@agentkit-policy/core/${name}/v1`);
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  const existing = holder[key];
  if (existing !== undefined) return existing;
  const created = create();
  Object.defineProperty(globalThis, key, { value: created, enumerable: false, writable: false, configurable: false });
  return created;
}
