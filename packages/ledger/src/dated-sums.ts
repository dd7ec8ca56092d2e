/** Sums by date, kept in the order of their dates: most dates come last, and are asked for from some date on. */
export class DatedSums {
  readonly #dates: number[] = [];
  readonly #sums: bigint[] = [];

  add(date: number, amount: bigint): void {
    const place = this.#placeOf(date);
    if (this.#dates[place] === date) {
      this.#sums[place] = (this.#sums[place] ?? 0n) + amount;
      return;
    }
    this.#dates.splice(place, 0, date);
    this.#sums.splice(place, 0, amount);
  }

  /** The sum from one date on, and before another. */
  sum(from: number, before: number): bigint {
    let sum = 0n;
    for (let place = this.#placeOf(from); (this.#dates[place] ?? before) < before; place += 1) sum += this.#sums[place] ?? 0n;
    return sum;
  }

  /** Where a date is, or would be. */
  #placeOf(date: number): number {
    let low = 0;
    let high = this.#dates.length;
    // Nearly always it is among the last.
    if (high > 0 && (this.#dates[high - 1] ?? 0) < date) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#dates[middle] ?? 0) < date) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
