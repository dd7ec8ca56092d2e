import type {
  ActionContext,
  Effect,
  Identity,
  JournalCall,
  JsonValue,
  OutcomeStatus,
  WalletCallFacts,
} from "@agentkit-policy/schema";
import { actionHash } from "@agentkit-policy/schema";
import type { Description } from "./action-reader.js";
import type { Condition } from "./composition.js";
import { Envelope } from "./envelope.js";
import type { Denial } from "./errors.js";
import { isoTime } from "./iso-time.js";
import type { Ending } from "./outcome.js";
import type { PolicyProvider, SettledOutcome, Settlement } from "./provider.js";

/** The plain facts of an attempt. A sidecar receives the very same from another language. */
export interface AttemptFacts {
  /** A UUIDv7, made by the host. */
  readonly actionId: string;
  /** `wallet` for a wallet call outside any action, which is an attempt of its own (`guard:outside`). */
  readonly layer: "action" | "wallet";
  readonly parentActionId?: string;
  readonly actionName: string;
  /** Plain, tagged, frozen JSON. */
  readonly args: JsonValue;
  /** As the chain writes it; eip155 in lower case. */
  readonly walletAddress?: string;
  /** AgentKit's network id. */
  readonly network?: string;
  /** CAIP-2. */
  readonly chainId?: string;
  readonly identity: Identity;
  /** Whether a wallet guard watches this attempt's wallet calls. */
  readonly guarded: boolean;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  /** The call itself, where the attempt is one wallet call. */
  readonly call?: WalletCallFacts;
  /** What the host itself says that an action of its own would do, in its own words; empty where it moves and grants nothing. */
  readonly described?: readonly unknown[];
}

/** A provider that allowed the attempt, with what it wants echoed. */
export interface Participant {
  readonly provider: PolicyProvider;
  readonly settlements: Settlement[];
  /** The RFC's hooks come once a process. */
  told: boolean;
  /** What `settle` has not been told yet, because it failed; a newer outcome takes its place. */
  untold: SettledOutcome | undefined;
}

export function newParticipant(provider: PolicyProvider): Participant {
  return { provider, settlements: [], told: false, untold: undefined };
}

/** How an attempt ended, and the journal of its wallet calls. */
export interface SettleFacts {
  readonly actionId: string;
  readonly stage: Ending["stage"];
  readonly result?: unknown;
  readonly error?: unknown;
  readonly durationMs: number;
  /** What the host's own classifier says of the result, if it says anything. */
  readonly said?: "succeeded" | "failed";
  /** Whether the guarded wallet was used at all; a body that never touched it may have used another. */
  readonly walletTouched: boolean;
  readonly journal: readonly JournalCall[];
  /** What ended the attempt's wallet calls, where the host found it and the machine did not. */
  readonly denial?: Denial;
}

/** What the machine remembers of an open attempt, in memory only. */
export class Attempt {
  readonly facts: AttemptFacts;
  readonly description: Description;
  readonly context: ActionContext;
  readonly envelope: Envelope;
  readonly participants: Participant[] = [];
  /** What the predicates of the policy have said of this attempt; each is asked once. */
  readonly conditions = new Map<Condition, boolean>();
  /** Set by the first denied wallet call; every later one of the attempt is denied alike (`guard:denial-ends`). */
  denial: Denial | undefined;
  /** Settlements of one attempt never overlap. Undefined while none has taken time. */
  settling: Promise<unknown> | undefined;
  /** With what it was settled last; undefined while its body runs. */
  settledWith: SettleFacts | undefined;
  /** With which denial it was given back; undefined unless it was denied before it began. */
  released: Denial | undefined;
  /** The status that listeners have heard. */
  status: OutcomeStatus | undefined;
  /** Answers that may still come, and may bring something that has to be settled. */
  expectedAnswers = 0;

  /** Whether another process opened it. */
  readonly recovered: boolean;

  constructor(facts: AttemptFacts, description: Description, recovered = false) {
    this.recovered = recovered;
    this.facts = facts;
    this.description = description;
    this.context = contextOf(facts, description, facts.guarded && description.throughWallet);
    this.envelope = new Envelope(description.effects);
  }

  /**
   * Notes that a provider allowed something in this attempt, with what it wants echoed.
   * @returns whether that was news
   */
  allowedBy(provider: PolicyProvider, settlement: Settlement | undefined): boolean {
    const known = this.participants.find((candidate) => candidate.provider === provider);
    const participant = known ?? newParticipant(provider);
    if (known === undefined) this.participants.push(participant);
    if (settlement !== undefined) participant.settlements.push(settlement);
    return known === undefined || settlement !== undefined;
  }
}

/** The context of a wallet call: the identity and action are its attempt's, the arguments are the call's own facts. */
export function walletContext(
  attempt: Attempt,
  call: WalletCallFacts,
  effects: readonly Effect[],
  excess: readonly Effect[],
): ActionContext {
  const { callId, ...args } = call;
  const facts: AttemptFacts = { ...attempt.facts, layer: "wallet", args: Object.freeze(args) as unknown as JsonValue };
  return contextOf(facts, { ...attempt.description, effects }, attempt.context.moneyVisible, { callId, excess });
}

function contextOf(
  facts: AttemptFacts,
  description: Description,
  moneyVisible: boolean,
  call?: { readonly callId: string; readonly excess: readonly Effect[] },
): ActionContext {
  const { parentActionId, walletAddress, network, chainId } = facts;
  const { userId, sessionId, runId, agentId, intentId, labels } = facts.identity;
  const { canonicalAction } = description;
  // Members that are not known are absent. Added one by one, which costs a third of spreading them.
  const context: Writable<Omit<ActionContext, "actionHash">> = {
    layer: facts.layer,
    actionId: facts.actionId,
    actionName: facts.actionName,
    args: facts.args,
    effects: frozenEffects(description.effects),
    moneyVisible,
    requestedAt: isoTime(facts.requestedAt),
  };
  if (call !== undefined) {
    context.callId = call.callId;
    context.excess = frozenEffects(call.excess);
  }
  if (parentActionId !== undefined) context.parentActionId = parentActionId;
  if (canonicalAction !== undefined) context.canonicalAction = canonicalAction;
  if (walletAddress !== undefined) context.walletAddress = walletAddress;
  if (network !== undefined) context.network = network;
  if (chainId !== undefined) context.chainId = chainId;
  // By name, so that an identity that somebody else put together says nothing of the action.
  if (userId !== undefined) context.userId = userId;
  if (sessionId !== undefined) context.sessionId = sessionId;
  if (runId !== undefined) context.runId = runId;
  if (agentId !== undefined) context.agentId = agentId;
  if (intentId !== undefined) context.intentId = intentId;
  if (labels !== undefined) context.labels = labels;
  return Object.freeze(Object.defineProperty(context, "actionHash", hashOnDemand)) as ActionContext;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const hashes = new WeakMap<object, string>();

/** Hashing costs more than all the rest of a context, and most policies never look. */
const hashOnDemand: PropertyDescriptor = {
  enumerable: true,
  get(this: ActionContext): string {
    const known = hashes.get(this);
    if (known !== undefined) return known;
    const hash = actionHash(this);
    hashes.set(this, hash);
    return hash;
  },
};

function frozenEffects(effects: readonly Effect[]): Effect[] {
  return Object.freeze(effects.map(frozenEffect)) as Effect[];
}

/** By name as well: V8 gives every frozen copy by spreading a shape of its own, at ten times the price. */
function frozenEffect({ kind, asset, amount, counterparty, contract, method, deadline, basis }: Effect): Effect {
  const effect: Writable<Effect> = { kind, basis };
  if (asset !== undefined) effect.asset = asset;
  if (amount !== undefined) effect.amount = amount;
  if (counterparty !== undefined) effect.counterparty = counterparty;
  if (contract !== undefined) effect.contract = contract;
  if (method !== undefined) effect.method = method;
  if (deadline !== undefined) effect.deadline = deadline;
  return Object.freeze(effect);
}
