import type { Freeze } from "@agentkit-policy/ledger";
import { UsageError, withPolicyFile } from "./with-policy-file.js";

/** The scopes that can be frozen, and everything at once. */
export const frozenScopes = ["all", "wallet", "user", "session", "run", "agent", "action"] as const satisfies Freeze["scope"][];

interface FreezeOptions {
  readonly policy: string;
}

/** `agentkit-policy freeze`: nothing is reserved or armed for a scope any more, in any process; what has left is settled. */
export async function freeze(
  scope: string,
  value: string | undefined,
  options: FreezeOptions & { readonly reason: string },
): Promise<void> {
  const what = frozen(scope, value);
  await withPolicyFile(options.policy, ({ ledger }) => ledger.freeze({ ...what, reason: options.reason }));
  process.stdout.write(`frozen: ${text(what)} (${options.reason})\n`);
}

/** `agentkit-policy unfreeze` */
export async function unfreeze(scope: string, value: string | undefined, options: FreezeOptions): Promise<void> {
  const what = frozen(scope, value);
  const was = await withPolicyFile(options.policy, ({ ledger }) => ledger.unfreeze(what));
  if (!was) throw new UsageError(`${text(what)} is not frozen; agentkit-policy budgets lists what is`);
  process.stdout.write(`no longer frozen: ${text(what)}\n`);
}

function frozen(scope: string, value: string | undefined): Pick<Freeze, "scope" | "value"> {
  const known = frozenScopes.find((name) => name === scope);
  if (known === undefined) throw new UsageError(`"${scope}" cannot be frozen; known: ${frozenScopes.join(", ")}`);
  if (known === "all" ? value !== undefined : value === undefined)
    throw new UsageError(
      known === "all" ? "all takes no value" : `name the ${known}, such as: agentkit-policy freeze ${known} NAME`,
    );
  return { scope: known, value: value ?? "" };
}

function text({ scope, value }: Pick<Freeze, "scope" | "value">): string {
  return scope === "all" ? "everything" : `${scope} ${value}`;
}
