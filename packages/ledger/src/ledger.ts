/** The scope values of an attempt. All that are known are stored, also where no limit asks for them yet. */
export interface ScopeValues {
  /** Namespace and address, such as `eip155:0xf39f…`. */
  readonly wallet?: string;
  readonly user?: string;
  readonly session?: string;
  readonly run?: string;
  readonly agent?: string;
  /** The canonical action id, or the action's own name. */
  readonly action?: string;
}

export type Scope = keyof ScopeValues | "counterparty";

/** A calendar period in a time zone (IANA's name; UTC unless said). */
export interface CalendarWindow {
  readonly kind: "calendar";
  readonly unit: "hour" | "day" | "week" | "month";
  readonly timeZone?: string;
}

export type Window =
  | { readonly kind: "attempt" }
  | { readonly kind: "rolling"; readonly ms: number }
  | CalendarWindow
  | { readonly kind: "lifetime" }
  | { readonly kind: "open" };

/** A maximum over a query. Two limits that differ only in `id` and `max` share one balance. */
export interface Limit {
  /** The rule's id, for messages; no part of the query. */
  readonly id: string;
  readonly unit: "amount" | "actions";
  /** CAIP-19; required for `amount`, absent for `actions`. */
  readonly asset?: string;
  /** Empty: one balance for all. */
  readonly per: readonly Scope[];
  readonly window: Window;
  /** Atomic units, or a count. */
  readonly max: string;
}

/** An amount that an attempt asks for. */
export type AskedLine =
  | { readonly unit: "amount"; readonly asset: string; readonly amount: string; readonly counterparty?: string }
  | { readonly unit: "actions" };

export type EntryState = "reserved" | "armed" | "closed" | "void";

/**
 * Why a verb was refused. Nothing changed in the ledger.
 * over_limit, missing_scope: a limit said so (`limitId` names it). expired, closed, unknown_step: the entry's state.
 * idempotency_mismatch: the same key with another request. intent_conflict: another attempt holds the same intent with other
 * content. intent_executed: another attempt with the same content has done it, or may have. clock_jumped: see `ledger:clock`.
 * frozen: a scope of the attempt is frozen. invalid_request: what was asked cannot be read, or cannot be true.
 */
export type RefusalCode =
  | "over_limit"
  | "missing_scope"
  | "expired"
  | "closed"
  | "unknown_step"
  | "idempotency_mismatch"
  | "intent_conflict"
  | "intent_executed"
  | "clock_jumped"
  | "frozen"
  | "invalid_request";

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For logs: exact amounts in atomic units. */
  readonly reason: string;
  /** The limit that refused. */
  readonly limitId?: string;
}

export interface Granted {
  readonly ok: true;
  readonly state: EntryState;
  /** The ledger's time when it answered: what is left is counted from here, by a clock that does not step. */
  readonly now: number;
  /** The last millisecond at which the entry may be armed or acted on. */
  readonly sendBy: number;
  /** The latest moment at which its money can still move. */
  readonly until: number;
}

export type LedgerAnswer = Granted | Refusal;

export interface ReserveRequest {
  /** A UUIDv7; older than `life`, it is refused as expired. */
  readonly attemptId: string;
  /** `root`, or the id of the wallet call whose excess this is. */
  readonly stepId: string;
  /** A later step may add values, and then brings the earlier lines under them; it cannot change one (`invalid_request`). */
  readonly scopes: ScopeValues;
  readonly lines: readonly AskedLine[];
  readonly limits: readonly Limit[];
  /** Reserve and arm in one durable write. */
  readonly arm?: boolean;
  /** Earlier steps that the call draws on too; refused when one is missing, as a database may have lost it. */
  readonly relies?: readonly string[];
  /** With `arm`: the latest deadline (ms since 1970) of a signature that it covers. */
  readonly signatureDeadline?: number;
  /** The payment that the attempt is meant to be, given with its first step. */
  readonly intent?: Intent;
}

/** One intended payment, which executes once whatever number of attempts is made at it (`scope:identity`). */
export interface Intent {
  /** The same for every attempt at it, and for no other payment. */
  readonly key: string;
  /** What would be done: an attempt under the same key with other content is refused. */
  readonly content: string;
}

export interface ArmRequest {
  readonly attemptId: string;
  /** The steps that the call relies on; refused when one is missing. */
  readonly steps: readonly string[];
  /** The latest deadline (ms since 1970) of a signature that this arm covers. */
  readonly signatureDeadline?: number;
  /** What the caller wants to hear again until it is told (`Ledger.untold`), in place of an earlier note of the attempt. */
  readonly note?: string;
}

/** What a close knows of the money. */
export interface CloseRequest {
  readonly attemptId: string;
  readonly scopes: ScopeValues;
  /** Whether the action's body was entered; only if not do count lines go. */
  readonly entered: boolean;
  /** Whether it is proven that nothing came of the attempt, so that its intent is free for another one. */
  readonly nothingDone?: boolean;
  /** Whether a call has been handed over and has not answered: the entry then stays armed. */
  readonly inFlight: boolean;
  /**
   * Per asset, everything that left or may have left. Truth above what was reserved is booked. Without a counterparty it
   * counts for the one that the asset was reserved for; if there were several, for each of them, and once for all others.
   */
  readonly spent: readonly SpentLine[];
  /** The wallet calls that moved it, or may have. What they do not explain of `spent` is never lowered by evidence. */
  readonly calls?: readonly CallReport[];
}

export interface SpentLine {
  readonly asset: string;
  /** Atomic units. */
  readonly amount: string;
  readonly counterparty?: string;
}

/** What a close knows of one wallet call. Closes and corrections merge by `callId`: order and repetition do not matter. */
export interface CallReport {
  readonly callId: string;
  /** What it moves if it is mined. */
  readonly lines: readonly SpentLine[];
  /** CAIP-2. */
  readonly chainId?: string;
  /** By which evidence finds it. A call without one is never forgotten. */
  readonly transactionId?: string;
  /** Decimal; set in the signed bytes or read from the transaction, never guessed. */
  readonly nonce?: string;
  /** The account whose nonce it is. */
  readonly from?: string;
  /** Whether it only signed a message: no chain ever shows one, so that its verdict is not waited for. */
  readonly message?: true;
  /** Final evidence that came with the close. */
  readonly verdict?: Verdict;
}

/**
 * Final evidence of a call, by the chain's own finality. moved: the block that holds it, by that block's timestamp in
 * milliseconds since 1970. never: reverted, or its nonce was used by another transaction that did nothing of it, or it was never handed to a node.
 */
export type Verdict = { readonly kind: "moved"; readonly blockTime: number } | { readonly kind: "never" };

export interface CorrectRequest {
  readonly attemptId: string;
  readonly evidence: readonly { readonly callId: string; readonly verdict: Verdict }[];
}

/** An operator's change, outside the promise and marked so. */
export interface AdjustRequest {
  readonly attemptId: string;
  /** What the attempt is to count from now on. */
  readonly spent: readonly SpentLine[];
  /** Why; kept with the entry. */
  readonly reason: string;
}

/** What has become of a note, or is to. */
export interface NoteRequest {
  readonly attemptId: string;
  /**
   * told: it is not needed any more. later: it is not due before so many milliseconds have passed. replaced: it says something else now, and is on
   * the disk when this answers. set_aside: nobody can make anything of it, and it is kept for an operator.
   */
  readonly mark:
    | { readonly kind: "told" }
    | { readonly kind: "later"; readonly afterMs: number }
    | { readonly kind: "replaced"; readonly note: string }
    | { readonly kind: "set_aside"; readonly reason: string };
}

/** The note of an entry that may be told: it was closed, or nobody may act on it any more. */
export interface UntoldNote {
  readonly attemptId: string;
  readonly note: string;
  readonly state: EntryState;
  readonly scopes: ScopeValues;
  /** The ledger's time when it answered; milliseconds since 1970, as the other times. */
  readonly now: number;
  /** When the entry was first written. */
  readonly reservedAt: number;
  readonly sendBy: number;
  readonly until: number;
  readonly signatureDeadline: number;
  /** What the entry counts: all that it holds, where nobody has closed it. */
  readonly spent: readonly SpentLine[];
}

/** One scope value, or everybody: reserve and arm are refused for it, settlement goes on. */
export interface Freeze {
  readonly scope: keyof ScopeValues | "all";
  /** Empty for `all`. */
  readonly value: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** A wallet call of a closed entry that evidence can still prove. */
export interface UnprovenCall {
  readonly attemptId: string;
  readonly callId: string;
  readonly chainId: string;
  readonly transactionId: string;
  readonly nonce?: string;
  readonly from?: string;
  /** When its attempt was first reserved, in milliseconds since 1970. */
  readonly reservedAt: number;
  /** What it may have moved. */
  readonly lines: readonly SpentLine[];
}

/** Looks at chains for the ledger, which knows none: the port that evidence comes in by. */
export interface ChainReader {
  /**
   * What became of a call for good, by the chain's own finality; undefined while nobody can know. It may throw: nothing is
   * known then either, and where the error is named TimeoutError, that chain is asked no more in the same pass.
   * @param signal fires when nobody waits for the answer any more, whether it is heeded or not
   */
  verdictOn(call: UnprovenCall, signal?: AbortSignal): Promise<Verdict | undefined>;
  /** The time of a chain's latest block, in milliseconds since 1970, from whichever chain answers first. */
  latestBlockTime(signal?: AbortSignal): Promise<number | undefined>;
}

/** One balance of one limit, for one combination of scope values. */
export interface Balance {
  readonly limitId: string;
  readonly scope: Readonly<Record<string, string>>;
  readonly asset?: string;
  readonly unit: "amount" | "actions";
  /** Counted now: reserved, armed and closed. */
  readonly counted: string;
  /** Of `counted`: as much as is not closed yet. */
  readonly open: string;
  readonly max: string;
  /** Zero when more is counted than the maximum. */
  readonly left: string;
}

export interface BalanceQuery {
  readonly limits: readonly Limit[];
  /** Without scopes: one balance for every combination of values that the ledger holds. */
  readonly scopes?: ScopeValues & { readonly counterparty?: string };
}

/** An answer, or the promise of one: a ledger in memory has nothing to wait for, and its caller need not either. */
export type Awaitable<T> = T | Promise<T>;

/** The durable record of all guarded money. Every verb is atomic; a verb that fails (a fault) changed nothing that was promised. */
export interface Ledger {
  /** Made when the ledger was created; a copy or another file has another. */
  readonly id: string;
  reserve(request: ReserveRequest): Awaitable<LedgerAnswer>;
  arm(request: ArmRequest): Awaitable<LedgerAnswer>;
  close(request: CloseRequest): Awaitable<Granted>;
  /** Later evidence: amounts fall, and dates come nearer, by it alone. */
  correct(request: CorrectRequest): Awaitable<LedgerAnswer>;
  adjust(request: AdjustRequest): Awaitable<LedgerAnswer>;
  /** Calls that evidence can still prove: of closed entries whose date lies ahead. Oldest first, of at most `limit` entries. */
  unproven(limit: number): Promise<readonly UnprovenCall[]>;
  /** Notes that are due, the oldest first, at most `limit`. */
  untold(limit: number): Promise<readonly UntoldNote[]>;
  /** Says what has become of a note. Of one that is told already, nothing. */
  note(request: NoteRequest): Awaitable<LedgerAnswer>;
  freeze(freeze: Omit<Freeze, "since">): Promise<void>;
  /** @returns whether there was such a freeze */
  unfreeze(freeze: Pick<Freeze, "scope" | "value">): Promise<boolean>;
  freezes(): Promise<readonly Freeze[]>;
  /** Whether the clock has not stepped since its anchor was taken. */
  clockIsTrusted(): boolean;
  /**
   * Takes the clock's anchor anew once it is known to be right (`ledger:clock`): by the time of a chain's latest block, with which
   * it has to agree, or on an operator's word.
   * @returns whether the clock is trusted now
   */
  trustClock(proof: { readonly blockTime: number } | { readonly operator: true }): boolean;
  balances(query: BalanceQuery): Promise<readonly Balance[]>;
  /** Every asset of which the ledger holds a line, as CAIP-19. */
  assets(): Promise<readonly string[]>;
  /** Releases files and connections. Verbs fail afterwards. */
  dispose(): Promise<void>;
}

/** The times that a ledger is run with, in milliseconds. */
export interface LedgerTimes {
  /** From reserve, or from arm, to the moment after which the entry may not be acted on. Default 15 min. */
  readonly lifeMs: number;
  /** From the last moment of acting to the last moment at which a transaction can still move money. Default 1 h. */
  readonly settleWithinMs: number;
  /** How far clocks may be off, twice, plus the chain's timestamp error. Default 40 s. */
  readonly marginMs: number;
  /** By CAIP-2: chains that settle sooner or later than others. */
  readonly chains: Readonly<Record<string, { readonly settleWithinMs: number }>>;
  /** age: what is unproven counts until its date. hold: until evidence, or an operator. Default age. */
  readonly unresolved: "age" | "hold";
}
