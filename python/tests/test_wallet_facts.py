"""What a wallet says of itself has to be text: what is none cannot be told to anybody, and denies."""

from collections.abc import Callable
from typing import Any

import pytest

from agentkit_policy import ActionDeniedError, allow, guard_wallet, with_policy
from agentkit_policy.agentkit import read_wallet_facts

from .conftest import PolicyFile
from .patience import until
from .plain import Kit, Network, Wallet, code_of, run

_ADDRESS = "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T"
_SEND = {"to": "0x" + "11" * 20, "value": 10**15}


class Pubkey:
    """As Solana's libraries have it."""

    def __str__(self) -> str:
        return _ADDRESS


class Solana(Wallet):
    def __init__(self, address: Any = _ADDRESS, network_id: Any = "solana-devnet") -> None:
        super().__init__()
        self._address, self._network = address, Network("svm", network_id, "")

    def get_address(self) -> Any:
        return self._address

    def get_network(self) -> Network:
        return self._network


def test_a_wallet_whose_address_and_network_are_text_is_told_as_it_is() -> None:
    facts = read_wallet_facts(Solana())
    assert facts == {"walletAddress": _ADDRESS, "network": "solana-devnet", "chainId": "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"}
    assert read_wallet_facts(Solana(network_id=None)) == {"walletAddress": _ADDRESS}


@pytest.mark.parametrize(
    "wallet", [Solana(address=Pubkey()), Solana(address=b"4Nd1"), Solana(network_id=7)], ids=["an object", "bytes", "a number"]
)
def test_a_wallet_whose_address_or_network_is_no_text_is_denied_before_anybody_is_asked(wallet: Solana) -> None:
    asked: list[Any] = []

    def policy(context: Any) -> Any:
        asked.append(context)
        return allow()

    guarded: Any = guard_wallet(wallet, policy)
    with pytest.raises(ActionDeniedError, match="could not be read") as denied:
        guarded.send_transaction(dict(_SEND))
    assert denied.value.code == "context_error"
    kit = Kit()
    kit.wallet_provider = wallet  # type: ignore[attr-defined]
    assert code_of(run(with_policy(kit, policy))) == "context_error"
    assert (asked, wallet.sent, kit.given) == ([], [], [])


def test_such_a_wallet_holds_up_no_other_of_the_same_policy_file(policy_file: Callable[..., PolicyFile]) -> None:
    policy = policy_file('{ id: eth, limit: native, max: "0.05", window: day }')
    odd: Any = guard_wallet(Solana(address=Pubkey()), policy)
    with pytest.raises(ActionDeniedError, match="context_error"):
        odd.send_transaction(dict(_SEND))
    other: Any = guard_wallet(Wallet(), policy)
    assert other.send_transaction(dict(_SEND)).startswith("0x")
    until(lambda: (policy.counted("eth"), policy.open("eth")) == (10**15, 0))
