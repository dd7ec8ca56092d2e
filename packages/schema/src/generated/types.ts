// Generated from schemas/v1 by "npm run codegen". Do not edit.
// Sources: context.schema.json, decision.schema.json, effect.schema.json, outcome.schema.json, rpc.schema.json, wallet-call.schema.json; SHA-256 4ceeee7f27f89e6145bf48f9f0da7c4a1285e5e834e1658cd1593f09d76e27ce

/**
 * What is being judged: an AgentKit action, or a call to the wallet.
 */
export type Layer = "action" | "wallet";
/**
 * A UUIDv7. Its time is the moment at which the attempt or the call began.
 */
export type Id = string;
/**
 * Plain JSON. Scalars that JSON lacks are tagged: {"$int": "…"}, {"$decimal": "…"}, {"$bytes": "base64"}; a user's own key that begins with $ gets one more.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | {
      [k: string]: JsonValue;
    };
/**
 * A CAIP-2 chain id.
 */
export type ChainId = string;
/**
 * The closed list of things that an action can do to value or authority. Whatever cannot be told is "unknown", never left out.
 */
export type EffectKind =
  | "transfer"
  | "approval"
  | "operator_approval"
  | "permit"
  | "authorization"
  | "delegation"
  | "contract_call"
  | "deploy"
  | "sign_message"
  | "sign_hash"
  | "external"
  | "fee"
  | "escape"
  | "unknown";
/**
 * A CAIP-19 asset id; eip155 contract addresses in lower case. The native coin of an eip155 chain is slip44:60.
 */
export type AssetId = string;
/**
 * An atomic amount, or "unlimited" where nothing bounds it (an approval of the largest number, a sentinel such as "max").
 */
export type EffectAmount = AtomicAmount | "unlimited";
/**
 * An exact amount in the asset's smallest unit (wei, lamports, 10^-6 USDC), as a decimal string without sign, exponent, separator or leading zero.
 */
export type AtomicAmount = string;
/**
 * A CAIP-10 account id; an eip155 address is in lower case.
 */
export type AccountId = string;
/**
 * A machine-readable reason. The set is open; codes.json lists ours.
 */
export type ReasonCode = string;
/**
 * Allow or deny, nothing else.
 */
export type PolicyDecision = Allow | Deny;
/**
 * denied: the body was never entered. cancelled: it ended by a control-flow exception and nothing was spent. unknown: it said that it failed, and something may have left.
 */
export type OutcomeStatus = "succeeded" | "failed" | "unknown" | "denied" | "cancelled";
/**
 * The exact version that both sides speak. There is no negotiation: another version is an error.
 */
export type ProtocolVersion = "1";
/**
 * A span of time in milliseconds. Deadlines travel as spans, because two processes need not agree on the time.
 */
export type DurationMs = number;
/**
 * The way by which authority leaves, named alike in both languages.
 */
export type WalletMethod = "send" | "sign_transaction" | "sign_typed_data" | "sign_message" | "sign_hash" | "escape" | "unknown";
/**
 * A decision, or, once, what has to be read first.
 */
export type DecisionAnswer =
  | {
      decision: PolicyDecision;
    }
  | {
      /**
       * @minItems 1
       */
      needs: [ReadRequest, ...ReadRequest[]];
    };
/**
 * waiting: recorded, not yet judged. refused: the guard said no. in_flight: handed to the wallet, which has not answered. never_left: failed before signed bytes existed. returned: the wallet answered with an id or a signature. raised: the wallet failed and may have let it leave.
 */
export type CallState = "waiting" | "refused" | "in_flight" | "never_left" | "returned" | "raised";

/**
 * Who acts, and for whom. It comes from the program (runWithContext, or a kit's own context), never from arguments.
 */
export interface Identity {
  userId?: string;
  sessionId?: string;
  runId?: string;
  agentId?: string;
  intentId?: string;
  labels?: StringMap;
}
/**
 * Free text by name, for people and logs; never read to decide.
 */
export interface StringMap {
  [k: string]: string;
}
/**
 * One attempt or one wallet call. The fields of the RFC keep their names and meaning; args is plain JSON, with scalars that JSON lacks tagged as {"$int"}, {"$decimal"} and {"$bytes"}.
 */
export interface ActionContext {
  layer: Layer;
  actionId: Id;
  callId?: Id;
  parentActionId?: Id;
  actionName: string;
  /**
   * The same id for the same action in both languages, such as wallet.native_transfer.
   */
  canonicalAction?: string;
  /**
   * The wallet's address as the chain writes it; eip155 in lower case.
   */
  walletAddress?: string;
  /**
   * AgentKit's network id, such as base-sepolia.
   */
  network?: string;
  chainId?: ChainId;
  args: JsonValue;
  userId?: string;
  sessionId?: string;
  runId?: string;
  agentId?: string;
  intentId?: string;
  labels?: StringMap;
  effects: Effect[];
  /**
   * Wallet calls only: the part of effects that the attempt's envelope does not cover.
   */
  excess?: Effect[];
  /**
   * Whether the wallet guard will see every call that moves this action's money.
   */
  moneyVisible: boolean;
  /**
   * SHA-256 (hex) of this exact call.
   */
  actionHash: string;
  /**
   * When the attempt or call began, RFC 3339 in UTC.
   */
  requestedAt: string;
}
/**
 * One thing an action or a wallet call would do. A field that is absent is undeclared: it matches anything when a wallet call draws on it, except the amount, which then covers nothing. An amount is one of an asset: without it no limit would count it.
 */
export interface Effect {
  kind: EffectKind;
  asset?: AssetId;
  amount?: EffectAmount;
  counterparty?: AccountId;
  contract?: AccountId;
  /**
   * The function called, by name where it could be decoded, by its four-byte selector where not.
   */
  method?: string;
  deadline?: AtomicAmount;
  /**
   * declared: read from the action's arguments. decoded: read from what the wallet was handed.
   */
  basis: "declared" | "decoded";
}
/**
 * The call may go ahead, as it was described.
 */
export interface Allow {
  decision: "allow";
  metadata?: StringMap;
  /**
   * Opaque data of the provider's, echoed to its later hooks, so that a fresh process can settle.
   */
  settlement?: {
    [k: string]: unknown;
  };
  /**
   * How long the allow may be acted on, in milliseconds from before the question was sent. Core asks again afterwards.
   */
  validForMs?: number;
}
/**
 * The call must not go ahead. A deny that carries an approval is a requestable denial: a person may admit it, and the agent then asks again.
 */
export interface Deny {
  decision: "deny";
  /**
   * One sentence that the model will read. It holds no secret and no instruction.
   */
  reason: string;
  code?: ReasonCode;
  metadata?: StringMap;
  retryAfterMs?: number;
  approval?: ApprovalHandle;
}
/**
 * Names a pending request to a person.
 */
export interface ApprovalHandle {
  id: string;
  expiresAt?: string;
}
/**
 * An amount of one asset that left, may have left, or was granted to somebody.
 */
export interface MoneyLine {
  kind: EffectKind;
  asset: AssetId;
  amount: EffectAmount;
  counterparty?: AccountId;
  contract?: AccountId;
}
/**
 * A transaction that a wallet call of the attempt made. confirmed and reverted mean that its receipt was seen, not that it is final.
 */
export interface Transaction {
  id: string;
  chainId: ChainId;
  nonce?: AtomicAmount;
  status: "submitted" | "confirmed" | "reverted";
}
/**
 * What became of an attempt: whether its body ran, what was spent, and by which transactions.
 */
export interface ActionOutcome {
  status: OutcomeStatus;
  /**
   * Whether the action's body ran at all.
   */
  entered: boolean;
  /**
   * What left or may have left. Inflows never credit it.
   */
  spent: MoneyLine[];
  transactions: Transaction[];
  /**
   * Whether every call that could move this attempt's money passes the wallet guard: the guard is on, no escape was used, and the action is not known to bypass the wallet. A call that is still in flight does not change it.
   */
  journalComplete: boolean;
  durationMs: number;
}
/**
 * The first message of a host.
 */
export interface InitializeParams {
  protocolVersion: ProtocolVersion;
  /**
   * The path of the policy file, absolute or relative to the process's working directory.
   */
  policy: string;
  /**
   * Who asks, for logs: the language and version of the shim.
   */
  host: string;
  /**
   * Exact names of the host's actions, so that a rule may name one that AgentKit does not bring along.
   */
  actions?: string[];
}
/**
 * What a host learns of the process that decides.
 */
export interface InitializeResult {
  protocolVersion: ProtocolVersion;
  /**
   * A random id of this very process: an envelope never survives it.
   */
  instance: string;
  /**
   * The ledger's own id; settlements go to the same ledger or nowhere.
   */
  ledgerId: string;
  /**
   * SHA-256 (hex) of the policy's content.
   */
  policyVersion: string;
}
/**
 * The plain facts of an attempt, as a host sees them. The deciding process completes them to a context.
 */
export interface AttemptFacts {
  actionId: Id;
  layer: Layer;
  parentActionId?: Id;
  actionName: string;
  args: JsonValue;
  /**
   * As the chain writes it; eip155 in lower case.
   */
  walletAddress?: string;
  network?: string;
  chainId?: ChainId;
  identity: Identity;
  /**
   * Whether a wallet guard watches this attempt's wallet calls.
   */
  guarded: boolean;
  /**
   * Milliseconds since 1970.
   */
  requestedAt: number;
  call?: WalletCallFacts;
  /**
   * What the action would do, as the host itself describes an action of its own: effects, whose eip155 ids may be in any case. It comes before everything that is built in. What is no effect denies with policy_error.
   */
  described?: JsonValue[];
}
/**
 * What the wallet was asked to do, as plain data. value is atomic; data is hex.
 */
export interface WalletCallFacts {
  callId: Id;
  method: WalletMethod;
  /**
   * The wallet's own name of the method.
   */
  walletMethod: string;
  chainId?: ChainId;
  from?: string;
  to?: string;
  value?: AtomicAmount;
  data?: string;
  nonce?: AtomicAmount;
  payload?: JsonValue;
  /**
   * The arguments as a host in another language got them, by parameter name, instead of to, value, data, nonce and payload: the deciding process reads them.
   */
  unread?: {
    [k: string]: JsonValue;
  };
  /**
   * Fields beyond the allow-list of a transaction's; any of them makes the call unknown.
   */
  otherFields?: string[];
}
/**
 * A fact that only the host's wallet can tell.
 */
export interface ReadRequest {
  kind: "decimals";
  chainId: ChainId;
  /**
   * The token's contract, in lower case.
   */
  token: string;
}
/**
 * A host's answer to a read request; null where the wallet could not tell.
 */
export interface Provided {
  request: ReadRequest;
  decimals: number | null;
}
/**
 * Asks whether an attempt may begin.
 */
export interface BeforeActionParams {
  facts: AttemptFacts;
  deadlineMs: DurationMs;
  provided?: Provided[];
}
/**
 * Asks whether a wallet call of an open attempt may be handed over.
 */
export interface BeforeWalletCallParams {
  actionId: Id;
  call: WalletCallFacts;
  deadlineMs: DurationMs;
}
/**
 * Says that a wallet call did not leave, so that what it drew of the envelope goes back. May be lost: the journal says it again.
 */
export interface ObserveParams {
  actionId: Id;
  callId: Id;
  observation: "refused" | "never_left";
}
/**
 * Everything that settling needs: a process that did not open the attempt settles it from this message and the ledger.
 */
export interface SettleParams {
  facts: AttemptFacts;
  /**
   * The ledger in which the attempt was opened; another is refused.
   */
  ledgerId: string;
  /**
   * before: the body was not entered. raised: it threw. returned: it returned.
   */
  stage: "before" | "raised" | "returned";
  result?: JsonValue;
  /**
   * What was thrown, by name and text.
   */
  error?: {
    name: string;
    message: string;
  };
  durationMs: number;
  /**
   * Whether the guarded wallet was used at all.
   */
  walletTouched: boolean;
  journal: JournalCall[];
  /**
   * What the host's own classifier says of the result, where it says anything; the words of outcome-labels.json decide otherwise.
   */
  said?: "succeeded" | "failed";
  /**
   * The denial that ended the attempt's wallet calls, where the host made it: an escape, a queue that was full.
   */
  denial?: {
    code: ReasonCode;
    reason: string;
  };
  /**
   * Every settlement that was answered in the attempt, oldest first.
   */
  settlements: {
    [k: string]: unknown;
  }[];
  provided?: Provided[];
}
/**
 * One wallet call in the journal of an attempt: its facts, recorded when it starts, and what became of it.
 */
export interface JournalCall {
  facts: WalletCallFacts;
  state: CallState;
  transactionId?: string;
  /**
   * SHA-256 (hex) of a signature that the call returned; the signature itself is a secret.
   */
  signatureHash?: string;
  nonce?: AtomicAmount;
  error?: string;
  receipt?: Receipt;
}
/**
 * A receipt of this very transaction (never of its replacement).
 */
export interface Receipt {
  status: "confirmed" | "reverted";
  blockNumber?: AtomicAmount;
}
/**
 * What became of the attempt.
 */
export interface SettleResult {
  outcome: ActionOutcome;
}
