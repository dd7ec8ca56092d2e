import type { ChangedTally, Changes } from "./backend.js";
import { type Share, tallyKeyText } from "./tally.js";

/** What the tallies of a kind have come to, while they are made from one page of entries after the other. */
export class KindTotals {
  readonly #totals = new Map<string, { open: bigint; dated: bigint }>();

  /** @returns the totals with a share more */
  add({ text, open, dates }: Share): { readonly open: bigint; readonly dated: bigint } {
    const total = this.#totals.get(text) ?? { open: 0n, dated: 0n };
    total.open += open;
    for (const { amount } of dates) total.dated += amount;
    this.#totals.set(text, total);
    return total;
  }
}

/** What a page of entries adds to the tallies of a kind. */
export function changesOfShares(
  id: number,
  shares: Iterable<Share>,
  totals: KindTotals,
): Required<Pick<Changes, "tallies" | "dates">> {
  const tallies: ChangedTally[] = [];
  const dates: Required<Changes>["dates"][number][] = [];
  for (const share of shares) {
    const place = { kind: id, key: tallyKeyText(share.key) };
    const { open, dated } = totals.add(share);
    tallies.push({ ...place, open: open.toString(), dated: dated.toString(), windows: [] });
    const byDate = new Map<number, bigint>();
    for (const { date, amount } of share.dates) byDate.set(date, (byDate.get(date) ?? 0n) + amount);
    for (const [date, amount] of byDate) dates.push({ ...place, date, amount: amount.toString() });
  }
  return { tallies, dates };
}
