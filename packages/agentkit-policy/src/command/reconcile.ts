import type { LoadedPolicy } from "@agentkit-policy/policies";
import { table } from "./table.js";
import { UsageError } from "./usage-error.js";
import { withPolicyFile } from "./with-policy-file.js";

/** `agentkit-policy reconcile`: looks once at everything that is unproven, tells engines what they do not know, and says what came of it. */
export async function reconcile(file: string, options: { readonly json?: boolean }): Promise<void> {
  const look = async ({ reconciler, replay, ledger }: LoadedPolicy): Promise<void> => {
    if (reconciler === undefined && replay === undefined) {
      throw new UsageError(`${file} names no node of any chain; add chains: { "eip155:84532": { rpc: "\${RPC_URL}" } }`);
    }
    const proven = (await reconciler?.pass()) ?? [];
    const told = (await replay?.pass()) ?? [];
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ proven, told }, undefined, 2)}\n`);
      return;
    }
    const rows = proven.map(({ call, verdict }) => [
      call.transactionId,
      call.chainId,
      verdict.kind === "never" ? "never moved" : `moved at ${new Date(verdict.blockTime).toISOString()}`,
    ]);
    const left = (await ledger.unproven(1_000)).length;
    process.stdout.write(
      rows.length === 0 ? "nothing more could be proven\n" : `${table(["transaction", "chain", "became"], rows)}\n`,
    );
    if (told.length > 0) process.stdout.write(`engines know now what became of ${told.join(", ")}\n`);
    process.stdout.write(`${left} ${left === 1 ? "call is" : "calls are"} unproven\n`);
  };
  await withPolicyFile(file, look, { engines: true });
}
