/*
 * How AgentKit's actions say that they failed. Most of them return it as text or JSON instead of throwing (coinbase/agentkit
 * at commit 455a6c5a: 128 of 134 actions in TypeScript, 74 of 77 in Python).
 */

/** Beginnings of a text that reports a failure, whatever the action. Matched without regard to case, as whole words. */
export const failureBeginnings: readonly string[] = [
  "error",
  "failed",
  "failure",
  "invalid",
  "unsupported",
  "unable",
  "could not",
  "cannot",
  "can't",
  "there was an error",
  "unexpected error",
  "transaction failed",
  "swap failed",
];

/** Words of a JSON result's `status` that report a failure; `error` also where more follows, as in `error_402`. */
export const failureStatus = /^(error|failed|failure)/i;

/** Beginnings that only some actions use, by canonical id: elsewhere they may begin somebody's search result. */
export const failureBeginningsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["sushi.swap", ["no route found", "found a partial quote"]],
  ["sushi.quote", ["no route found", "found a partial quote"]],
  ["enso.route", ["network "]],
  ["vaultsfyi.execute_step", ["no actions found"]],
  ["vaultsfyi.claim_rewards", ["no actions found"]],
  ["cdp_evm_wallet.use_spend_permission", ["spend permissions are", "wallet provider is not"]],
  ["cdp_evm_wallet.list_spend_permissions", ["spend permissions are", "wallet provider is not"]],
  ["cdp_evm_wallet.swap", ["wallet provider is not"]],
  ["cdp_smart_wallet.use_spend_permission", ["spend permissions are", "wallet provider is not"]],
  ["cdp_smart_wallet.list_spend_permissions", ["spend permissions are", "wallet provider is not"]],
  ["cdp_smart_wallet.swap", ["wallet provider is not"]],
  ["cdp_legacy.address_reputation", ["address reputation is only supported"]],
  ["messari.research_question", ["messari api error"]],
]);

/** Actions of which an empty list, or a list of nothing but null, reports a failure. */
export const emptyMeansFailure: ReadonlySet<string> = new Set([
  "nillion.lookup_schema",
  "nillion.create_schema",
  "nillion.data_upload",
  "nillion.data_download",
]);
