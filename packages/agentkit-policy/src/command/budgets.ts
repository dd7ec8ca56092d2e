import type { Balance } from "@agentkit-policy/ledger";
import { amountText } from "@agentkit-policy/policies";
import { print } from "./print.js";
import { printable } from "./printable.js";
import { table } from "./table.js";
import { withPolicyFile } from "./with-policy-file.js";

/** `agentkit-policy budgets`: what is counted and what is left. Throws what keeps it from knowing. */
export async function budgets(file: string, options: { readonly json?: boolean }): Promise<void> {
  await withPolicyFile(file, async (policy) => {
    const balances = await policy.balances();
    const frozen = await policy.ledger.freezes();
    if (options.json === true) {
      print(`${JSON.stringify({ limits: balances, frozen }, undefined, 2)}\n`);
      return;
    }
    const rows = balances.map((balance) => [
      balance.limitId,
      scopeText(balance),
      ...[balance.counted, balance.open, balance.left, balance.max].map((amount) => {
        return balance.asset === undefined ? amount : amountText(balance.asset, amount, policy.decimalsOf);
      }),
    ]);
    print(
      rows.length === 0
        ? "nothing has been counted yet\n"
        : `${table(["limit", "for", "counted", "of it open", "left", "max"], rows)}\n`,
    );
    for (const { scope, value, reason } of frozen)
      print(`${printable(`frozen: ${scope}${value === "" ? "" : ` ${value}`} (${reason})`)}\n`);
  });
}

function scopeText({ scope }: Balance): string {
  const parts = Object.entries(scope).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? "everybody" : parts.join(", ");
}
