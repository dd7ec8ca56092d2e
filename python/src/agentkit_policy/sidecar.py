"""The sidecar as one provider of a hook: started when needed, restarted with patience, and told what became of everything."""

import contextlib
import hashlib
import logging
import os
import platform
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .agentkit import read_decimals
from .attempt import Answer, Attempt, Participant, control_flow, say
from .connection import Connection, RpcError, SidecarTimeout
from .decision import denied
from .errors import PolicySetupError, error_text
from .fork import renew_in_child
from .generated.checks import is_decision_answer, is_initialize_result, is_settle_result
from .node import environment_for, find_node, program
from .snapshot import take_snapshot
from .timing import Deadline
from .transport import NotSent, Transport, TransportError
from .version import VERSION

#: How much longer than the sidecar's own deadline an answer is awaited, in seconds.
_GRACE_S = 0.25
_START_S = 10.0
#: How long the end of a program waits for settlements that are still to be told: a sidecar may have to start for them.
_FLUSH_S = _START_S
#: And how long it then waits for the sidecar to end.
_END_S = 2.0
#: Pauses before a start, or a settlement, that follows failed ones: doubled each time, in seconds.
_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
_ANOTHER_LEDGER, _SET_UP_FAILED, _INVALID_PARAMS = -32_011, -32_010, -32_602


class LedgerReplaced(Exception):
    """The sidecar has another ledger than the one that this process began with. It stays so until the program restarts."""

    def __init__(self) -> None:
        super().__init__("the ledger is another than before, and knows nothing of what was spent: restart the program")


class SettlementRefused(Exception):
    """The sidecar will never take this settlement."""


#: What may keep a message from being answered.
_Failures = (TransportError, SidecarTimeout, RpcError, LedgerReplaced, PolicySetupError, OSError)

_open: "weakref.WeakValueDictionary[tuple[Path, str, str], Sidecar]" = weakref.WeakValueDictionary()


class Sidecar:
    """One a process and policy file, as long as the same is in it. It decides; this side sends facts."""

    judges_calls = True

    @classmethod
    def open(
        cls, policy: str | os.PathLike[str], node: str | os.PathLike[str] | None, logger: logging.Logger, actions: Iterable[str]
    ) -> "Sidecar":
        """The sidecar of a policy file, started and ready. Raises PolicySetupError with what is wrong with file or ledger."""
        fresh = cls(Path(os.path.abspath(policy)), find_node(node), logger)
        sidecar = _open.setdefault(fresh._key, fresh)
        sidecar._actions.update(actions)
        try:
            sidecar._connect(Deadline(_START_S))
        except _Failures as error:
            code = "invalid_policy" if getattr(error, "code", None) == _SET_UP_FAILED else "sidecar_missing"
            raise PolicySetupError(code, str(error)) from None
        others = [known for ref in _open.valuerefs() if (known := ref()) and known._policy == sidecar._policy]
        if any(known._ledger_id not in ("", sidecar._ledger_id) for known in others):
            # A ledger in memory begins anew with each sidecar: one file would have two budgets.
            _open.pop(sidecar._key, None)
            raise PolicySetupError("invalid_policy", f"{sidecar._policy} has changed, and so has its ledger: restart the program")
        return sidecar

    def __init__(self, policy: Path, node: str, logger: logging.Logger) -> None:
        self._policy, self._node, self._logger = policy, node, logger
        self._key = self._read_key()
        self._actions: set[str] = set()
        self._environment = environment_for(policy)
        self._ledger_id = ""
        self._replaced = False
        self._connection: Connection | None = None
        self._sender: threading.Thread | None = None
        self._finalizer: weakref.finalize[Any, Any] | None = None
        #: At most one: what is left to end when the last kit that used it is gone.
        self._running: list[Transport] = []
        self._renew()
        renew_in_child(self._renew)

    def before_action(self, attempt: Attempt, deadline: Deadline) -> Answer:
        params: dict[str, Any] = {"facts": attempt.facts}
        answer, needs = self._ask("policy/beforeAction", params, deadline)
        if needs:
            provided = [{"request": need, "decimals": read_decimals(attempt.wallet, need["token"], deadline)} for need in needs]
            answer, _ = self._ask("policy/beforeAction", {**params, "provided": provided}, deadline)
        return answer

    def before_wallet_call(self, attempt: Attempt, call: dict[str, Any], deadline: Deadline) -> Answer:
        return self._ask("policy/beforeWalletCall", {"actionId": attempt.action_id, "call": call}, deadline)[0]

    def observe(self, attempt: Attempt, call_id: str, observation: str) -> None:
        """Says that a call did not leave. May be lost: the journal says it again."""
        connection, params = self._connection, {"actionId": attempt.action_id, "callId": call_id, "observation": observation}
        try:
            if connection is not None:
                connection.notify("policy/observe", params, Deadline(_GRACE_S))
        except TransportError:
            pass

    def settle(self, attempt: Attempt, participant: Participant, outcome: dict[str, Any] | None) -> dict[str, Any] | None:
        params, deadline = self._settle_params(attempt, participant), Deadline(attempt.hook.options.settle_deadline_s)
        if params["stage"] == "before":
            # The queue tells it, for which the end of the program waits too.
            self._settle_later(params)
            if self._sender is None:
                self._send_queued(once=deadline)  # It is told already, or no thread starts any more.
                return None
            with self._queue_changed:
                self._queue_changed.wait_for(lambda: params not in self._queue, deadline.remaining)
            return None
        try:
            try:
                return self._send_settlement(params, deadline)
            except TransportError:
                # It died; a fresh one takes the same settlement, once or twice alike.
                return self._send_settlement(params, deadline)
        except SettlementRefused as error:
            say(self._logger, "error", "a settlement was refused: %s", error)
        except _Failures as error:
            self._settle_later(params)
            say(self._logger, "warning", "a settlement waits for the sidecar: %s", error_text(error))
        except BaseException:
            # Interrupted: the message may be on its way, and comes again, which changes nothing.
            self._settle_later(params)
            raise
        return None

    # Questions

    def _ask(self, method: str, params: dict[str, Any], deadline: Deadline) -> tuple[Answer, list[dict[str, Any]]]:
        """A decision, and what has to be read from the wallet first, if anything has."""
        try:
            answer = self._request(method, params, deadline, tells_deadline=True)
        except SidecarTimeout:
            return Answer(denied("policy_timeout", "the sidecar did not decide in time"), ambiguous=True), []
        except LedgerReplaced as error:
            return Answer(denied("ledger_replaced", str(error))), []
        except _Failures as error:
            # fail:closed: a sidecar that is gone, or cannot start, has not allowed.
            say(self._logger, "warning", "the sidecar failed: %s", error_text(error))
            return Answer(denied("policy_error", "the sidecar failed to decide"), ambiguous=True), []
        asks_again = isinstance(answer, dict) and "needs" in answer and "provided" not in params
        if not is_decision_answer(answer) or ("decision" not in answer and not asks_again):
            return Answer(denied("invalid_decision", "the sidecar's answer is neither allow nor deny"), ambiguous=True), []
        return Answer(answer.get("decision", {})), answer.get("needs", [])

    def _request(self, method: str, params: dict[str, Any], deadline: Deadline, *, tells_deadline: bool = False) -> Any:
        while True:
            connection = self._connect(deadline)
            left = {"deadlineMs": deadline.remaining * 1000} if tells_deadline else {}
            try:
                answer = connection.request(method, {**params, **left}, Deadline(deadline.remaining + _GRACE_S))
            except NotSent:
                # It died unnoticed before the question: a fresh one is asked instead.
                self._give_up(connection)
                if deadline.remaining == 0:
                    raise
                continue
            except (SidecarTimeout, TransportError) as error:
                if not isinstance(error, SidecarTimeout) or error.silent:
                    self._give_up(connection)
                raise
            self._failures = 0
            return answer

    # Settlements

    def _settle_params(self, attempt: Attempt, participant: Participant) -> dict[str, Any]:
        with attempt.lock:
            ending, journal, denial = attempt.ending, attempt.journal.calls(), attempt.denial
        assert ending is not None
        error = ending.error
        said = attempt.said
        name, text = type(error).__name__, error_text(error)
        # The name of control flow that it inherits is what the sidecar knows it by.
        told = {"name": (control_flow(error) or name)[:256], "message": "" if text == name else text}
        return {
            "facts": attempt.facts,
            "ledgerId": self._ledger_id,
            "stage": ending.stage,
            "durationMs": attempt.duration_ms,
            "walletTouched": attempt.wallet_touched,
            "journal": journal,
            "settlements": participant.settlements,
            **({"result": _plain_result(ending.result)} if ending.stage == "returned" else {}),
            **({} if error is None else {"error": told}),
            **({} if said is None else {"said": said}),
            **({} if denial is None else {"denial": {"code": denial.get("code", "denied"), "reason": denial["reason"]}}),
        }

    def _send_settlement(self, params: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
        """The outcome. Raises SettlementRefused where trying again is of no use."""
        try:
            result = self._request("policy/settle", params, deadline)
        except Exception as error:
            # Of money that another ledger holds nothing can be said here, and what is no message never will be one: what is armed
            # counts as spent.
            refused = isinstance(error, LedgerReplaced) or getattr(error, "code", 0) in (_ANOTHER_LEDGER, _INVALID_PARAMS)
            if isinstance(error, _Failures) and not refused:
                raise
            raise SettlementRefused(error_text(error)) from None
        if not is_settle_result(result):
            raise TransportError("the sidecar's answer to a settlement does not match the contract")
        outcome: dict[str, Any] = result["outcome"]
        return outcome

    def _settle_later(self, params: dict[str, Any]) -> None:
        """Queues a settlement. One that is lost with its process counts as armed: the safe side."""
        with self._queue_changed:
            self._queue.append(params)
            if self._sender is None or not self._sender.is_alive():
                sender = threading.Thread(target=self._send_queued, name="agentkit-policy", daemon=True)
                # Where no thread starts any more, it waits for one that does: the caller's own would never come back.
                with contextlib.suppress(RuntimeError):
                    sender.start()
                    self._sender = sender

    def _send_queued(self, once: Deadline | None = None) -> None:
        failures, params = 0, self._next_queued(None)
        while params is not None:
            try:
                self._send_settlement(params, once or Deadline(_START_S))
            except SettlementRefused as error:
                say(self._logger, "error", "a settlement was refused: %s", error)
            except Exception:
                if once is not None:
                    return
                time.sleep(_pause_after(failures := failures + 1))
                continue
            params = self._next_queued(params)

    def _next_queued(self, done: dict[str, Any] | None) -> dict[str, Any] | None:
        """What is to be sent next. Whoever hears that there is nothing sends no more: one lock for both, so that none is left."""
        with self._queue_changed:
            # Somebody who sends as well, after an interrupt, may have been quicker.
            if self._queue and self._queue[0] is done:
                self._queue.popleft()
                self._queue_changed.notify_all()
            if not self._queue:
                self._sender = None
            return self._queue[0] if self._queue else None

    # Lifetime

    def _connect(self, deadline: Deadline) -> Connection:
        """The running sidecar's connection; starts one where none runs."""
        connection = self._connection
        if connection is not None and not connection.ended:
            return connection
        if self._replaced:
            raise LedgerReplaced
        try:
            if not self._starting.acquire(timeout=deadline.remaining):
                raise SidecarTimeout(silent=False)
            if self._connection is None or self._connection.ended:
                pause = self._not_before - time.monotonic()
                if pause >= deadline.remaining:
                    raise TransportError("the sidecar keeps failing; it is started again a little later")
                time.sleep(max(0.0, pause))
                self._connection = self._start(Deadline(deadline.remaining))
            return self._connection
        finally:
            try:
                self._starting.release()
            except RuntimeError:
                pass  # An interrupt, or its deadline, came before it was taken.

    def _start(self, deadline: Deadline) -> Connection:
        folder = str(self._policy.parent) if self._policy.parent.is_dir() else os.sep
        key = self._read_key()
        transport = Transport([self._node, str(program("sidecar"))], self._environment, folder)
        connection = Connection(transport)
        try:
            described = connection.request(
                "initialize",
                {
                    "protocolVersion": "1",
                    "policy": str(self._policy),
                    "host": f"python {platform.python_version()}, agentkit-policy {VERSION}",
                    "actions": sorted(self._actions),
                },
                deadline,
            )
            if not is_initialize_result(described):
                raise TransportError(f"the sidecar is of another version: {described!r:.200}")
            self._replaced = self._ledger_id not in ("", described["ledgerId"])
            if self._replaced:
                raise LedgerReplaced
        except BaseException:
            self._give_up(connection)
            raise
        self._ledger_id = described["ledgerId"]
        if key != self._key:
            # It has started again with another policy: who opens the one that it had gets no other one for it.
            if _open.get(self._key) is self:
                del _open[self._key]
            self._key, _ = key, _open.setdefault(key, self)
        self._running[:] = [transport]
        # The last kit that used it is gone, or the program ends: so does the sidecar.
        self._finalizer = self._finalizer or weakref.finalize(self, _end, self._running, self._queue, self._queue_changed)
        return connection

    def _read_key(self) -> tuple[Path, str, str]:
        """What sidecars are shared by: the file, what is in it now, and the Node."""
        with contextlib.suppress(OSError):
            return self._policy, self._node, hashlib.sha256(self._policy.read_bytes()).hexdigest()
        return self._policy, self._node, ""  # The sidecar says what is wrong with it.

    def _give_up(self, connection: Connection) -> None:
        """Kills a sidecar that hangs, or speaks no protocol, or cannot be used; the next question starts a fresh one."""
        if connection.give_up():
            self._failures += 1
            self._not_before = time.monotonic() + _pause_after(self._failures)

    def _renew(self) -> None:
        """A forked child starts a sidecar of its own, and has none of its parent's settlements to send."""
        if self._connection is not None:
            self._connection.transport.abandon()
        if self._finalizer is not None:
            self._finalizer.detach()
        self._connection, self._finalizer, self._sender, self._running = None, None, None, []
        self._starting = threading.RLock()
        self._failures, self._not_before = 0, 0.0
        self._queue: deque[dict[str, Any]] = deque()
        self._queue_changed = threading.Condition()


def _pause_after(failures: int) -> float:
    return _PAUSES_S[min(failures, len(_PAUSES_S)) - 1]


def _plain_result(result: Any) -> Any:
    """What the sidecar reads a failure from. Of a long text, a document, the beginning tells all."""
    try:
        return result[:1_000] if isinstance(result, str) and len(result) > 60_000 else take_snapshot(result)[0]
    except Exception:
        return None


def _end(running: list[Transport], queue: "deque[dict[str, Any]]", queue_changed: threading.Condition) -> None:
    with queue_changed:
        queue_changed.wait_for(lambda: not queue, _FLUSH_S)
    for transport in running:
        transport.end(_END_S)
