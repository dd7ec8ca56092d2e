import type { FetchedTally } from "./backend.js";
import { exactAmount } from "./entry-text.js";
import type { WindowSum } from "./tally.js";

/** So many dates are kept of a range at most; then half of them are. */
const maxDates = 128;

/** All that a tally has at dates from one on, and before another. */
interface KnownRange {
  /** The window at whose beginning it begins; undefined for one of everything. */
  readonly window: string | undefined;
  from: number;
  before: number;
  sums: (readonly [date: number, amount: bigint])[];
}

/** What is known of a tally's dates: those that are going to leave its windows next, and sometimes all. */
export class KnownDates {
  readonly #ranges: readonly KnownRange[];

  private constructor(ranges: readonly KnownRange[]) {
    this.#ranges = ranges;
  }

  /** Of a tally that has none. */
  static none(): KnownDates {
    return new KnownDates([{ window: undefined, from: 0, before: Number.POSITIVE_INFINITY, sums: [] }]);
  }

  /** Of a tally that was fetched. */
  static of(windows: FetchedTally["windows"]): KnownDates {
    return new KnownDates(
      windows.map(({ name, since, dates, before }) => ({
        window: name,
        from: since,
        before: before ?? Number.POSITIVE_INFINITY,
        sums: dates.map(([date, amount]) => [date, exactAmount(amount)] as const),
      })),
    );
  }

  /** What lies from one date on and before another; undefined where that is not known. */
  sum(from: number, before: number): bigint | undefined {
    const known = this.#ranges.find((range) => range.from <= from && before <= range.before);
    return known?.sums.reduce((sum, [date, amount]) => (date >= from && date < before ? sum + amount : sum), 0n);
  }

  /** Adds amounts at dates, and forgets what lies before the windows. */
  add(added: ReadonlyMap<number, bigint>, windows: ReadonlyMap<string, WindowSum>): void {
    const earliest = Math.min(...[...windows.values()].map(({ since }) => since));
    for (const range of this.#ranges) {
      for (const [date, amount] of added) if (date >= range.from && date < range.before) addAt(range.sums, date, amount);
      const since = range.window === undefined ? earliest : windows.get(range.window)?.since;
      // Where there is no window, there is no end to what one may ask.
      if (since !== undefined && Number.isFinite(since) && since > range.from) beginAt(range, since);
      const end = range.sums.length > maxDates ? range.sums[maxDates / 2] : undefined;
      if (end === undefined) continue;
      [range.before] = end;
      range.sums.length = maxDates / 2;
    }
  }
}

/** Most dates come in order. */
function addAt(sums: (readonly [number, bigint])[], date: number, amount: bigint): void {
  let place = sums.length;
  while (place > 0 && (sums[place - 1]?.[0] ?? 0) > date) place -= 1;
  const known = sums[place - 1];
  if (known?.[0] === date) sums[place - 1] = [date, known[1] + amount];
  else sums.splice(place, 0, [date, amount]);
}

function beginAt(range: KnownRange, since: number): void {
  range.from = since;
  const kept = range.sums.findIndex(([date]) => date >= since);
  if (kept !== 0) range.sums = kept < 0 ? [] : range.sums.slice(kept);
}
