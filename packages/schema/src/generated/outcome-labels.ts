// Generated from schemas/v1/outcome-labels.json by "npm run codegen". Do not edit.
// SHA-256 of the source: dec9bcde61af3d7e2efed0d97dbc0d91e97de3a8b4ac8fc0c09569baa3774a1b

/** How actions say that they failed: by any action, and by the canonical id of one. */
export const outcomeLabels: {
  readonly beginnings: readonly string[];
  readonly statusBeginnings: readonly string[];
  readonly actions: Readonly<
    Record<string, { readonly beginnings?: readonly string[]; readonly emptyMeansFailure?: boolean }>
  >;
} = {
  "beginnings": [
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
    "swap failed"
  ],
  "statusBeginnings": [
    "error",
    "failed",
    "failure"
  ],
  "actions": {
    "sushi.swap": {
      "beginnings": [
        "no route found",
        "found a partial quote"
      ]
    },
    "sushi.quote": {
      "beginnings": [
        "no route found",
        "found a partial quote"
      ]
    },
    "enso.route": {
      "beginnings": [
        "network "
      ]
    },
    "vaultsfyi.execute_step": {
      "beginnings": [
        "no actions found"
      ]
    },
    "vaultsfyi.claim_rewards": {
      "beginnings": [
        "no actions found"
      ]
    },
    "cdp_evm_wallet.use_spend_permission": {
      "beginnings": [
        "spend permissions are",
        "wallet provider is not"
      ]
    },
    "cdp_evm_wallet.list_spend_permissions": {
      "beginnings": [
        "spend permissions are",
        "wallet provider is not"
      ]
    },
    "cdp_evm_wallet.swap": {
      "beginnings": [
        "wallet provider is not"
      ]
    },
    "cdp_smart_wallet.use_spend_permission": {
      "beginnings": [
        "spend permissions are",
        "wallet provider is not"
      ]
    },
    "cdp_smart_wallet.list_spend_permissions": {
      "beginnings": [
        "spend permissions are",
        "wallet provider is not"
      ]
    },
    "cdp_smart_wallet.swap": {
      "beginnings": [
        "wallet provider is not"
      ]
    },
    "cdp_legacy.address_reputation": {
      "beginnings": [
        "address reputation is only supported"
      ]
    },
    "messari.research_question": {
      "beginnings": [
        "messari api error"
      ]
    },
    "nillion.lookup_schema": {
      "emptyMeansFailure": true
    },
    "nillion.create_schema": {
      "emptyMeansFailure": true
    },
    "nillion.data_upload": {
      "emptyMeansFailure": true
    },
    "nillion.data_download": {
      "emptyMeansFailure": true
    }
  }
};
