import { UsageError } from "./usage-error.js";
import { withPolicyFile } from "./with-policy-file.js";

interface AdjustOptions {
  readonly reason: string;
  readonly asset?: string;
  readonly spent: string;
  readonly policy: string;
}

/**
 * `agentkit-policy budgets adjust`: what an attempt counts from now on, on an operator's word. The reason is kept with the entry.
 * It is outside the promise: who sets less than what left can spend it again.
 */
export async function adjust(attemptId: string, { reason, asset, spent, policy: file }: AdjustOptions): Promise<void> {
  if (!/^(0|[1-9][0-9]*)$/.test(spent)) throw new UsageError(`"${spent}" is no amount in atomic units: write digits only`);
  if (spent !== "0" && asset === undefined)
    throw new UsageError("an amount needs --asset, such as --asset eip155:84532/slip44:60");
  await withPolicyFile(file, async ({ ledger }) => {
    const lines = spent === "0" || asset === undefined ? [] : [{ asset, amount: spent }];
    const answer = await ledger.adjust({ attemptId, spent: lines, reason });
    if (!answer.ok) throw new UsageError(answer.reason);
    process.stdout.write(
      `${attemptId} counts ${spent === "0" ? "nothing" : `${spent} atomic units of ${asset}`} from now on: ${reason}\n`,
    );
  });
}
