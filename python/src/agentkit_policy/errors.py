"""The errors of this package.

AgentkitPolicyError
├── PolicySetupError        a kit, a policy or an option that was put together wrongly; raised before any action runs
├── ActionDeniedError       a wallet call that was denied, and an action under on_deny="raise"
├── ActionFailedError       told to on_action_error when an action reported its failure as text
└── InsufficientFundsError  raised instead of a native send whose value the wallet does not hold
"""

from typing import Any


class AgentkitPolicyError(Exception):
    """Whatever this package raises."""


class PolicySetupError(AgentkitPolicyError):
    """``code`` is already_guarded, not_guarded, invalid_policy, invalid_option or sidecar_missing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ActionDeniedError(AgentkitPolicyError):
    """``denial`` is the decision. ``result`` is what the action had returned, where a wallet call in its body was denied."""

    def __init__(self, denial: dict[str, Any], result: Any = None) -> None:
        self.denial, self.result = denial, result
        self.code, self.reason = denial.get("code", "denied"), denial["reason"] or "no reason was given"
        super().__init__(f"denied by policy ({self.code}): {self.reason}")


class ActionFailedError(AgentkitPolicyError):
    """``result`` is what the action returned."""

    def __init__(self, result: Any) -> None:
        super().__init__(result if isinstance(result, str) else "the action reported a failure")
        self.result = result


class InsufficientFundsError(AgentkitPolicyError):
    """Raised by the guard, so that the commonest failure is known not to have left. Amounts are atomic."""


def error_text(error: object) -> str:
    """Text for anything that was raised, for people only; a node can answer with a whole page."""
    try:
        return (str(error) or type(error).__name__)[:1_000]
    except Exception:
        return type(error).__name__
