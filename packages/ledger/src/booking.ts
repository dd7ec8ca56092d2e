import { type Line, lineWith, sumsOf } from "./entry.js";

/**
 * The amount lines of an entry that closes with what was spent. Where nobody knows who received it, it is the one
 * counterparty for which the asset was held; if there were several, each of them may have had all of it, so limits per
 * counterparty count it for each, and every other limit once.
 */
export function bookedLines(held: readonly Line[], spent: readonly Line[]): Line[] {
  const told = attributed(held, spent);
  const shadows: Line[] = [];
  for (const line of told) {
    if (line.counterparty !== undefined) continue;
    for (const counterparty of counterpartiesOf(held, line.asset)) shadows.push(shadow(line, counterparty));
  }
  // What was held and not spent stays as nothing, so that a later close still knows for whom it was held.
  const nothing = held.map((line) => lineWith(line, 0n));
  return merged([...nothing, ...told, ...shadows]);
}

/**
 * The amount lines of an entry to which more became known: for each asset and counterparty, and for each asset as a whole,
 * the larger of what is held and what was spent.
 * @param anyone whether money that is held for nobody in particular may be the money that was spent: true of a
 *   reservation, not of what an earlier close has booked
 */
export function raisedLines(held: readonly Line[], spent: readonly Line[], { anyone }: { readonly anyone: boolean }): Line[] {
  const told = attributed(held, spent);
  const before = merged(held);
  const assets = new Set([...before, ...told].map(({ asset }) => asset));
  return [...assets].flatMap((asset) => raisedAsset(linesOf(before, asset), linesOf(told, asset), anyone));
}

function raisedAsset(held: readonly Line[], spent: readonly Line[], anyone: boolean): Line[] {
  const unknown = spent.find((line) => line.counterparty === undefined);
  const named = larger(held.filter(isNamed), spent.filter(isNamed));
  const nameless = held.find((line) => line.counterparty === undefined);
  const before = nameless?.amount ?? 0n;
  const enough = most(total(spent), anyone ? total(held.filter(isMoney)) : 0n) - total(named);
  const after = anyone ? most(enough, 0n) : most(enough, before);
  const template = nameless ?? unknown;
  const lines = [...named, ...(template === undefined ? [] : [{ ...template, amount: after }])];
  const shadows = held.filter((line) => line.perCounterpartyOnly === true);
  if (unknown === undefined) return [...lines, ...shadows];
  const possible = counterpartiesOf(held, unknown.asset).map((counterparty) => {
    const of = (those: readonly Line[]): bigint =>
      total(those.filter((line) => isMoney(line) && line.counterparty === counterparty));
    return { ...shadow(unknown, counterparty), amount: most(of(spent) + unknown.amount - of(named), 0n) };
  });
  return [...lines, ...larger(shadows, possible)];
}

/** What was spent, one line a counterparty; one that is not named is told where the asset was held for one only. */
function attributed(held: readonly Line[], spent: readonly Line[]): Line[] {
  return merged(
    spent.map((line) => {
      if (line.counterparty !== undefined) return line;
      const [counterparty, ...others] = counterpartiesOf(held, line.asset);
      const heldForAnyone = linesOf(held, line.asset).some((other) => other.counterparty === undefined);
      return counterparty === undefined || others.length > 0 || heldForAnyone ? line : { ...line, counterparty };
    }),
  );
}

function linesOf(lines: readonly Line[], asset: string | undefined): Line[] {
  return lines.filter((line) => line.asset === asset);
}

function counterpartiesOf(held: readonly Line[], asset: string | undefined): string[] {
  return [...new Set(linesOf(held, asset).flatMap(({ counterparty }) => counterparty ?? []))];
}

function isMoney(line: Line): boolean {
  return line.perCounterpartyOnly !== true;
}

function isNamed(line: Line): boolean {
  return isMoney(line) && line.counterparty !== undefined;
}

function shadow(line: Line, counterparty: string): Line {
  return { ...line, counterparty, perCounterpartyOnly: true };
}

/** Lines of the first keep their order; those that only the second has follow. */
function larger(held: readonly Line[], spent: readonly Line[]): Line[] {
  const sums = sumsOf(held);
  for (const [key, { line, sum }] of sumsOf(spent)) {
    if (sum > (sums.get(key)?.sum ?? -1n)) sums.set(key, { line, sum });
  }
  return [...sums.values()].map(({ line, sum }) => lineWith(line, sum));
}

function merged(lines: readonly Line[]): Line[] {
  return larger(lines, []);
}

function total(lines: readonly Line[]): bigint {
  return lines.reduce((sum, line) => sum + line.amount, 0n);
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
