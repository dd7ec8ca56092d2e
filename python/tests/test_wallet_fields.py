"""Which fields of a wallet a guarded one reads out, by their names."""

import json
from pathlib import Path
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, guard_wallet

from .judge import Judge
from .plain import Wallet

#: The names that TypeScript's guard is held to as well.
_FILE = Path(__file__).parents[2] / "schemas/v1/vectors/wallet-fields.json"
_VECTORS = json.loads(_FILE.read_text(encoding="utf-8"))["vectors"]
_SECRETS = [vector["name"] for vector in _VECTORS if not vector["handedOut"]]
_PLAIN = [vector["name"] for vector in _VECTORS if vector["handedOut"]]


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
