import { formatUnits, symbolOf } from "@agentkit-policy/effects";
import { type AskedLine, LedgerFault, type Limit, type Refusal } from "@agentkit-policy/ledger";
import type { Deny } from "@agentkit-policy/schema";

/** Codes that the ledger's own refusals carry to the outside, and words for the model. */
const refusals: Readonly<Record<Refusal["code"], { readonly code: string; readonly reason: string }>> = {
  over_limit: { code: "over_limit", reason: "the limit has no room for it" },
  missing_scope: { code: "missing_scope", reason: "the limit counts by something that this call does not name" },
  expired: { code: "ledger_expired", reason: "the permission of this action ran out" },
  closed: { code: "ledger_closed", reason: "this action has already been settled" },
  unknown_step: { code: "ledger_closed", reason: "the budget of this action is not held" },
  idempotency_mismatch: { code: "idempotency_mismatch", reason: "the same request came with other content" },
  intent_conflict: { code: "intent_conflict", reason: "this intent was made for another payment" },
  intent_executed: { code: "intent_executed", reason: "this payment has been made, or may have been" },
  clock_jumped: {
    code: "clock_jumped",
    reason: "the machine's clock stepped, or is not the ledger's, so that budgets cannot be judged",
  },
  frozen: { code: "frozen", reason: "spending is frozen" },
  invalid_request: { code: "invalid_arguments", reason: "the ledger cannot read what it was asked" },
};

/** What a ledger was asked for: these lines, under these limits. */
export interface Asked {
  readonly lines: readonly AskedLine[];
  readonly limits: readonly Limit[];
}

/**
 * A refusal as the model reads it: which limit, what was asked of it, never how much is left (others may share the limit).
 * `missing_scope` says which one, because only the program can supply it.
 */
export function denialOfRefusal(refusal: Refusal, { lines, limits }: Asked, tokens: DecimalsOf): Deny {
  const { code, reason } = refusals[refusal.code];
  const counting = limits.find(({ id }) => id === refusal.limitId);
  // What the limit does not count is none of its business: less of that would be refused again.
  const counted = lines.filter(
    (line) => counting?.unit === line.unit && (line.unit === "actions" || counting.asset === line.asset),
  );
  const limit = refusal.limitId === undefined ? "" : `the limit "${refusal.limitId}": `;
  const text =
    refusal.code === "over_limit"
      ? `the limit "${refusal.limitId ?? ""}" has no room for ${askedText(counted, tokens)}`
      : refusal.code === "missing_scope"
        ? refusal.reason
        : `${limit}${reason}`;
  return {
    decision: "deny",
    code,
    reason: text,
    ...(refusal.limitId === undefined ? {} : { metadata: { rule: refusal.limitId } }),
  };
}

/** A ledger that cannot answer denies, and the code says why. */
export function denialOfFault(error: unknown): Deny {
  const code = LedgerFault.isInstance(error) ? error.code : "ledger_unreachable";
  return { decision: "deny", code, reason: "the ledger cannot answer, and without it nothing may be spent" };
}

/** Decimals of an asset, where a policy or the built-in table knows them. */
export type DecimalsOf = (asset: string) => number | undefined;

/** An amount for a person: whole units and a symbol where they are known, else the exact atomic amount and the asset. */
export function amountText(asset: string, amount: string, decimalsOf: DecimalsOf): string {
  const decimals = decimalsOf(asset);
  if (decimals === undefined) return `${amount} atomic units of ${asset}`;
  return `${formatUnits(amount, decimals)} ${symbolOf(asset) ?? asset}`;
}

/** So many assets are named; the reason of a denial is a sentence, and has a bound. */
const maxAssets = 5;

/** What was asked, summed by asset. */
function askedText(lines: readonly AskedLine[], decimalsOf: DecimalsOf): string {
  const byAsset = new Map<string, bigint[]>();
  for (const line of lines) {
    if (line.unit !== "amount") continue;
    const amounts = byAsset.get(line.asset);
    if (amounts === undefined) byAsset.set(line.asset, [BigInt(line.amount)]);
    else amounts.push(BigInt(line.amount));
  }
  if (byAsset.size === 0) return "another action";
  const texts = [...byAsset].slice(0, maxAssets).map(([asset, amounts]) => {
    const sum = amountText(asset, amounts.reduce((total, amount) => total + amount, 0n).toString(), decimalsOf);
    return amounts.length === 1 ? sum : `${sum} in ${amounts.length} payments`;
  });
  const others = byAsset.size - maxAssets;
  return [...texts, ...(others > 0 ? [`${others} other assets`] : [])].join(" and ");
}
