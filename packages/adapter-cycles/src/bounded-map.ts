/**
 * A map that remembers so many at least, and twice as many at most: what was set longest ago goes, with all that is as old. To forget them one
 * by one would leave a gap in the map for each, through which the next look for the oldest has to pass.
 */
export class BoundedMap<Key, Value> {
  readonly #least: number;
  #young = new Map<Key, Value>();
  #old: ReadonlyMap<Key, Value> = new Map();

  constructor(least: number) {
    this.#least = least;
  }

  get(key: Key): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#least) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
