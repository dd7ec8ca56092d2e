import type { Subject } from "./requests.js";
import { levels } from "./values.js";

/** The scopes of a subject, the outermost first: each level under those before it, in lower case, gaps skipped. */
export function scopesOf(subject: Subject): string[] {
  const named = levels.filter((level) => subject[level] !== undefined);
  return named.map((_, index) =>
    named
      .slice(0, index + 1)
      .map((level) => `${level}:${subject[level]?.toLowerCase()}`)
      .join("/"),
  );
}
