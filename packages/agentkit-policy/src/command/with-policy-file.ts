import { checkPolicy, type LoadedPolicy, loadPolicy } from "@agentkit-policy/policies";
import { builtInAdapters } from "../built-in-adapters.js";
import { UsageError } from "./usage-error.js";

interface WithPolicyOptions {
  /** Whether the engines of rules `use:` are opened, too. Default false: an emergency stop must not wait for anybody's server. */
  readonly engines?: boolean;
}

/**
 * Runs something on a policy file's ledger, which has to be there, and closes it whatever comes of it. Nothing is judged here, so that
 * actions of the program's own, which only the program knows, are taken at their word.
 */
export async function withPolicyFile<T>(
  file: string,
  run: (policy: LoadedPolicy) => Promise<T>,
  { engines = false }: WithPolicyOptions = {},
): Promise<T> {
  const options = { anyAction: true, withoutEngines: !engines };
  // A ledger in memory that is opened here is a new and empty one: whatever is done to it reaches nobody.
  if (checkPolicy(file, options).ledger === "memory")
    throw new UsageError(
      `the ledger of ${file} is in memory, which only the program's own process can see; write ledger: sqlite:./agentkit-policy.db, or postgres://…, to operate it from here`,
    );
  const policy = await loadPolicy(file, { ...options, mustExist: true, background: false, adapters: builtInAdapters });
  try {
    return await run(policy);
  } finally {
    await policy.dispose();
  }
}
