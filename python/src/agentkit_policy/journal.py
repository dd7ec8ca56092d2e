"""The wallet calls of one attempt, each recorded when it starts: one whose end nobody saw counts as gone."""

import hashlib
from typing import Any

#: What the contract takes for a transaction's id, in characters.
_LONGEST_ID = 256


class Journal:
    """Read and written under its attempt's lock."""

    def __init__(self) -> None:
        self._calls: dict[str, dict[str, Any]] = {}

    def start(self, facts: dict[str, Any]) -> None:
        self._calls[facts["callId"]] = {"facts": facts, "state": "waiting"}

    def note(self, call_id: str, **change: Any) -> None:
        self._calls[call_id].update(change)

    def state(self, call_id: str) -> str:
        return str(self._calls[call_id]["state"])

    def answered(self, call_id: str, answer: Any, *, is_send: bool) -> None:
        """A transaction's id is kept; of a signature only its hash, because it is a secret. Total."""
        self.note(call_id, state="returned")
        try:
            if is_send and isinstance(answer, str) and 0 < len(answer) <= _LONGEST_ID:
                self.note(call_id, transactionId=answer)
            elif not is_send:
                signature = getattr(answer, "raw_transaction", answer)
                signature = signature.encode() if isinstance(signature, str) else signature
                self.note(call_id, signatureHash=hashlib.sha256(signature).hexdigest())
        except Exception:
            pass  # The call has left, whatever cannot be read of its answer.

    def receipt(self, transaction_id: str, receipt: dict[str, Any]) -> bool:
        """Whether the transaction is one of ours."""
        ours = [call for call in self._calls.values() if call.get("transactionId") == transaction_id]
        for call in ours:
            call["receipt"] = receipt
        return bool(ours)

    def calls(self) -> list[dict[str, Any]]:
        """A copy, in the order in which the calls began."""
        return [dict(call) for call in self._calls.values()]

    def transactions(self) -> list[dict[str, Any]]:
        """What is known by its id, as an outcome names it."""
        known = [(call, call["facts"].get("chainId")) for call in self._calls.values() if "transactionId" in call]
        return [
            {
                "id": call["transactionId"],
                "chainId": chain,
                **({"nonce": call["nonce"]} if "nonce" in call else {}),
                "status": call.get("receipt", {}).get("status", "submitted"),
            }
            for call, chain in known
            if chain is not None
        ]

    @property
    def may_have_moved(self) -> bool:
        """Whether something was handed to the wallet and is not proven to have stayed."""
        return any(call["state"] in ("in_flight", "returned", "raised") for call in self._calls.values())
