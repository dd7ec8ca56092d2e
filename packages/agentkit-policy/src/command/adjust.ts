import { assetId } from "./asset-id.js";
import { print } from "./print.js";
import { printable } from "./printable.js";
import { UsageError } from "./usage-error.js";
import { withPolicyFile } from "./with-policy-file.js";

interface AdjustOptions {
  readonly reason: string;
  readonly asset?: readonly string[];
  readonly spent: readonly string[];
  readonly policy: string;
}

interface SpentOfAsset {
  readonly asset: string;
  readonly amount: string;
}

/**
 * `agentkit-policy budgets adjust`: all that an attempt counts from now on, on an operator's word. The reason is kept with the entry.
 * It is outside the promise: who sets less than what left can spend it again.
 */
export async function adjust(attemptId: string, { reason, asset, spent, policy: file }: AdjustOptions): Promise<void> {
  const lines = pairs(asset ?? [], spent);
  const counted = lines.map(({ asset, amount }) => `${amount} atomic units of ${asset}`).join(" and ");
  await withPolicyFile(file, async ({ ledger }) => {
    const answer = await ledger.adjust({ attemptId, spent: lines.filter(({ amount }) => amount !== "0"), reason });
    if (!answer.ok) throw new UsageError(answer.reason);
    const told = `${attemptId} counts ${lines.length === 0 ? "no money" : `${counted}, and nothing else,`} from now on: ${reason}`;
    print(`${printable(told)}\n`);
  });
}

/** What is left out counts nothing from then on: amounts whose asset is in doubt are refused. @throws UsageError */
function pairs(assets: readonly string[], amounts: readonly string[]): readonly SpentOfAsset[] {
  for (const amount of amounts)
    if (!/^(0|[1-9][0-9]*)$/.test(amount)) throw new UsageError(`"${amount}" is no amount in atomic units: write digits only`);
  if (assets.length === 0 && amounts.length === 1 && amounts[0] === "0") return [];
  if (assets.length !== amounts.length)
    throw new UsageError(
      `each --spent needs its --asset, such as --asset eip155:84532/slip44:60; there are ${amounts.length} of --spent and ${assets.length} of --asset (--spent 0 alone means nothing at all)`,
    );
  const lines = assets.map((asset, index) => ({ asset: assetId(asset), amount: amounts[index] ?? "" }));
  const twice = lines.find(({ asset }, index) => lines.findIndex((line) => line.asset === asset) !== index);
  if (twice !== undefined) throw new UsageError(`the asset ${twice.asset} is named twice; add its amounts, and name it once`);
  return lines;
}
