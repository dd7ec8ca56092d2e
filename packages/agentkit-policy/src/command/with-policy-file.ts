import { type LoadedPolicy, loadPolicy } from "@agentkit-policy/policies";
import { builtInAdapters } from "../built-in-adapters.js";

/** Runs something on a policy file's ledger, which has to be there, and closes it whatever comes of it. */
export async function withPolicyFile<T>(file: string, run: (policy: LoadedPolicy) => Promise<T>): Promise<T> {
  const policy = await loadPolicy(file, { mustExist: true, background: false, adapters: builtInAdapters });
  try {
    return await run(policy);
  } finally {
    await policy.dispose();
  }
}
