"""Arguments with which AgentKit's own actions get past their own checks, made from their schemas."""

from typing import Any

#: Its actions work with files of this machine and with other machines, and never see the wallet.
_WITHOUT_WALLET = ("SshActionProvider_",)
#: A port on which nothing listens.
_NOWHERE = "http://127.0.0.1:9/"

_SAMPLES: dict[str, Any] = {
    "amount": "0.002",
    "amount_eth_in_wei": "1000",
    "amount_to_unwrap": "0.001",
    "amount_to_wrap": "0.001",
    "amount_tokens_in_wei": "1000",
    "asset_id": "usdc",
    "assets": "1",
    "basename": "agent.basetest.eth",
    "flow_rate": "1",
    "from_amount": "0.1",
    "max_amount_required": "1000",
    "max_timeout_seconds": 60,
    "name": "A Token",
    "network": "base-sepolia",
    "new_flow_rate": "2",
    "price_feed_id": "ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace",
    "resource": _NOWHERE,
    "scheme": "exact",
    "symbol": "USDC",
    "token_id": "1",
    "token_symbol": "ETH",
    "url": _NOWHERE,
    "value": "0.01",
}
_TOKENS = ("asset", "contract_address", "from_token", "token_address", "to_token", "vault_address")
_ACCOUNTS = ("destination", "destination_address", "pay_to", "receiver", "recipient", "spender_address", "to")


def samples_for(action: Any, *, token: str, account: str) -> dict[str, Any] | None:
    """Every argument of an action, with its defaults, as LangChain and AutoGen hand them over; None for one that sees no wallet.

    Raises KeyError for an argument that has no sample, and pydantic's ValidationError for a sample that its schema refuses.
    """
    if action.name.startswith(_WITHOUT_WALLET):
        return None
    values = _SAMPLES | dict.fromkeys(_TOKENS, token) | dict.fromkeys(_ACCOUNTS, account)
    required = [name for name, field in action.args_schema.model_fields.items() if field.is_required()]
    whole: dict[str, Any] = action.args_schema(**{name: values[name] for name in required}).model_dump()
    return whole
