import type { Effect, MoneyLine } from "@agentkit-policy/schema";
import { Envelope } from "./envelope.js";

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

/**
 * What was declared and is explained by none of the calls that may have left, each told by its effects. With what those moved it
 * is all that was judged: what was declared, and whatever went beyond it.
 */
export function undrawnLines(declared: readonly Effect[], calls: readonly (readonly Effect[])[]): MoneyLine[] {
  const envelope = new Envelope(declared);
  for (const [index, effects] of calls.entries()) envelope.draw(String(index), effects);
  const drawn = moneyLines(calls.flat());
  // Without end is without end, and a line of it is never used up: a call that took all of it is the same money.
  return moneyLines(envelope.left()).filter(
    (line) => line.amount !== "unlimited" || !drawn.some((taken) => taken.amount === "unlimited" && isWithin(line, taken)),
  );
}

function isWithin({ kind, asset, counterparty }: MoneyLine, taken: MoneyLine): boolean {
  return taken.kind === kind && taken.asset === asset && (counterparty === undefined || taken.counterparty === counterparty);
}
