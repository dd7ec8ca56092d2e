"""Tricks with arguments, each beside the nearest call that must pass, under a policy file and its real sidecar.

"Not executed" is counted at the wallet, and at the ledger by what it counts.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, model_serializer

from agentkit_policy import ActionContext, allow, policy_context, with_policy

from .children.sidecars import sidecar_pid
from .conftest import PolicyFile
from .own_action import native_payment
from .plain import Action, Policy, Wallet, code_of
from .world import ETHER, NATIVE_TRANSFER

KNOWN = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
BATCH = "ShopActionProvider_pay_all"
#: At most 0.05 an action and 0.1 a day, to one payee.
RULES = (
    '{ id: cap, limit: native, max: "0.05", window: attempt }',
    '{ id: day, limit: native, max: "0.1", per: [wallet], window: day }',
    f'{{ id: payee, allow: {{ recipients: ["{KNOWN}"] }} }}',
)
PAYMENT = {"to": KNOWN, "value": "0.05"}
PolicyFiles = Callable[..., PolicyFile]


class Kit:
    """AgentKit's native transfer, and a batch of them, over a wallet that no chain stands behind."""

    def __init__(self) -> None:
        self.wallet_provider = Wallet()

    def get_actions(self) -> list[Action]:
        wallet = self.wallet_provider

        def send(payment: Mapping[str, Any]) -> None:
            wallet.send_transaction({"to": payment["to"], "value": int(Decimal(payment["value"]) * ETHER)})

        def transfer(args: Any) -> str:
            send(args)
            return "Transferred"

        def pay_all(args: Any) -> str:
            for payment in args["payments"]:
                send(payment)
            return "Paid all"

        return [Action(NATIVE_TRANSFER, transfer), Action(BATCH, pay_all)]


class World:
    """A guarded kit with its policy file."""

    def __init__(self, policy: PolicyFile, others: Any = (), **options: Any) -> None:
        self.policy, bare = policy, Kit()
        self._wallet, self._kit = bare.wallet_provider, with_policy(bare, [*others, policy], **options)

    def invoke(self, name: str, args: Any) -> Any:
        (action,) = [action for action in self._kit.get_actions() if action.name == name]
        return action.invoke(args)

    def pay(self, args: Any) -> Any:
        return self.invoke(NATIVE_TRANSFER, args)

    @property
    def sent(self) -> list[int]:
        """In wei."""
        return [transaction["value"] for transaction in self._wallet.sent]

    def holds_nothing(self) -> None:
        """The whole day's budget is still there, and not a wei more."""
        assert self.policy.counted("day") == 0
        before = len(self.sent)
        texts = [self.pay({"to": KNOWN, "value": value}) for value in ("0.05", "0.05", "0.000000000000000001")]
        assert [code_of(text) for text in texts] == ["", "", "over_limit"]
        assert self.sent[before:] == [ETHER // 20, ETHER // 20]


@pytest.fixture
def world(policy_file: PolicyFiles) -> World:
    return World(policy_file(*RULES))


def _nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


_ENVELOPE = {"action": "x", "agentId": "root", "wallet": "0x1", "policy": "none", "approved": True, "dryRun": True}


def test_d01_keys_of_an_envelope_admit_no_wei_above_the_cap_and_their_payment_counts(world: World) -> None:
    assert code_of(world.pay({"to": KNOWN, "value": "0.050000000000000001", **_ENVELOPE})) == "over_limit"
    assert world.sent == []
    assert [code_of(world.pay({**PAYMENT, **_ENVELOPE})) for _ in range(3)] == ["", "", "over_limit"]
    assert world.sent == [ETHER // 20, ETHER // 20]


def test_d01_keys_of_an_envelope_say_nothing_of_who_acts(policy_file: PolicyFiles) -> None:
    seeing = Policy()
    world = World(policy_file(*RULES), [seeing])
    world.pay({**PAYMENT, **_ENVELOPE})
    with policy_context(agent_id="a1"):
        world.pay({**PAYMENT, **_ENVELOPE})
    assert [told.context.agent_id for told in seeing.log if told.hook == "before_action"] == [None, "a1"]


def test_d02_keys_that_reach_for_a_prototype_are_invalid(world: World) -> None:
    extras: list[dict[str, Any]] = [
        {"__proto__": {}},
        {"memo": {"constructor": {"prototype": {}}}},
        {"memo": [{"prototype": {}}]},
    ]
    for extra in extras:
        assert code_of(world.pay({**PAYMENT, **extra})) == "invalid_arguments", extra
    assert world.sent == []
    world.holds_nothing()


def test_d02_keys_that_only_look_like_them_pass(world: World) -> None:
    assert world.pay({**PAYMENT, "memo": {"proto": 1, "constructors": 2, "prototypes": 3}}) == "Transferred"
    assert world.sent == [ETHER // 20]


class _Turning(Mapping[str, Any]):
    """One amount at the first look, another at every later one."""

    def __init__(self, first: str, then: str) -> None:
        self._values = {"to": iter(lambda: KNOWN, ""), "value": iter([first] + [then] * 99)}

    def __getitem__(self, name: str) -> Any:
        return next(self._values[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def test_d03_arguments_that_change_at_every_look_pay_what_was_judged(world: World) -> None:
    texts = [world.pay(_Turning("0.01", "1000000")), world.pay(_Turning("1000000", "0.01"))]
    # What is sent is never more than what was judged, whether such a mapping is read once or refused as a whole.
    assert all(code_of(text) in ("", "over_limit", "invalid_arguments") for text in texts)
    assert world.sent == [ETHER // 100] * [code_of(text) for text in texts].count("")
    assert code_of(texts[1]) in ("over_limit", "invalid_arguments")
    assert world.pay({"to": KNOWN, "value": "0.01"}) == "Transferred"


class _Shown(BaseModel):
    to: str = KNOWN
    value: str = "1000000"

    @model_serializer
    def _dump(self) -> dict[str, Any]:
        return PAYMENT


def test_d03_a_model_that_dumps_something_else_than_it_holds_is_judged_by_what_it_holds(world: World) -> None:
    assert code_of(world.pay(_Shown())) in ("over_limit", "invalid_arguments")
    assert world.sent == []
    world.holds_nothing()


@pytest.mark.parametrize("swallows", [True, False])
def test_d05_a_policy_that_changes_arguments_changes_nothing_that_is_sent(policy_file: PolicyFiles, swallows: bool) -> None:
    def changing(context: ActionContext) -> Any:
        try:
            context.args["value"] = "1000000"
            object.__setattr__(context, "args", {"to": KNOWN, "value": "1000000"})
        except Exception:
            if not swallows:
                raise
        return allow()

    world = World(policy_file(*RULES), [changing])
    assert code_of(world.pay(dict(PAYMENT))) in ("", "policy_error")
    assert set(world.sent) <= {ETHER // 20}
    assert world.policy.counted("day") == sum(world.sent)


def test_d06_a_caller_that_changes_its_arguments_meanwhile_changes_nothing(policy_file: PolicyFiles) -> None:
    args = dict(PAYMENT)

    async def thinking(_: ActionContext) -> Any:
        await asyncio.sleep(0)
        args.update(to="0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", value="1000000")
        return allow()

    world = World(policy_file(*RULES), [thinking])
    assert world.pay(args) == "Transferred"
    assert args["value"] == "1000000"
    assert world.sent == [ETHER // 20]


_CYCLIC: dict[str, Any] = {**PAYMENT}
_CYCLIC["memo"] = _CYCLIC
_TOO_MUCH = {
    "a megabyte of text": {**PAYMENT, "memo": "x" * 2**20},
    "a megabyte of small values": {**PAYMENT, "memo": [1] * 2**17},
    "ten thousand levels": {**PAYMENT, "memo": _nested(10_000)},
    "a cycle": _CYCLIC,
}


def test_d08_arguments_that_are_too_much_are_refused_and_the_sidecar_stays_up(world: World) -> None:
    before = sidecar_pid(world.policy)
    for what, args in _TOO_MUCH.items():
        assert code_of(world.pay(args)) == "invalid_arguments", what
    assert world.sent == []
    world.holds_nothing()
    assert sidecar_pid(world.policy) == before


def test_d08_arguments_that_are_merely_large_or_deep_pass(world: World) -> None:
    assert world.pay({"to": KNOWN, "value": "0.01", "memo": "x" * 200_000}) == "Transferred"
    assert world.pay({"to": KNOWN, "value": "0.01", "memo": _nested(31)}) == "Transferred"
    assert len(world.sent) == 2


def test_d10_amounts_as_numbers_are_invalid(world: World) -> None:
    for value in (2**53 + 1, 0.05, 1, float("nan"), True):
        assert code_of(world.pay({"to": KNOWN, "value": value})) == "invalid_arguments", value
    assert world.sent == []
    world.holds_nothing()


def test_d10_amounts_as_text_are_exact_beyond_2_to_the_53(world: World) -> None:
    assert world.pay({"to": KNOWN, "value": "0.009007199254740993"}) == "Transferred"
    assert world.sent == [9_007_199_254_740_993] == [world.policy.counted("day")]


def test_d11_an_argument_that_the_action_is_not_known_to_take_is_invalid(world: World) -> None:
    for extra in ({"data": "0x"}, {"recipient": KNOWN}, {"amount": "1"}, {"Value": "1"}):
        assert code_of(world.pay({**PAYMENT, **extra})) == "invalid_arguments", extra
    assert world.sent == []
    world.holds_nothing()


def test_d11_what_models_add_to_any_call_passes(world: World) -> None:
    assert world.pay({**PAYMENT, "memo": "rent", "note": "for May"}) == "Transferred"
    assert world.sent == [ETHER // 20]


_BATCH_RULES = (
    '{ id: a-payee, limit: native, max: "0.001", per: [counterparty], window: attempt }',
    '{ id: day, limit: native, max: "0.1", per: [wallet], window: day }',
    "{ id: batches, limit: actions, max: 2, per: [wallet], window: day }",
    f"{{ id: shop, allow: {{ actions: [{BATCH}] }} }}",
)


def _payments(value: str, last: str | None = None) -> dict[str, Any]:
    values = [value] * 199 + [last or value]
    return {"payments": [{"to": f"0x{index:040x}", "value": each} for index, each in enumerate(values, start=1)]}


def test_d12_a_batch_is_reserved_as_one_or_denied_as_one(policy_file: PolicyFiles) -> None:
    def describe(args: Any) -> Any:
        return [native_payment(int(Decimal(payment["value"]) * ETHER), payment["to"]) for payment in args["payments"]]

    world = World(policy_file(*_BATCH_RULES), describe={BATCH: describe})
    for batch, limit in ((_payments("0.000500000000000001"), "day"), (_payments("0.0001", "0.001000000000000001"), "a-payee")):
        text = world.invoke(BATCH, batch)
        assert code_of(text) == "over_limit"
        assert f'"{limit}"' in text
    assert world.sent == []
    # Nothing of either was held: the whole day is still there, for exactly as much.
    assert [world.invoke(BATCH, _payments(value)) for value in ("0.0004", "0.0001")] == ["Paid all", "Paid all"]
    assert (len(world.sent), sum(world.sent)) == (400, ETHER // 10)
    assert code_of(world.invoke(BATCH, {"payments": []})) == "over_limit"


def test_d12_a_batch_of_which_nobody_can_tell_what_it_moves_stops_where_there_is_no_room(policy_file: PolicyFiles) -> None:
    world = World(policy_file(*_BATCH_RULES))
    assert code_of(world.invoke(BATCH, _payments("0.0006"))) == "over_limit"
    assert (len(world.sent), sum(world.sent)) == (166, 996 * ETHER // 10_000)
