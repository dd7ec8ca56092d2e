import type { LoadedPolicy } from "@agentkit-policy/policies";
import { print } from "./print.js";
import { table } from "./table.js";
import { UsageError } from "./usage-error.js";
import { withPolicyFile } from "./with-policy-file.js";

/** So many of what is left are counted. */
const most = 1_000;

/** `agentkit-policy reconcile`: looks once at everything that is unproven, tells engines what they do not know, and says what came of it. */
export async function reconcile(file: string, options: { readonly json?: boolean }): Promise<void> {
  const look = async ({ reconciler, replay, ledger, balances }: LoadedPolicy): Promise<void> => {
    if (reconciler === undefined && replay === undefined) {
      throw new UsageError(`${file} names no node of any chain; add chains: { "eip155:84532": { rpc: "\${RPC_URL}" } }`);
    }
    const proven = (await reconciler?.pass()) ?? [];
    const due = (await ledger.untold(most)).map(({ attemptId }) => attemptId);
    const told = replay === undefined ? [] : await toldBy(replay);
    const untold = due.filter((attemptId) => !told.includes(attemptId));
    const unproven = (await ledger.unproven(most)).length;
    if (options.json === true) {
      print(`${JSON.stringify({ proven, told, unproven, untold }, undefined, 2)}\n`);
      return;
    }
    const rows = proven.map(({ call, verdict }) => [
      call.transactionId,
      call.chainId,
      verdict.kind === "never" ? "never moved" : `moved at ${new Date(verdict.blockTime).toISOString()}`,
    ]);
    print(rows.length === 0 ? "nothing more could be proven\n" : `${table(["transaction", "chain", "became"], rows)}\n`);
    if (told.length > 0) print(`engines know now what became of ${told.join(", ")}\n`);
    const calls = `${unproven}${unproven === most ? " or more" : ""} ${unproven === 1 ? "call" : "calls"}`;
    print(`${calls} of attempts that are over ${unproven === 1 ? "is" : "are"} unproven\n`);
    if (untold.length > 0) print(`engines do not know yet what became of ${untold.join(", ")}\n`);
    if ((await balances()).some(({ open }) => open !== "0"))
      print("what is open counts, and is looked at once its attempt's life is over\n");
  };
  await withPolicyFile(file, look, { engines: true });
}

/** Tells what is due, a portion at a time, until nothing more of it can be told. @returns the attempts that were told */
async function toldBy(replay: NonNullable<LoadedPolicy["replay"]>): Promise<string[]> {
  const told: string[] = [];
  for (let portion = await replay.pass(); portion.length > 0; portion = await replay.pass()) told.push(...portion);
  return told;
}
