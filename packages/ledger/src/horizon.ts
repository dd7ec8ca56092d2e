import type { Line } from "./entry.js";
import type { LedgerTimes } from "./ledger.js";

/** A date after all windows, the last one that a JavaScript date has: what is held counts until evidence (`ledger:unresolved`). */
export const heldUntilEvidence = 8_640_000_000_000_000;

/** How long a transaction can take to be final on the slowest chain of these lines, in milliseconds (`ledger:horizon`). */
export function settleWithinOf(lines: readonly Line[], { settleWithinMs, chains }: LedgerTimes): number {
  let longest: number | undefined;
  for (const { asset } of lines) {
    if (asset === undefined) continue;
    const own = chains[asset.slice(0, asset.indexOf("/"))]?.settleWithinMs ?? settleWithinMs;
    if (longest === undefined || own > longest) longest = own;
  }
  return longest ?? settleWithinMs;
}
