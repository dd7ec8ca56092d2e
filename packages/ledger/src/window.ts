import { periodStart } from "./calendar.js";
import type { Window } from "./ledger.js";

/**
 * The earliest date that counts in a window: a line counts if `until >= start(window containing now - margin) - margin`.
 * Undefined where no date is too early.
 */
export function earliestDate(window: Window, now: number, marginMs: number): number | undefined {
  if (window.kind === "open") return now - marginMs;
  if (window.kind === "rolling") return now - marginMs - window.ms - marginMs;
  if (window.kind === "calendar") return periodStart(window, now - marginMs) - marginMs;
  return undefined;
}

/** One text for windows that are the same. */
export function windowName(window: Window): string {
  if (window.kind === "rolling") return `rolling ${window.ms}`;
  if (window.kind !== "calendar") return window.kind;
  return window.timeZone === undefined ? window.unit : `${window.unit} ${window.timeZone}`;
}
