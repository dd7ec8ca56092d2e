import type { Effect, MoneyLine } from "@agentkit-policy/schema";

/** The effects that are an amount of an asset. A fee is none: limits that count fees read them from receipts. */
export function moneyLines(effects: readonly Effect[]): MoneyLine[] {
  const lines: MoneyLine[] = [];
  for (const effect of effects) {
    if (effect.kind === "fee" || effect.asset === undefined || effect.amount === undefined || effect.amount === "0") continue;
    lines.push({
      kind: effect.kind,
      asset: effect.asset,
      amount: effect.amount,
      ...(effect.counterparty === undefined ? {} : { counterparty: effect.counterparty }),
      ...(effect.contract === undefined ? {} : { contract: effect.contract }),
    });
  }
  return lines;
}

/** The sum of an asset's lines; "unlimited" as soon as one of them is. */
export function totalOf(lines: readonly MoneyLine[], asset: string): bigint | "unlimited" {
  let total = 0n;
  for (const line of lines) {
    if (line.asset !== asset) continue;
    if (line.amount === "unlimited") return "unlimited";
    total += BigInt(line.amount);
  }
  return total;
}

/**
 * Per asset, the larger of what was declared and what was seen (section 6 of the design: an incomplete journal proves
 * nothing, so money that was declared counts as gone).
 */
export function largerPerAsset(declared: readonly MoneyLine[], live: readonly MoneyLine[]): MoneyLine[] {
  const assets = new Set([...declared, ...live].map((line) => line.asset));
  const result: MoneyLine[] = [];
  for (const asset of assets) {
    const declaredTotal = totalOf(declared, asset);
    const liveTotal = totalOf(live, asset);
    const liveIsLarger = liveTotal === "unlimited" || (declaredTotal !== "unlimited" && liveTotal > declaredTotal);
    result.push(...(liveIsLarger ? live : declared).filter((line) => line.asset === asset));
  }
  return result;
}
