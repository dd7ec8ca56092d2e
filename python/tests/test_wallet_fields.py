"""Which fields of a wallet a guarded one reads out, by their names."""

from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, guard_wallet

from .judge import Judge
from .plain import Wallet

_SECRETS = [
    *("_key", "key", "keys", "privkey", "priv_key", "private_key", "privateKey", "pk", "_pk", "sk", "signing_key", "signingKey"),
    *(
        "passphrase",
        "password",
        "_passwd",
        "xprv",
        "xpriv",
        "_wif",
        "entropy",
        "seed",
        "mnemo",
        "mnemonic_phrase",
        "recovery_phrase",
    ),
    *("token", "_token", "access_token", "authToken", "refresh_token", "auth", "bearer", "jwt", "credentials"),
    *("_paymaster_url", "api_key", "_api_key_secret", "_wallet_secret", "_idempotency_key", "keystore"),
]
_PLAIN = [
    *(
        "_api_key_id",
        "api_key_id",
        "key_id",
        "public_key",
        "pubkey",
        "_address",
        "address",
        "name",
        "author",
        "endpoint",
        "retries",
    ),
    *(
        "_gas_limit_multiplier",
        "_fee_per_gas_multiplier",
        "network_id",
        "chain_id",
        "native_token",
        "token_address",
        "turnkey_region",
    ),
    *("skip", "pkg", "asks", "limit", "symbol", "bypass"),
]


def _of(name: str) -> tuple[Any, Any]:
    bare = Wallet()
    setattr(bare, name, "the value")
    return bare, guard_wallet(bare, Judge())


@pytest.mark.parametrize("name", _SECRETS)
def test_a_field_by_the_name_of_a_secret_is_not_handed_out(name: str) -> None:
    bare, wallet = _of(name)
    assert getattr(bare, name) == "the value"
    with pytest.raises(ActionDeniedError, match=f"the wallet's field {name} leads around the policy"):
        getattr(wallet, name)


@pytest.mark.parametrize("name", _PLAIN)
def test_a_field_by_another_name_is_read_as_of_the_bare_wallet(name: str) -> None:
    assert getattr(_of(name)[1], name) == "the value"
