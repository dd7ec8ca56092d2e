/** What a stand-in shows of its original. */
export interface StandInView {
  /** A member as others may have it, whichever way they read it. */
  readonly member: (property: string | symbol) => unknown;
  /** Whether a member is shown at all among the original's own; all are unless said. */
  readonly shows?: (property: string | symbol) => boolean;
  /** What becomes of every attempt to change it: an error, or false. */
  readonly change: () => boolean;
}

/**
 * An object that passes for another and shows only what it may: of the same classes, with the same keys. It stands over an
 * empty object of the same prototype, because a Proxy may not hide what its own target can never change.
 */
export function standIn<T extends object>(original: T, { member, shows = () => true, change }: StandInView): T {
  const shadow = (Array.isArray(original) ? [] : Object.create(Object.getPrototypeOf(original))) as T;
  return new Proxy(shadow, {
    get: (_shadow, property) => member(property),
    has: (_shadow, property) => Reflect.has(original, property),
    ownKeys: () => [...new Set([...Reflect.ownKeys(shadow), ...Reflect.ownKeys(original).filter(shows)])],
    getOwnPropertyDescriptor(_shadow, property) {
      // A list's length is fixed on the shadow too, and has to be told as it stands there.
      const fixed = Reflect.getOwnPropertyDescriptor(shadow, property);
      const descriptor = Reflect.getOwnPropertyDescriptor(original, property);
      if (descriptor === undefined || !shows(property)) return fixed;
      if (fixed !== undefined) return { ...fixed, value: member(property) };
      return { configurable: true, enumerable: descriptor.enumerable === true, writable: true, value: member(property) };
    },
    set: change,
    defineProperty: change,
    deleteProperty: change,
    setPrototypeOf: change,
    preventExtensions: change,
  });
}
