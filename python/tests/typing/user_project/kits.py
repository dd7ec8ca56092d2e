"""Kits and wallets keep their types, so that whatever took the bare one takes the guarded one."""

import logging
from collections.abc import Callable
from typing import Any

from coinbase_agentkit import Action, AgentKit, EthAccountWalletProvider, EvmWalletProvider, WalletProvider
from policies import NoTransfers, OnlyAllows, SmallGroup, asked_elsewhere, by_name, file, typed_out
from typing_extensions import assert_type

from agentkit_policy import ActionContext, PolicyDecision, allow, assert_guarded, guard_wallet, with_policy


def takes_agentkit(kit: AgentKit) -> list[Action]:
    return kit.get_actions()


def takes_wallet(wallet: WalletProvider) -> str:
    return wallet.get_address()


def guarded_kit(bare: AgentKit) -> AgentKit:
    kit = with_policy(bare, "policy.yaml")
    assert_type(kit, AgentKit)
    assert_type(kit.get_actions(), list[Action])
    takes_wallet(kit.wallet_provider)
    assert_guarded(kit)
    takes_agentkit(kit)
    return kit


def every_kind_of_policy(bare: AgentKit, perhaps: SmallGroup | None) -> list[AgentKit]:
    kits = [
        with_policy(bare, None),
        with_policy(bare, perhaps),
        with_policy(bare, file),
        with_policy(bare, NoTransfers()),
        with_policy(bare, OnlyAllows()),
        with_policy(bare, asked_elsewhere),
        with_policy(bare, by_name),
        with_policy(bare, typed_out),
        with_policy(bare, lambda context: allow()),
        with_policy(bare, [NoTransfers(), SmallGroup(("u1", "u2")), by_name, file]),
        with_policy(bare, (asked_elsewhere, "policy.yaml")),
    ]
    assert_type(kits, list[AgentKit])
    return kits


def every_option(bare: AgentKit, log: logging.Logger) -> AgentKit:
    def describe(args: Any) -> list[dict[str, str]]:
        return [{"kind": "external", "basis": "declared"}] if args else []

    return with_policy(
        bare,
        "policy.yaml",
        context={"user_id": "u1", "labels": {"team": "a"}},
        on_deny="raise",
        wallet=False,
        describe={"OwnActionProvider_run": describe},
        node=file,
        decision_deadline_s=2,
        settle_deadline_s=2.5,
        queue_wait_s=10,
        logger=log,
    )


def guarded_wallets(bare: EthAccountWalletProvider, evm: EvmWalletProvider) -> str:
    wallet = guard_wallet(bare, [by_name, "policy.yaml"], actions=["OwnActionProvider_run"], queue_wait_s=5)
    assert_type(wallet, EthAccountWalletProvider)
    assert_type(guard_wallet(evm, SmallGroup(["u1"])), EvmWalletProvider)
    return wallet.get_address()


class OwnKit:
    """Whatever hands out actions is a kit."""

    def get_actions(self) -> list[Action]:
        return []


assert_type(with_policy(OwnKit(), by_name), OwnKit)


def policy_of(name: str) -> Callable[[ActionContext], PolicyDecision]:
    return lambda context: allow(metadata={"name": name})


assert_type(with_policy(OwnKit(), policy_of("mine"), on_deny="return"), OwnKit)
