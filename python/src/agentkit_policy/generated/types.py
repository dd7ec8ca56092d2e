# Generated from schemas/v1 by "npm run codegen". Do not edit.
# Sources: context.schema.json, decision.schema.json, effect.schema.json, outcome.schema.json, rpc.schema.json, wallet-call.schema.json; SHA-256 4ceeee7f27f89e6145bf48f9f0da7c4a1285e5e834e1658cd1593f09d76e27ce
import sys
from typing import Any, Literal, Optional, TypeAlias, TypedDict, Union

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:  # For type checkers, which bring it along; at run time nothing imports this file there.
    from typing_extensions import NotRequired


Layer: TypeAlias = Literal['action', 'wallet']


Id: TypeAlias = str


JsonValue: TypeAlias = Optional[Union[bool, float, str, list["JsonValue"], dict[str, "JsonValue"]]]


StringMap: TypeAlias = dict[str, str]
"""
Free text by name, for people and logs; never read to decide.
"""


class Allow(TypedDict):
    """
    The call may go ahead, as it was described.
    """

    decision: Literal['allow']
    metadata: NotRequired[StringMap]
    settlement: NotRequired[dict[str, Any]]
    validForMs: NotRequired[int]


class ApprovalHandle(TypedDict):
    """
    Names a pending request to a person.
    """

    id: str
    expiresAt: NotRequired[str]


ReasonCode: TypeAlias = str


AtomicAmount: TypeAlias = str


EffectAmount: TypeAlias = AtomicAmount | Literal['unlimited']


ChainId: TypeAlias = str


AccountId: TypeAlias = str


AssetId: TypeAlias = str


EffectKind: TypeAlias = Literal['transfer', 'approval', 'operator_approval', 'permit', 'authorization', 'delegation', 'contract_call', 'deploy', 'sign_message', 'sign_hash', 'external', 'fee', 'escape', 'unknown']


class Effect(TypedDict):
    """
    One thing an action or a wallet call would do. A field that is absent is undeclared: it matches anything when a wallet call draws on it, except the amount, which then covers nothing. An amount is one of an asset: without it no limit would count it.
    """

    kind: EffectKind
    asset: NotRequired[AssetId]
    amount: NotRequired[EffectAmount]
    counterparty: NotRequired[AccountId]
    contract: NotRequired[AccountId]
    method: NotRequired[str]
    deadline: NotRequired[AtomicAmount]
    basis: Literal['declared', 'decoded']


OutcomeStatus: TypeAlias = Literal['succeeded', 'failed', 'unknown', 'denied', 'cancelled']


class MoneyLine(TypedDict):
    """
    An amount of one asset that left, may have left, or was granted to somebody.
    """

    kind: EffectKind
    asset: AssetId
    amount: EffectAmount
    counterparty: NotRequired[AccountId]
    contract: NotRequired[AccountId]


class Transaction(TypedDict):
    """
    A transaction that a wallet call of the attempt made. confirmed and reverted mean that its receipt was seen, not that it is final.
    """

    id: str
    chainId: ChainId
    nonce: NotRequired[AtomicAmount]
    status: Literal['submitted', 'confirmed', 'reverted']


class ActionOutcome(TypedDict):
    """
    What became of an attempt: whether its body ran, what was spent, and by which transactions.
    """

    status: OutcomeStatus
    entered: bool
    spent: list[MoneyLine]
    transactions: list[Transaction]
    journalComplete: bool
    durationMs: float


ProtocolVersion: TypeAlias = Literal['1']


DurationMs: TypeAlias = float


class InitializeParams(TypedDict):
    """
    The first message of a host.
    """

    protocolVersion: ProtocolVersion
    policy: str
    host: str
    actions: NotRequired[list[str]]


class InitializeResult(TypedDict):
    """
    What a host learns of the process that decides.
    """

    protocolVersion: ProtocolVersion
    instance: str
    ledgerId: str
    policyVersion: str


class ReadRequest(TypedDict):
    """
    A fact that only the host's wallet can tell.
    """

    kind: Literal['decimals']
    chainId: ChainId
    token: str


class Provided(TypedDict):
    """
    A host's answer to a read request; null where the wallet could not tell.
    """

    request: ReadRequest
    decimals: int | None


class DecisionAnswer2(TypedDict):
    """
    A decision, or, once, what has to be read first.
    """

    needs: list[ReadRequest]


class ObserveParams(TypedDict):
    """
    Says that a wallet call did not leave, so that what it drew of the envelope goes back. May be lost: the journal says it again.
    """

    actionId: Id
    callId: Id
    observation: Literal['refused', 'never_left']


class Error(TypedDict):
    """
    What was thrown, by name and text.
    """

    name: str
    message: str


class Denial(TypedDict):
    """
    The denial that ended the attempt's wallet calls, where the host made it: an escape, a queue that was full.
    """

    code: ReasonCode
    reason: str


class SettleResult(TypedDict):
    """
    What became of the attempt.
    """

    outcome: ActionOutcome


WalletMethod: TypeAlias = Literal['send', 'sign_transaction', 'sign_typed_data', 'sign_message', 'sign_hash', 'escape', 'unknown']


WalletCallFacts = TypedDict(
    'WalletCallFacts',
    {
        'callId': Id,
        'method': WalletMethod,
        'walletMethod': str,
        'chainId': NotRequired[ChainId],
        'from': NotRequired[str],
        'to': NotRequired[str],
        'value': NotRequired[AtomicAmount],
        'data': NotRequired[str],
        'nonce': NotRequired[AtomicAmount],
        'payload': NotRequired[JsonValue],
        'unread': NotRequired[dict[str, JsonValue]],
        'otherFields': NotRequired[list[str]],
    },
)


CallState: TypeAlias = Literal['waiting', 'refused', 'in_flight', 'never_left', 'returned', 'raised']


class Receipt(TypedDict):
    """
    A receipt of this very transaction (never of its replacement).
    """

    status: Literal['confirmed', 'reverted']
    blockNumber: NotRequired[AtomicAmount]


class JournalCall(TypedDict):
    """
    One wallet call in the journal of an attempt: its facts, recorded when it starts, and what became of it.
    """

    facts: WalletCallFacts
    state: CallState
    transactionId: NotRequired[str]
    signatureHash: NotRequired[str]
    nonce: NotRequired[AtomicAmount]
    error: NotRequired[str]
    receipt: NotRequired[Receipt]


class Identity(TypedDict):
    """
    Who acts, and for whom. It comes from the program (runWithContext, or a kit's own context), never from arguments.
    """

    userId: NotRequired[str]
    sessionId: NotRequired[str]
    runId: NotRequired[str]
    agentId: NotRequired[str]
    intentId: NotRequired[str]
    labels: NotRequired[StringMap]


class ActionContext(TypedDict):
    """
    One attempt or one wallet call. The fields of the RFC keep their names and meaning; args is plain JSON, with scalars that JSON lacks tagged as {"$int"}, {"$decimal"} and {"$bytes"}.
    """

    layer: Layer
    actionId: Id
    callId: NotRequired[Id]
    parentActionId: NotRequired[Id]
    actionName: str
    canonicalAction: NotRequired[str]
    walletAddress: NotRequired[str]
    network: NotRequired[str]
    chainId: NotRequired[ChainId]
    args: JsonValue
    userId: NotRequired[str]
    sessionId: NotRequired[str]
    runId: NotRequired[str]
    agentId: NotRequired[str]
    intentId: NotRequired[str]
    labels: NotRequired[StringMap]
    effects: list[Effect]
    excess: NotRequired[list[Effect]]
    moneyVisible: bool
    actionHash: str
    requestedAt: str


class Deny(TypedDict):
    """
    The call must not go ahead. A deny that carries an approval is a requestable denial: a person may admit it, and the agent then asks again.
    """

    decision: Literal['deny']
    reason: str
    code: NotRequired[ReasonCode]
    metadata: NotRequired[StringMap]
    retryAfterMs: NotRequired[int]
    approval: NotRequired[ApprovalHandle]


PolicyDecision: TypeAlias = Allow | Deny


class AttemptFacts(TypedDict):
    """
    The plain facts of an attempt, as a host sees them. The deciding process completes them to a context.
    """

    actionId: Id
    layer: Layer
    parentActionId: NotRequired[Id]
    actionName: str
    args: JsonValue
    walletAddress: NotRequired[str]
    network: NotRequired[str]
    chainId: NotRequired[ChainId]
    identity: Identity
    guarded: bool
    requestedAt: float
    call: NotRequired[WalletCallFacts]
    described: NotRequired[list[JsonValue]]


class BeforeActionParams(TypedDict):
    """
    Asks whether an attempt may begin.
    """

    facts: AttemptFacts
    deadlineMs: DurationMs
    provided: NotRequired[list[Provided]]


class BeforeWalletCallParams(TypedDict):
    """
    Asks whether a wallet call of an open attempt may be handed over.
    """

    actionId: Id
    call: WalletCallFacts
    deadlineMs: DurationMs


class DecisionAnswer1(TypedDict):
    """
    A decision, or, once, what has to be read first.
    """

    decision: PolicyDecision


DecisionAnswer: TypeAlias = DecisionAnswer1 | DecisionAnswer2


class SettleParams(TypedDict):
    """
    Everything that settling needs: a process that did not open the attempt settles it from this message and the ledger.
    """

    facts: AttemptFacts
    ledgerId: str
    stage: Literal['before', 'raised', 'returned']
    result: NotRequired[JsonValue]
    error: NotRequired[Error]
    durationMs: float
    walletTouched: bool
    journal: list[JournalCall]
    said: NotRequired[Literal['succeeded', 'failed']]
    denial: NotRequired[Denial]
    settlements: list[dict[str, Any]]
    provided: NotRequired[list[Provided]]
