import { nativeAsset, parseUnits } from "@agentkit-policy/effects";
import type { Limit, Window } from "@agentkit-policy/ledger";
import type { ActionContext } from "@agentkit-policy/schema";
import { parseDuration } from "./duration.js";
import type { LimitRule, When } from "./policy-file.js";

/** A limit that is ready to be asked for. `native` becomes an asset only with the attempt's chain. */
export interface CompiledLimit extends Omit<Limit, "asset"> {
  readonly asset?: string;
  readonly native: boolean;
  readonly when: When | undefined;
}

const calendar = new Set(["hour", "day", "week", "month"]);

/** The window that a rule names; undefined for one that does not exist. */
export function parseWindow(text: string): Window | undefined {
  if (text === "attempt" || text === "lifetime" || text === "open") return { kind: text };
  if (calendar.has(text)) return { kind: "calendar", unit: text as "hour" | "day" | "week" | "month" };
  const ms = parseDuration(text);
  return ms === undefined ? undefined : { kind: "rolling", ms };
}

/** Words for the hint where a window is not understood. */
export const windowWords = ["attempt", "hour", "day", "week", "month", "lifetime", "open", '"10m"'];

/** Longest span in milliseconds, to compare windows: an attempt is shorter than any, `open` has no length. */
export function windowLengthMs(window: Window): number | undefined {
  if (window.kind === "attempt") return 0;
  if (window.kind === "rolling") return window.ms;
  if (window.kind === "lifetime") return Number.POSITIVE_INFINITY;
  if (window.kind !== "calendar") return undefined;
  const day = 86_400_000;
  return { hour: day / 24, day, week: 7 * day, month: 31 * day }[window.unit];
}

/** @throws AmountError */
export function compileLimit(rule: LimitRule, window: Window, decimals: number): CompiledLimit {
  const unit = rule.limit === "actions" ? "actions" : "amount";
  const max = rule.atomic ?? (unit === "actions" ? String(rule.max) : parseUnits(String(rule.max), decimals).toString());
  return {
    id: rule.id,
    unit,
    ...(unit === "actions" || rule.limit === "native" ? {} : { asset: rule.limit }),
    native: rule.limit === "native",
    per: rule.per,
    window,
    max,
    when: rule.when,
  };
}

/** The limit as the ledger asks it for one attempt; undefined where it cannot concern it. */
export function limitFor(limit: CompiledLimit, { chainId }: Pick<ActionContext, "chainId">): Limit | undefined {
  const { id, unit, per, window, max, asset } = limit;
  if (!limit.native) return asset === undefined ? { id, unit, per, window, max } : { id, unit, per, window, max, asset };
  if (chainId?.startsWith("eip155:") !== true) return undefined;
  return { id, unit, per, window, max, asset: nativeAsset(chainId) };
}
