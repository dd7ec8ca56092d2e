import type { CalendarWindow } from "./ledger.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** No zone is further from UTC, nor a change of its clock larger. */
const farthestMs = 27 * hourMs;

interface Period {
  readonly start: number;
  readonly end: number;
}

/** The period that was asked for last, by zone and unit: a reserve asks for the same one again and again. */
const known = new Map<string, Period>();
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The start of the calendar period that contains a moment, in the window's time zone, or in UTC. A week begins on Monday; a day
 * on which clocks are changed has 23 or 25 hours. Milliseconds since 1970.
 */
export function periodStart({ unit, timeZone }: CalendarWindow, moment: number): number {
  if (unit === "hour") return timeZone === undefined ? floorTo(moment, hourMs) : hourStart(timeZone, moment);
  if (timeZone === undefined) return firstDayUtc(unit, moment);
  const key = `${unit} ${timeZone}`;
  const last = known.get(key);
  if (last !== undefined && last.start <= moment && moment < last.end) return last.start;
  const local = localTime(timeZone, moment);
  const first = firstDayUtc(unit, local);
  const period = { start: midnight(timeZone, first), end: midnight(timeZone, nextFirstDayUtc(unit, first)) };
  known.set(key, period);
  return period.start;
}

/** Whether a name is a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The first day of a unit, as if the moment were one of UTC. */
function firstDayUtc(unit: "day" | "week" | "month", moment: number): number {
  if (unit === "month") {
    const date = new Date(moment);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const day = Math.floor(moment / dayMs);
  // 1 January 1970 was a Thursday.
  return (unit === "week" ? day - ((day + 3) % 7) : day) * dayMs;
}

function nextFirstDayUtc(unit: "day" | "week" | "month", first: number): number {
  // Far enough to be in the next period of any length, and not in the one after it.
  const within = { day: dayMs, week: 7 * dayMs, month: 31 * dayMs + hourMs }[unit];
  return firstDayUtc(unit, first + within);
}

/** The first moment whose local date is this one or a later one: where midnight is left out, the day begins after it. */
function midnight(timeZone: string, dateUtc: number): number {
  let before = dateUtc - farthestMs;
  let after = dateUtc + farthestMs;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localTime(timeZone, middle) >= dateUtc) after = middle;
    else before = middle;
  }
  return after;
}

function hourStart(timeZone: string, moment: number): number {
  const offset = localTime(timeZone, moment) - moment;
  return floorTo(moment + offset, hourMs) - offset;
}

/** What a clock on a wall there shows, as milliseconds since 1970 if it were one of UTC. */
function localTime(timeZone: string, moment: number): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second, moment - floorTo(moment, 1_000));
}

/** @throws RangeError for a name that is no time zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { ...numeric, timeZone });
  formats.set(timeZone, made);
  return made;
}

const numeric = {
  calendar: "gregory",
  numberingSystem: "latn",
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;

function floorTo(moment: number, length: number): number {
  return Math.floor(moment / length) * length;
}
