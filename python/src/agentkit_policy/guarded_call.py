"""The way of one wallet call: its turn, the balance, the judgement, the check in the moment of acting on it, the journal."""

import inspect
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import nullcontext
from typing import Any

from .agentkit import AUTHORITY, has_unmined_transactions, is_eth_accounts_own, known_arguments
from .attempt import IN_HOOK, Attempt, new_id, running_attempt
from .decision import denied
from .errors import ActionDeniedError, InsufficientFundsError, error_text
from .hook import EXPIRED, PolicyHook
from .identity import scope
from .send_turn import Turn, take_turn
from .snapshot import SnapshotError, take_snapshot
from .timing import Deadline, Validity

_ACTS_LATER = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)


def denied_call(attempt: Attempt | None, denial: dict[str, Any]) -> ActionDeniedError:
    """One denied wallet call ends the attempt's spending (`guard:denial-ends`)."""
    if attempt is not None:
        attempt.deny_further_calls(denial)
    return ActionDeniedError(denial)


class GuardedCall:
    """One call, judged and, if it may go, handed to the wallet."""

    def __init__(self, hook: PolicyHook, wallet: Any, name: str, run: Callable[..., Any]) -> None:
        self._hook, self._wallet, self._name, self._run = hook, wallet, name, run
        self._method = AUTHORITY.get(name, "unknown")
        self._is_send = self._method == "send"
        self._call_id = new_id()

    def __call__(self, *args: Any, **named: Any) -> Any:
        """As part of the running attempt of the same kit, or as one of its own. Raises ActionDeniedError, or as the wallet."""
        if scope.get() is IN_HOOK:
            # A policy that spends while it decides would wait for itself, or recurse without end.
            raise ActionDeniedError(denied("reentrant", "a policy used the guarded wallet inside its own hook"))
        attempt = running_attempt(self._hook)
        if any(acts_later(self._run) for acts_later in _ACTS_LATER):
            # It would leave when it is awaited or iterated, perhaps after the seal and past every deadline: deny. AgentKit's own
            # are plain.
            raise denied_call(attempt, self._acts_later())
        signature = inspect.signature(self._run)
        self._bound = signature.bind(*args, **named)
        deadline = self._hook.begin()
        try:
            unread, own = take_snapshot(dict(self._bound.arguments), big_integers=True)
            self._wallet_facts = self._hook.facts_of(self._wallet, deadline)
        except SnapshotError as error:
            raise denied_call(attempt, denied("invalid_arguments", str(error))) from None
        except ActionDeniedError as error:
            raise denied_call(attempt, error.denial) from error.__cause__
        # What is handed over is the copy that was judged.
        self._bound.arguments.update(own)
        known, first = known_arguments(self._name, signature), next(iter(own), "")
        transaction = own[first] if first in known and self._method in ("send", "sign_transaction") else None
        #: The very transaction that EthAccount fills in: nonce and fees first, gas last.
        self._transaction: dict[str, Any] = transaction if isinstance(transaction, dict) else {}
        self._gas_given = "gas" in self._transaction
        sender, chain = self._wallet_facts.get("walletAddress"), self._wallet_facts.get("chainId")
        is_signed = self._method == "sign_transaction" and isinstance(transaction, dict)
        if is_signed and "chainId" not in self._transaction and chain and chain.startswith("eip155:"):
            # Signed for no chain it is valid on every one. EthAccount fills in an absent one too; another wallet might not.
            unread[first]["chainId"] = self._transaction["chainId"] = int(chain.removeprefix("eip155:"))
        self._facts: dict[str, Any] = {
            "callId": self._call_id,
            "method": self._method,
            "walletMethod": self._name,
            "unread": unread,
        }
        self._facts |= ({"from": sender} if sender else {}) | ({"chainId": chain} if chain else {})
        if self._method != "unknown" and not own.keys() <= known:
            # What stands beside the known may take the place of what was judged: the call is unknown.
            self._facts["otherFields"] = ["arguments"]
        return self._outside(deadline) if attempt is None else self._inside(attempt, Validity())

    def _outside(self, deadline: Deadline) -> Any:
        """A call outside any attempt is an attempt of its own, and goes to every provider (`guard:outside`)."""
        facts, name = self._facts, f"WalletProvider.{self._name}"
        attempt = self._hook.open_attempt(
            "wallet", name, facts["unread"], self._wallet, self._wallet_facts, guarded=True, call=facts
        )
        attempt.wallet_touched = True
        return self._hook.run(attempt, lambda allowed: self._inside(attempt, allowed), deadline)

    def _inside(self, attempt: Attempt, allowed: Validity) -> Any:
        with attempt.lock:
            attempt.journal.start(self._facts)
        deadline = Deadline(self._hook.options.queue_wait_s)
        try:
            with take_turn(self._wallet_facts, deadline) if self._is_send else nullcontext() as turn:
                self._refuse_if(attempt.refusal)
                self._wait_for_nonce(turn, deadline)
                self._check_balance(attempt)
                verdict = self._hook.judge_call(attempt, self._facts)
                if isinstance(verdict, dict):
                    raise ActionDeniedError(verdict)
                if not self._is_same_wallet():
                    raise ActionDeniedError(denied("context_changed", "the wallet changed its chain or address meanwhile"))
                with attempt.lock:
                    # Seal, validity and journal in one: whoever seals after this finds the call in flight.
                    self._refuse_if(attempt.refusal)
                    if not (verdict.holds and allowed.holds):
                        raise ActionDeniedError(EXPIRED)
                    attempt.journal.note(self._call_id, state="in_flight")
                return self._hand_over(attempt, turn)
        except ActionDeniedError as error:
            # What the wallet itself raised, a denial perhaps, is the wallet's answer; the journal has it already.
            if attempt.journal.state(self._call_id) == "waiting":
                attempt.journal.note(self._call_id, state="refused")
                attempt.deny_further_calls(error.denial)
                self._hook.never_left(attempt, self._call_id, "refused")
            raise

    def _hand_over(self, attempt: Attempt, turn: Turn | None) -> Any:
        own = is_eth_accounts_own(self._wallet, self._name)
        try:
            result = self._run(*self._bound.args, **self._bound.kwargs)
        except BaseException as error:
            # guard:never-left: an error of the broadcast proves nothing, because web3 repeats a send whose answer was lost and
            # then says "nonce too low". Only an error from before the signature does.
            proven = own and self._is_send and not self._gas_given and "gas" not in self._transaction
            with attempt.lock:
                attempt.journal.note(self._call_id, state="never_left" if proven else "raised", error=error_text(error))
            if proven:
                self._hook.never_left(attempt, self._call_id, "never_left")
            elif turn is not None:
                turn.unmined = "?"
            raise
        else:
            if inspect.isawaitable(result) or inspect.isgenerator(result) or isinstance(result, (AsyncIterator, Future)):
                # It may leave yet: it stays in flight, which counts as gone, and nobody is given what could be awaited.
                denial = denied_call(attempt, self._acts_later())
                if turn is not None:
                    turn.unmined = "?"
                if inspect.iscoroutine(result) or inspect.isgenerator(result):
                    result.close()
                raise denial
            with attempt.lock:
                attempt.journal.answered(self._call_id, result, is_send=self._is_send)
            if turn is not None:
                turn.unmined = result if isinstance(result, str) else "?"
            return result
        finally:
            nonce = self._transaction.get("nonce")
            if own and type(nonce) is int:
                with attempt.lock:
                    attempt.journal.note(self._call_id, nonce=str(nonce))
            attempt.settle_again()

    def _acts_later(self) -> dict[str, Any]:
        return denied("escape_denied", f"the wallet's {self._name}() acts when it is awaited or iterated, where no policy looks")

    def _wait_for_nonce(self, turn: Turn | None, deadline: Deadline) -> None:
        """EthAccount takes the latest nonce: while a transaction of ours is not mined, the next would take its place."""
        if turn is None or turn.unmined is None or not is_eth_accounts_own(self._wallet, "send_transaction"):
            return
        while has_unmined_transactions(self._wallet):
            if deadline.remaining == 0:
                raise ActionDeniedError(denied("queue_timeout", "the wallet's last transaction is not mined yet"))
            time.sleep(0.05)
        turn.unmined = None

    def _check_balance(self, attempt: Attempt) -> None:
        """Fails a send whose value is not there, so that it is proven not to have left."""
        value = self._transaction.get("value")
        if not self._is_send or type(value) is not int:
            return
        try:
            balance = self._wallet.get_balance()
            missing = balance < value
        except Exception:
            # A balance that cannot be read proves nothing; the send goes its way, and counts as gone if it fails.
            return
        if missing:
            sums = f"the wallet holds {balance} and the transaction's value is {value} (atomic units)"
            error = InsufficientFundsError(f"insufficient funds for transfer: {sums}")
            with attempt.lock:
                attempt.journal.note(self._call_id, state="never_left", error=str(error))
            raise error

    def _refuse_if(self, denial: dict[str, Any] | None) -> None:
        if denial is not None:
            raise ActionDeniedError(denial)

    def _is_same_wallet(self) -> bool:
        try:
            return self._hook.facts_of(self._wallet, self._hook.begin()) == self._wallet_facts
        except ActionDeniedError:
            # A wallet that cannot be named any more is not known to be the same.
            return False
