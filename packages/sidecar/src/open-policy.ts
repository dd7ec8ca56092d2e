import type { ActionReader, Policy } from "@agentkit-policy/core";
import { loadPolicy } from "@agentkit-policy/policies";
import type { Clock, InitializeParams } from "@agentkit-policy/schema";
import { builtInAdapters } from "./built-in-adapters.js";

/** A policy that a sidecar decides by, wherever it came from. */
export interface OpenPolicy {
  readonly policy: Policy;
  readonly reader?: ActionReader | undefined;
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** An attempt is settled on the ledger that it was opened on, and on no other. */
  readonly ledgerId: string;
  readonly version: string;
  dispose(): Promise<void>;
}

/** Opens what `initialize` names. What it throws is told to the host. */
export type PolicyOpener = (params: InitializeParams) => Promise<OpenPolicy>;

/** Opens a policy file with its ledger. @throws PolicyFileError, LedgerFault */
export const openPolicyFile: PolicyOpener = async ({ policy: file, actions = [] }) => {
  const policy = await loadPolicy(file, { actions, adapters: builtInAdapters });
  const { reader, ledger, version } = policy;
  return { policy, reader, ledgerId: ledger.id, version, dispose: () => policy.dispose() };
};
