"""A wallet whose every way of letting authority leave is judged."""

import inspect
import re
import types
import weakref
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from .agentkit import DERIVED, ESCAPES, READS, RECEIPT, is_eth_accounts_own, read_wallet_facts
from .attempt import running_attempt
from .decision import denied
from .errors import ActionDeniedError, PolicySetupError
from .guarded_call import GuardedCall, denied_call
from .hook import PolicyHook
from .send_turn import turn_of

W = TypeVar("W")

#: Names of secrets, and of URLs that hold one. A public key is none, nor is the id of a key.
_SECRET = re.compile(
    r"private|secret|mnemo|seed|entropy|pass(phrase|word|wd|code)|recovery_?(phrase|code)|credential|bearer|jwt|xpri?v|paymaster_?url"
    r"|(?<!public)(?<!public_)(?<!pub)(?<!pub_)(?<!turn)key(?!_?id)"
    r"|(^|_)(pk|sk|wif|auth)($|_)|(^_*|auth|access|refresh|session|api)_?token$",
    re.IGNORECASE,
)

_guarded: "weakref.WeakValueDictionary[int, Any]" = weakref.WeakValueDictionary()


def stand_in(of: type, members: dict[str, Any]) -> Any:
    """An object of a subclass under the same name, made without its constructor: ``isinstance`` and pydantic's check hold.

    AgentKit's wallets would report a wallet once more if they were constructed.
    """
    names = {"__module__": of.__module__, "__qualname__": of.__qualname__, "__doc__": of.__doc__}
    try:
        subclass = types.new_class(of.__name__, (of,), exec_body=lambda body: body.update(names | members))
        return object.__new__(subclass)
    except TypeError as error:
        raise PolicySetupError("invalid_option", f"a {of.__name__} cannot be guarded: {error}") from None


def sharing(inside: Any, members: dict[str, Any]) -> Any:
    """A stand-in with members of its own that has all else in common with what it stands for, its slots too."""
    slots = {name: slot for kind in reversed(type(inside).__mro__) for name, slot in vars(kind).items()}
    own = {name: _shared(slot, inside) for name, slot in slots.items() if inspect.ismemberdescriptor(slot) and name[:2] != "__"}
    outside = stand_in(type(inside), own | members)
    if hasattr(inside, "__dict__"):
        outside.__dict__ = inside.__dict__
    return outside


def _shared(slot: Any, inside: Any) -> property:
    return property(lambda _: slot.__get__(inside), lambda _, value: slot.__set__(inside, value))


def is_guarded_wallet(wallet: Any) -> bool:
    return _guarded.get(id(wallet)) is wallet


def guarded_wallet(hook: PolicyHook, wallet: W) -> W:
    """A stand-in of which nothing is inside: what is read of it, the wallet behind it answers, or its guard denies.

    Raises PolicySetupError ``already_guarded``.
    """
    if is_guarded_wallet(wallet):
        raise PolicySetupError("already_guarded", "this wallet is guarded already; guard the bare wallet")
    guard = _Guard(hook, wallet)
    change = guard.refuse_change
    members = {"__getattribute__": guard.member, "__setattr__": change, "__delattr__": change}
    outside: W = stand_in(type(wallet), {name: _method(member) for name, member in members.items()})
    guard.outside = outside
    _guarded[id(outside)] = outside
    return outside


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *args, **named: function(*args, **named)


class _Guard:
    outside: Any

    def __init__(self, hook: PolicyHook, wallet: Any) -> None:
        self._hook, self._wallet = hook, wallet
        # The wallet's own native_transfer runs on this view, which is never handed out: it shares all that the wallet has,
        # and its send and its look for the receipt come by here, so that the hash is known before the receipt is.
        # As properties, which come before what somebody has set on the wallet itself.
        view = {
            "send_transaction": property(lambda _: self._judged("send_transaction")),
            RECEIPT: property(lambda _: self._receipt),
        }
        self._view = sharing(wallet, view)

    def member(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            return object.__getattribute__(self.outside, name)
        attempt = running_attempt()
        if attempt is not None:
            attempt.wallet_touched = True
        value = getattr(self._wallet, name)
        if not callable(value):
            return self._field(name, value)
        call = self._callable(name)
        # Never functools.wraps: it would hand out the wallet's own method.
        call.__name__, call.__doc__ = name, value.__doc__
        return call

    def refuse_change(self, *_: Any) -> None:
        raise self._escape("a guarded wallet cannot be changed")

    def _callable(self, name: str) -> Callable[..., Any]:
        if name in READS:
            return lambda *args, **named: self._not_bare(getattr(self._wallet, name)(*args, **named))
        if name == RECEIPT:
            return lambda *args, **named: self._receipt(*args, **named)
        if name in ESCAPES:
            return lambda *args, **named: self._hands_out(name)
        if name in DERIVED:
            return lambda *args, **named: self._signer(getattr(type(self._wallet), name)(self.outside, *args, **named))
        if name == "native_transfer" and is_eth_accounts_own(self._wallet, name):
            return lambda *args, **named: getattr(type(self._wallet), name)(self._view, *args, **named)
        return self._judged(name)

    def _judged(self, name: str) -> Callable[..., Any]:
        return lambda *args, **named: self._not_bare(
            GuardedCall(self._hook, self._wallet, name, getattr(self._wallet, name))(*args, **named)
        )

    def _signer(self, signer: Any) -> Any:
        """AgentKit's signer, which asks the guarded wallet; whatever else a wallet of somebody's own hands out is denied."""
        if getattr(signer, "_wallet_provider", None) is self.outside:
            return signer
        raise self._escape("the wallet's to_signer() hands out what no policy can see behind")

    def _not_bare(self, value: Any) -> Any:
        return self.outside if value is self._wallet else value

    def _field(self, name: str, value: Any) -> Any:
        """Plain values pass; an account, a client or a secret would lead around the guard (`guard:escapes`)."""
        if isinstance(value, (type(None), bool, int, float, str, Decimal)) and not _SECRET.search(name):
            return value
        raise self._escape(f"the wallet's field {name} leads around the policy")

    def _hands_out(self, name: str) -> None:
        raise self._escape(f"the wallet's {name}() hands out what no policy can see behind")

    def _escape(self, reason: str) -> ActionDeniedError:
        return denied_call(running_attempt(), denied("escape_denied", reason))

    def _receipt(self, *args: Any, **named: Any) -> Any:
        receipt = getattr(self._wallet, RECEIPT)(*args, **named)
        self._note_receipt(args[0] if args else named.get("tx_hash"), receipt)
        return receipt

    def _note_receipt(self, asked: Any, receipt: Any) -> None:
        """A receipt counts only for the transaction that it names."""
        try:
            is_its_own = "0x" + bytes(receipt["transactionHash"]).hex() == asked
            status = {1: "confirmed", 0: "reverted"}[receipt["status"]]
            seen = {"status": status, "blockNumber": str(int(receipt["blockNumber"]))}
        except Exception:
            return
        turn, attempt = turn_of(read_wallet_facts(self._wallet)), running_attempt()
        if is_its_own and turn.unmined == asked:
            turn.unmined = None
        if is_its_own and attempt is not None:
            with attempt.lock:
                ours = attempt.journal.receipt(asked, seen)
            if ours:
                # One that comes after the seal may be final evidence.
                attempt.settle_again()
