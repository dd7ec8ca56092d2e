import type { Freeze } from "@agentkit-policy/ledger";
import { actionScope } from "./action-scope.js";
import { print } from "./print.js";
import { printable } from "./printable.js";
import { UsageError } from "./usage-error.js";
import { walletScope } from "./wallet-scope.js";
import { withPolicyFile } from "./with-policy-file.js";

/** The scopes that can be frozen, and everything at once. */
export const frozenScopes = ["all", "wallet", "user", "session", "run", "agent", "action"] as const satisfies Freeze["scope"][];

interface FreezeOptions {
  readonly policy: string;
}

/** What is frozen, by the exact text that the ledger compares. */
type Frozen = Pick<Freeze, "scope" | "value">;

/** `agentkit-policy freeze`: nothing is reserved or armed for a scope any more, in any process; what has left is settled. */
export async function freeze(
  scope: string,
  value: string | undefined,
  options: FreezeOptions & { readonly reason: string },
): Promise<void> {
  const written = frozenAsWritten("freeze", scope, value);
  const { what, remark } = frozen(written);
  await withPolicyFile(options.policy, ({ ledger }) => ledger.freeze({ ...what, reason: options.reason }));
  print(`${printable(`frozen: ${text(what)} (${options.reason})${remark === undefined ? "" : `; ${remark}`}`)}\n`);
}

/** `agentkit-policy unfreeze` */
export async function unfreeze(scope: string, value: string | undefined, options: FreezeOptions): Promise<void> {
  const written = frozenAsWritten("unfreeze", scope, value);
  await withPolicyFile(options.policy, async ({ ledger }) => {
    // A ledger may hold a text that names nothing, from a freeze that took any: what `budgets` lists can be taken back.
    const isHeld = (await ledger.freezes()).some((held) => held.scope === written.scope && held.value === written.value);
    const what = isHeld ? written : frozen(written).what;
    if (!(await ledger.unfreeze(what)))
      throw new UsageError(`${text(what)} is not frozen; agentkit-policy budgets lists what is`);
    print(`${printable(`no longer frozen: ${text(what)}`)}\n`);
  });
}

/** What each scope is named by, as an example. */
const examples: Readonly<Record<Exclude<Freeze["scope"], "all">, string>> = {
  wallet: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  user: "u1",
  session: "s1",
  run: "r7",
  agent: "buyer",
  action: "wallet.native_transfer",
};

function frozenAsWritten(command: "freeze" | "unfreeze", scope: string, value: string | undefined): Frozen {
  const known = frozenScopes.find((name) => name === scope);
  if (known === undefined) throw new UsageError(`"${scope}" cannot be frozen; known: ${frozenScopes.join(", ")}`);
  if (known === "all") {
    if (value !== undefined) throw new UsageError("all takes no value");
    return { scope: known, value: "" };
  }
  if (value === undefined) {
    const reason = command === "freeze" ? ' --reason "…"' : "";
    throw new UsageError(`name the ${known}, such as: agentkit-policy ${command} ${known} ${examples[known]}${reason}`);
  }
  return { scope: known, value };
}

/** The text by which the ledger knows what was written, and what an operator should know of it. */
function frozen({ scope, value }: Frozen): { readonly what: Frozen; readonly remark?: string } {
  if (scope === "wallet") {
    const what = { scope, value: walletScope(value) };
    return what.value.startsWith("eip155:") ? { what, remark: "it is frozen on every EVM chain" } : { what };
  }
  if (scope !== "action") return { what: { scope, value } };
  const action = actionScope(value);
  const what = { scope, value: action.value };
  return action.isBuiltIn ? { what } : { what, remark: "no built-in action has this name, so it is frozen as it is written" };
}

function text({ scope, value }: Frozen): string {
  return scope === "all" ? "everything" : `${scope} ${value}`;
}
