# Generated from schemas/v1 by "npm run codegen". Do not edit.
# Sources: context.schema.json, decision.schema.json, effect.schema.json, outcome.schema.json, rpc.schema.json, wallet-call.schema.json; SHA-256 4ceeee7f27f89e6145bf48f9f0da7c4a1285e5e834e1658cd1593f09d76e27ce
"""Whether a value of JSON matches a definition of the contract. Extra keys are ignored."""

import re
from typing import Any


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and value == value and abs(value) != float("inf")


def _has(value: Any, required: tuple[str, ...]) -> bool:
    return type(value) is dict and all(name in value for name in required)


def is_string_map(value: Any) -> bool:
    return (
        _has(value, ())
        and all(isinstance(member, str) for member in value.values())
    )


def is_allow(value: Any) -> bool:
    return (
        _has(value, ("decision",))
        and (type(value["decision"]) is str and value["decision"] == "allow")
        and ("metadata" not in value or is_string_map(value["metadata"]))
        and ("settlement" not in value or _has(value["settlement"], ()))
        and ("validForMs" not in value or ((_is_number(value["validForMs"]) and value["validForMs"] == int(value["validForMs"])) and value["validForMs"] >= 0 and value["validForMs"] <= 9007199254740991))
    )


def is_reason_code(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch("[a-z][a-z0-9_]{0,63}", value) is not None
    )


def is_approval_handle(value: Any) -> bool:
    return (
        _has(value, ("id",))
        and (isinstance(value["id"], str) and len(value["id"]) >= 1 and len(value["id"]) <= 256)
        and ("expiresAt" not in value or (isinstance(value["expiresAt"], str) and len(value["expiresAt"]) <= 64))
    )


def is_deny(value: Any) -> bool:
    return (
        _has(value, ("decision", "reason",))
        and (type(value["decision"]) is str and value["decision"] == "deny")
        and (isinstance(value["reason"], str) and len(value["reason"]) <= 4096)
        and ("code" not in value or is_reason_code(value["code"]))
        and ("metadata" not in value or is_string_map(value["metadata"]))
        and ("retryAfterMs" not in value or ((_is_number(value["retryAfterMs"]) and value["retryAfterMs"] == int(value["retryAfterMs"])) and value["retryAfterMs"] >= 0 and value["retryAfterMs"] <= 9007199254740991))
        and ("approval" not in value or is_approval_handle(value["approval"]))
    )


def is_policy_decision(value: Any) -> bool:
    return sum((is_allow(value), is_deny(value))) == 1


def is_chain_id(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch("[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}", value) is not None
    )


def is_read_request(value: Any) -> bool:
    return (
        _has(value, ("kind", "chainId", "token",))
        and (type(value["kind"]) is str and value["kind"] == "decimals")
        and is_chain_id(value["chainId"])
        and (isinstance(value["token"], str) and re.fullmatch("0x[0-9a-f]{40}", value["token"]) is not None)
    )


def is_decision_answer(value: Any) -> bool:
    return ((_has(value, ("decision",)) and is_policy_decision(value["decision"])) or (_has(value, ("needs",)) and (type(value["needs"]) is list and len(value["needs"]) >= 1 and all(is_read_request(item) for item in value["needs"]))))


def is_protocol_version(value: Any) -> bool:
    return (type(value) is str and value == "1")


def is_initialize_result(value: Any) -> bool:
    return (
        _has(value, ("protocolVersion", "instance", "ledgerId", "policyVersion",))
        and is_protocol_version(value["protocolVersion"])
        and (isinstance(value["instance"], str) and len(value["instance"]) >= 1 and len(value["instance"]) <= 64)
        and (isinstance(value["ledgerId"], str) and len(value["ledgerId"]) >= 1 and len(value["ledgerId"]) <= 64)
        and (isinstance(value["policyVersion"], str) and re.fullmatch("[0-9a-f]{64}", value["policyVersion"]) is not None)
    )


def is_outcome_status(value: Any) -> bool:
    return (isinstance(value, str) and value in ("succeeded", "failed", "unknown", "denied", "cancelled",))


def is_effect_kind(value: Any) -> bool:
    return (isinstance(value, str) and value in ("transfer", "approval", "operator_approval", "permit", "authorization", "delegation", "contract_call", "deploy", "sign_message", "sign_hash", "external", "fee", "escape", "unknown",))


def is_asset_id(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch("(eip155:(0|[1-9][0-9]{0,31})/(slip44:60|erc20:0x[0-9a-f]{40}|(?!slip44:|erc20:)[-a-z0-9]{3,8}:[-.%a-z0-9]{1,128}(/[-.%a-z0-9]{1,78})?)|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(/[-.%a-zA-Z0-9]{1,78})?)", value) is not None
    )


def is_atomic_amount(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch("(0|[1-9][0-9]*)", value) is not None
        and len(value) <= 100
    )


def is_effect_amount(value: Any) -> bool:
    return (is_atomic_amount(value) or (type(value) is str and value == "unlimited"))


def is_account_id(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch("(eip155:[0-9]{1,32}:0x[0-9a-f]{40}|(?!eip155:)[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128})", value) is not None
    )


def is_money_line(value: Any) -> bool:
    return (
        _has(value, ("kind", "asset", "amount",))
        and is_effect_kind(value["kind"])
        and is_asset_id(value["asset"])
        and is_effect_amount(value["amount"])
        and ("counterparty" not in value or is_account_id(value["counterparty"]))
        and ("contract" not in value or is_account_id(value["contract"]))
    )


def is_transaction(value: Any) -> bool:
    return (
        _has(value, ("id", "chainId", "status",))
        and (isinstance(value["id"], str) and len(value["id"]) >= 1 and len(value["id"]) <= 256)
        and is_chain_id(value["chainId"])
        and ("nonce" not in value or is_atomic_amount(value["nonce"]))
        and (isinstance(value["status"], str) and value["status"] in ("submitted", "confirmed", "reverted",))
    )


def is_action_outcome(value: Any) -> bool:
    return (
        _has(value, ("status", "entered", "spent", "transactions", "journalComplete", "durationMs",))
        and is_outcome_status(value["status"])
        and type(value["entered"]) is bool
        and (type(value["spent"]) is list and all(is_money_line(item) for item in value["spent"]))
        and (type(value["transactions"]) is list and all(is_transaction(item) for item in value["transactions"]))
        and type(value["journalComplete"]) is bool
        and (_is_number(value["durationMs"]) and value["durationMs"] >= 0)
    )


def is_settle_result(value: Any) -> bool:
    return (
        _has(value, ("outcome",))
        and is_action_outcome(value["outcome"])
    )
