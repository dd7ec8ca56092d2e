# Generated from schemas/v1/outcome-labels.json by "npm run codegen". Do not edit.
# SHA-256 of the source: dec9bcde61af3d7e2efed0d97dbc0d91e97de3a8b4ac8fc0c09569baa3774a1b

OUTCOME_LABELS = {
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
        "swap failed",
    ],
    "statusBeginnings": [
        "error",
        "failed",
        "failure",
    ],
}
