const dayMs = 86_400_000;

/** The day that was written last, with the text that all its moments begin with. */
let last = { day: Number.NaN, text: "" };

/**
 * Milliseconds since 1970 as an ISO 8601 date and time in UTC, as `Date.prototype.toISOString` writes them. That one works the
 * calendar out each time, which costs as much as all the rest of a context; the day is nearly always the one of the last call.
 * @throws RangeError when it is no time
 */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const day = Math.floor(whole / dayMs);
  if (day !== last.day) last = { day, text: new Date(whole).toISOString().slice(0, -"hh:mm:ss.sssZ".length) };
  const rest = whole - day * dayMs;
  const seconds = Math.floor(rest / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${last.text}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${three(rest % 1_000)}Z`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  return value < 100 ? `0${two(value)}` : `${value}`;
}
