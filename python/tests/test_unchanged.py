"""A kit with a policy that allows everything is, for whoever uses it, the kit that AgentKit makes."""

# mypy: disable-error-code="import-untyped"
import asyncio
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import coinbase_agentkit
import pytest
from coinbase_agentkit import Action, AgentKit, EthAccountWalletProvider, EvmWalletProvider, WalletProvider
from pydantic import BaseModel

from agentkit_policy import ActionContext, Allow, allow, with_policy

from .own_action import OWN_ACTION, own_action
from .sample_arguments import samples_for
from .world import NATIVE_TRANSFER, TOKEN_TRANSFER, World, fresh_address, invoke, make_kit, make_wallet, transfer

#: The factories of AgentKit 0.7.4 that want a key, or an argument. Every other one is in the kit of these tests.
NEED_MORE = ["hyperbolic_action_provider", "nillion_action_provider", "onramp_action_provider", "twitter_action_provider"]
TO = fresh_address("unchanged to")


class Kits(NamedTuple):
    bare: Any
    wallet: Any
    guarded: Any
    #: The names of the actions that the policy was asked about.
    asked: list[str]
    #: The factories that did not construct.
    refused: list[str]


@pytest.fixture(scope="module")
def kits(world: World) -> Iterator[Kits]:
    with pytest.MonkeyPatch.context() as patch:
        # A developer's own keys must not change which providers construct, nor what their actions answer.
        for name in os.environ:
            if re.search(r"_(KEY|JWT|SECRET|TOKEN)(_|$)", name):
                patch.delenv(name)
        wallet = make_wallet(world, "unchanged")
        world.fund_token(wallet.get_address(), 1_000_000)
        providers, refused = every_provider()
        bare = make_kit(wallet, providers)
        asked: list[str] = []

        def allow_all(context: ActionContext) -> Allow:
            asked.append(context.action_name)
            return allow()

        yield Kits(bare, wallet, with_policy(bare, allow_all), asked, refused)


def every_provider() -> tuple[list[Any], list[str]]:
    """Every provider that constructs without a key, and the names of the factories that do not."""
    providers, refused = [], []
    for name in sorted(vars(coinbase_agentkit)):
        if name.endswith("_action_provider") and callable(factory := getattr(coinbase_agentkit, name)):
            try:
                provider = factory()
            except (TypeError, ValueError):
                refused.append(name)
                continue
            # Some serve other networks only. Here what counts is the hook around them, so that all of them take part.
            provider.supports_network = lambda network: True
            providers.append(provider)
    return providers, refused


class Ending(NamedTuple):
    """What came of a call: a result, or an error with its type and its text."""

    result: Any = None
    error: type[BaseException] | None = None
    text: str = ""


def ending_of(call: Callable[[], Any]) -> Ending:
    try:
        return Ending(result=_without_chance(call()))
    except Exception as error:
        return Ending(error=type(error), text=_without_chance(str(error)))


def _without_chance(result: Any) -> Any:
    """AgentKit's SSH action makes up a connection's name where none is given, and some errors name an object by its place."""
    if not isinstance(result, str):
        return result
    return re.sub(r" at 0x[0-9a-f]+>", " at ANY>", re.sub(r"'connection_id': '[0-9a-f.-]+'", "'connection_id': ANY", result))


class Compared(NamedTuple):
    bare: Ending
    guarded: Ending
    #: How many transactions the bare run sent.
    sent: int


def compare(world: World, kits: Kits, index: int, arguments: dict[str, Any]) -> Compared:
    """Runs one action bare and guarded, each on the same chain: the same nonce, the same fees, the same balances."""
    bare, guarded = kits.bare.get_actions()[index], kits.guarded.get_actions()[index]
    with world.put_back():
        own = ending_of(lambda: bare.invoke(dict(arguments)))
        sent = world.transactions(kits.wallet.get_address())
    with world.put_back():
        hooked = ending_of(lambda: guarded.invoke(dict(arguments)))
        assert world.transactions(kits.wallet.get_address()) == sent
    return Compared(own, hooked, sent)


def test_without_a_policy_the_kit_is_the_very_same_object_and_it_is_said_once(
    kits: Kits, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(vars(kits.bare))
    assert with_policy(kits.bare, None) is kits.bare
    assert vars(kits.bare) == before
    assert type(kits.bare) is AgentKit
    assert type(kits.bare.wallet_provider) is EthAccountWalletProvider
    (warning,) = caplog.messages
    assert "not guarded" in warning


def test_the_kit_under_test_holds_every_provider_of_agentkit_that_constructs_without_a_key(kits: Kits) -> None:
    assert kits.refused == NEED_MORE
    assert len(kits.bare.action_providers) == 15
    assert len(kits.bare.get_actions()) == 45


def test_the_tools_are_the_same_in_names_descriptions_order_and_schema_objects(kits: Kits) -> None:
    bare, guarded = kits.bare.get_actions(), kits.guarded.get_actions()
    assert [action.name for action in guarded] == [action.name for action in bare]
    assert [action.description for action in guarded] == [action.description for action in bare]
    assert all(ours.args_schema is own.args_schema for ours, own in zip(guarded, bare, strict=True))
    assert [action.model_dump() for action in guarded] == [action.model_dump() for action in bare]


def test_kit_wallet_and_actions_are_still_instances_of_agentkits_classes(kits: Kits) -> None:
    seen = kits.guarded.wallet_provider
    assert isinstance(kits.guarded, AgentKit)
    assert isinstance(seen, WalletProvider)
    assert isinstance(seen, EvmWalletProvider)
    assert isinstance(seen, EthAccountWalletProvider)
    assert seen is not kits.wallet
    assert all(type(action) is Action for action in kits.guarded.get_actions())
    assert kits.guarded.action_providers is kits.bare.action_providers
    # AgentKit's own check of what a kit is made of takes the guarded wallet too.
    assert coinbase_agentkit.AgentKitConfig(wallet_provider=seen, action_providers=[]).wallet_provider is seen


def test_the_given_kit_stays_as_it_was(kits: Kits) -> None:
    assert type(kits.bare) is AgentKit
    assert kits.bare.wallet_provider is kits.wallet
    asked = len(kits.asked)
    assert invoke(kits.bare, "WalletActionProvider_get_balance", {}).startswith("Native balance")
    assert len(kits.asked) == asked


def test_the_guarded_wallet_tells_of_itself_what_the_bare_one_does(kits: Kits) -> None:
    seen, bare = kits.guarded.wallet_provider, kits.wallet
    assert seen.get_name() == bare.get_name() == "eth_account_wallet_provider"
    assert seen.get_address() == bare.get_address()
    assert seen.get_network() == bare.get_network()
    assert seen.get_balance() == bare.get_balance()
    assert seen.estimate_fees() == bare.estimate_fees()
    assert seen.native_transfer.__name__ == "native_transfer"
    assert seen.native_transfer.__doc__ == bare.native_transfer.__doc__


def test_every_action_answers_no_arguments_as_it_does_bare_with_the_same_result_or_the_same_error(
    world: World, kits: Kits
) -> None:
    actions = kits.bare.get_actions()
    kits.asked.clear()
    compared = {action.name: compare(world, kits, index, {}) for index, action in enumerate(actions)}
    assert [(name, each.bare, each.guarded) for name, each in compared.items() if each.bare != each.guarded] == []
    # Every one of them went through the hook, once, and both ways of failing took part, and so did success.
    assert kits.asked == [action.name for action in actions]
    endings = [each.bare for each in compared.values()]
    assert sum(ending.error is not None for ending in endings) > 10
    assert sum(str(ending.result).startswith("Error") for ending in endings) > 20
    assert compared["WalletActionProvider_get_balance"].bare.result.startswith("Native balance")


def test_every_action_that_works_with_the_wallet_answers_whole_arguments_as_it_does_bare(world: World, kits: Kits) -> None:
    compared = {}
    for index, action in enumerate(kits.bare.get_actions()):
        arguments = samples_for(action, token=world.token, account=TO)
        if arguments is not None:
            compared[action.name] = compare(world, kits, index, arguments)
    assert [(name, each.bare, each.guarded) for name, each in compared.items() if each.bare != each.guarded] == []
    assert len(compared) == 37
    # These get as far as a transaction, whose hash most of the texts hold.
    assert {name for name, each in compared.items() if each.sent > 0} == {
        "ERC20ActionProvider_approve",
        "ERC20ActionProvider_transfer",
        "Erc721ActionProvider_mint",
        "MorphoActionProvider_deposit",
        "SuperfluidActionProvider_create_flow",
        "SuperfluidActionProvider_delete_flow",
        "SuperfluidActionProvider_update_flow",
        "WalletActionProvider_native_transfer",
        "WowActionProvider_create_token",
    }


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (NATIVE_TRANSFER, transfer(TO, "0.01"), "Transferred 0.01 ETH"),
        (NATIVE_TRANSFER, transfer(TO, "0.123456789012345678"), "Transferred 0.123456789012345678 ETH"),
        (NATIVE_TRANSFER, transfer(TO.lower(), "0.01"), "Transferred 0.01 ETH"),
        # The value is there, and the fees beside it are not.
        (NATIVE_TRANSFER, transfer(TO, "1"), "Error during transaction"),
        (TOKEN_TRANSFER, {"amount": "0.5", "destination_address": TO}, "Transferred 0.5 of Test USD"),
        (TOKEN_TRANSFER, {"amount": "5", "destination_address": TO}, "Error: Insufficient Test USD"),
        ("ERC20ActionProvider_approve", {"amount": "0.5", "spender_address": TO}, "Approved 0.5 Test USD"),
        ("ERC20ActionProvider_get_balance", {}, "Balance of Test USD"),
        ("ERC20ActionProvider_get_allowance", {"spender_address": TO}, "Allowance for"),
        ("WalletActionProvider_get_wallet_details", {}, "Wallet Details:"),
    ],
)
def test_what_moves_or_reads_money_ends_as_it_does_bare_down_to_the_hash(
    world: World, kits: Kits, name: str, arguments: dict[str, Any], said: str
) -> None:
    if name.startswith("ERC20"):
        arguments = {"contract_address": world.token, **arguments}
    index = [action.name for action in kits.bare.get_actions()].index(name)
    bare, guarded, sent = compare(world, kits, index, arguments)
    assert bare.result.startswith(said)
    assert sent == (1 if re.match("Transferred|Approved", said) else 0)
    assert guarded == bare


class Whom(BaseModel):
    name: str


def test_an_action_is_called_as_frameworks_call_it(kits: Kits) -> None:
    (action,) = [action for action in kits.guarded.get_actions() if action.name == "WalletActionProvider_get_balance"]

    # LangChain's tool and AutoGen's take the arguments by name, AutoGen in a thread; OpenAI's blocks the running loop.
    def tool(**kwargs: Any) -> Any:
        return action.invoke(kwargs)

    async def in_a_loop() -> list[Any]:
        return [await asyncio.to_thread(tool), str(action.invoke(json.loads("{}")))]

    expected = f"Native balance at address {kits.wallet.get_address()}: {kits.wallet.get_balance()}"
    assert [tool(), *asyncio.run(in_a_loop())] == [expected] * 3
    # AgentKit's own invoke takes one argument, by position or by this name.
    assert [action.invoke({}), action.invoke(args={})] == [expected] * 2


def test_models_among_the_arguments_reach_the_action_as_models(world: World) -> None:
    # LangChain hands nested models over as they are.
    seen: list[Any] = []

    def body(wallet: Any, args: dict[str, Any]) -> str:
        seen.append(args["whom"])
        return f"hello {args['whom'].name}"

    kit = with_policy(make_kit(make_wallet(world, "unchanged models"), [own_action(body)]), lambda context: allow())
    whom = Whom(name="Ada")
    assert invoke(kit, OWN_ACTION, {"whom": whom}) == "hello Ada"
    assert seen == [whom]
    assert seen[0] is not whom


@pytest.mark.parametrize("result", ["", None, {"success": True}, ["a", 1], 7])
def test_a_result_comes_back_as_the_very_object_that_the_action_returned(world: World, result: Any) -> None:
    kit = make_kit(make_wallet(world, "unchanged results"), [own_action(lambda wallet, args: result)])
    assert invoke(with_policy(kit, lambda context: allow()), OWN_ACTION, {}) is result


def test_an_error_comes_out_as_the_very_object_that_the_action_raised(world: World) -> None:
    own = KeyError("amount")

    def body(wallet: Any, args: dict[str, Any]) -> str:
        raise own

    kit = with_policy(make_kit(make_wallet(world, "unchanged errors"), [own_action(body)]), lambda context: allow())
    with pytest.raises(KeyError) as raised:
        invoke(kit, OWN_ACTION, {})
    assert raised.value is own
    assert raised.value.__cause__ is None
