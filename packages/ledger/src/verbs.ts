import { ageEntries, ageOldest, Overdue } from "./ageing.js";
import { bookedLines } from "./booking.js";
import { closedEntry, raises } from "./closing.js";
import { type Entry, emptyEntry, entryWith, type HeldIntent, holdsIntent, isAlive, joinedScopes, lineOf } from "./entry.js";
import { provenEntry, settledEntry, spentLine, toldLines, withIntent, withVerdict } from "./evidence.js";
import { freezesOf, frozenScope } from "./freezes.js";
import { heldUntilEvidence, settleWithinOf } from "./horizon.js";
import type {
  AdjustRequest,
  ArmRequest,
  Balance,
  BalanceQuery,
  CallReport,
  CloseRequest,
  CorrectRequest,
  Freeze,
  Granted,
  Intent,
  LedgerAnswer,
  LedgerTimes,
  NoteRequest,
  Refusal,
  ReserveRequest,
  ScopeValues,
  UnprovenCall,
  UntoldNote,
} from "./ledger.js";
import type { AnchoredClock, Reading } from "./ledger-clock.js";
import { balancesOf, checkLimits } from "./limit-check.js";
import { markedEntry, noteDueAfterClose, notedEntry, untoldNoteOf } from "./note.js";
import {
  checkAdjust,
  checkClose,
  checkCorrect,
  checkFreeze,
  checkNote,
  checkQuery,
  isTooOld,
  problemOfArm,
  problemOfReserve,
  refuse,
  textOfReserve,
  timeOfId,
} from "./request.js";
import type { Store } from "./store.js";
import { writeEntry } from "./tallies.js";

/**
 * The verbs over any store: the one place where the state table of section 8 is decided. Each runs inside a transaction of
 * its driver, reads the clock after the store is locked, and writes only what it grants.
 */
export class Verbs {
  readonly #clock: AnchoredClock;
  readonly #times: LedgerTimes;
  readonly #agedAtOnce: number;

  /** @param agedAtOnce so many entries age in one transaction at most; whoever gives it has to run what an `Overdue` asks for */
  constructor(clock: AnchoredClock, times: LedgerTimes, agedAtOnce = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#times = times;
    this.#agedAtOnce = agedAtOnce;
  }

  reserve(store: Store, request: ReserveRequest): LedgerAnswer {
    const { now, jumped } = this.#read(store);
    if (jumped) return clockJumped();
    const problem = problemOfReserve(request, now);
    if (problem !== undefined) return problem;
    const { attemptId, stepId, relies = [] } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined && isTooOld(request, now, this.#times.lifeMs))
      return isTooOld(request, this.#clock.read().now, this.#times.lifeMs)
        ? refuse("expired", `the id ${attemptId} is older than an entry may live`)
        : ledgerAhead(now);
    const digest = store.digest(textOfReserve(request));
    const known = entry?.steps.find((step) => step.stepId === stepId);
    if (known !== undefined && known.digest !== digest) {
      return refuse("idempotency_mismatch", `the step ${stepId} of ${attemptId} was reserved with another request`);
    }
    if (entry !== undefined && !isAlive(entry, now)) return refusalOf(entry);
    // The same request again: the first answer may have been lost, and nothing is counted twice.
    if (entry !== undefined && known !== undefined) return granted(entry, now);
    const taken = takenIntent(store, request, now);
    if (taken !== undefined) return taken;
    const changed = changedScope(entry?.scopes ?? {}, request.scopes);
    if (changed !== undefined)
      return refuse("invalid_request", `the ${changed} of ${attemptId} is not the one of its first step`);
    const scopes = joinedScopes(request.scopes, entry?.scopes);
    const frozen = frozenScope(store, scopes);
    if (frozen !== undefined) return frozen;
    // A database that lost the first step must not arm a later one alone: the call draws on both.
    const missing = missingStep(attemptId, relies, entry);
    if (missing !== undefined) return missing;
    const lines = request.lines.map(lineOf);
    const asked = { limits: request.limits, scopes, lines, entry };
    const over = checkLimits(store, asked, { now, marginMs: this.#times.marginMs });
    if (over !== undefined) return over;
    const base: Entry = entry ?? newEntry(attemptId, scopes, now, this.#times.lifeMs);
    const steps = [...base.steps, { stepId, digest }];
    const changes = { scopes, steps, lines: [...base.lines, ...lines] };
    // An intent is an entry's from its first step on.
    const isNew = entry === undefined && request.intent !== undefined;
    const reserved = entryWith(base, isNew ? { ...changes, intent: heldIntent(store, request.intent) } : changes);
    const after = request.arm === true ? this.#armed(reserved, now, request.signatureDeadline ?? 0) : reserved;
    // Only what comes before any authority need not be on the disk yet.
    return write(store, entry, after, now, after.state === "armed");
  }

  arm(store: Store, request: ArmRequest): LedgerAnswer {
    const { now, jumped } = this.#read(store);
    if (jumped) return clockJumped();
    const problem = problemOfArm(request);
    if (problem !== undefined) return problem;
    const { attemptId, steps, signatureDeadline = 0, note } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined) return refuse("unknown_step", `the ledger holds no entry of ${attemptId}`);
    // Checked anew for an armed entry too: an expired one is never renewed.
    if (!isAlive(entry, now)) return refusalOf(entry);
    const frozen = frozenScope(store, entry.scopes);
    if (frozen !== undefined) return frozen;
    const missing = missingStep(attemptId, steps, entry);
    if (missing !== undefined) return missing;
    return write(store, entry, notedEntry(this.#armed(entry, now, signatureDeadline), note), now, true);
  }

  /** @throws RangeError for an amount that has no exact reading. */
  close(store: Store, request: CloseRequest): Granted {
    checkClose(request);
    const reading = this.#read(store);
    const before = store.entry(request.attemptId);
    const told = withoutEarlyBlocks(request, earliestBlock(before ?? emptyEntry(request.attemptId, {}, 0), this.#times.marginMs));
    const after = noteDueAfterClose(closedEntry(before, told, reading, this.#times), reading.now);
    return write(store, before, after, reading.now, raises(before, after));
  }

  /** @throws RangeError for a time that is none. */
  correct(store: Store, request: CorrectRequest): LedgerAnswer {
    checkCorrect(request);
    const { now } = this.#read(store);
    const { attemptId, evidence } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined) return refuse("unknown_step", `the ledger holds no entry of ${attemptId}`);
    // A block cannot have moved what was not asked for yet, and a date that early would free money in windows that it belongs to.
    const earliest = earliestBlock(entry, this.#times.marginMs);
    if (evidence.some(({ verdict }) => verdict.kind === "moved" && verdict.blockTime < earliest))
      return refuse("invalid_request", `${attemptId} was reserved after the block that is said to have moved its money`);
    let { calls } = entry;
    for (const { callId, verdict } of evidence) calls = withVerdict(calls, callId, verdict);
    // Evidence of what nobody has listed says nothing.
    if (calls.every((call, index) => call === entry.calls[index])) return granted(entry, now);
    const told = entryWith(entry, { calls });
    // Until it is closed, an entry may have calls that nobody has told of yet.
    return write(store, entry, entry.state === "closed" ? provenEntry(told, amountsOf(told)) : told, now, false);
  }

  /** @throws RangeError for an amount that has no exact reading, or a reason that says nothing. */
  adjust(store: Store, request: AdjustRequest): LedgerAnswer {
    checkAdjust(request);
    const { now } = this.#read(store);
    const { attemptId, spent, reason } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined) return refuse("unknown_step", `the ledger holds no entry of ${attemptId}`);
    const told = spent.map(spentLine);
    const { state, until, aged } = entry;
    // What was armed and has come to its date is dated there: its money is no news of today.
    const isOpen = state === "reserved" || (state === "armed" && !aged);
    const changes = {
      state: "closed",
      aged: false,
      // What an operator has decided waits for no evidence.
      until: isOpen || until === heldUntilEvidence ? now + settleWithinOf(told, this.#times) : until,
      calls: [],
      unlisted: bookedLines(amountsOf(entry), told),
      adjustments: [...(entry.adjustments ?? []), { at: now, reason }],
      ...withIntent(
        entry,
        told.every(({ amount }) => amount === 0n),
      ),
    } as const;
    return write(store, entry, settledEntry(entryWith(entry, changes), amountsOf(entry)), now, true);
  }

  untold(store: Store, limit: number): UntoldNote[] {
    const { now } = this.#read(store);
    return store.untold(now, limit).flatMap((entry) => untoldNoteOf(entry, now) ?? []);
  }

  /** @throws RangeError for a time that is none, or a text that says nothing. */
  note(store: Store, request: NoteRequest): LedgerAnswer {
    checkNote(request);
    const { now } = this.#read(store);
    const { attemptId, mark } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined) return refuse("unknown_step", `the ledger holds no entry of ${attemptId}`);
    const marked = markedEntry(entry, mark, now);
    return marked === entry ? granted(entry, now) : write(store, entry, marked, now, mark.kind === "replaced");
  }

  /** @throws RangeError for a limit that has no exact reading. */
  balances(store: Store, query: BalanceQuery): Balance[] {
    checkQuery(query);
    return balancesOf(store, query, { now: this.#read(store).now, marginMs: this.#times.marginMs });
  }

  unproven(store: Store, limit: number): UnprovenCall[] {
    return store.unproven(this.#read(store).now, limit).flatMap(({ attemptId, reservedAt, calls }) =>
      calls.flatMap((call) => {
        const { callId, verdict, chainId, transactionId, nonce, from } = call;
        if (verdict !== "live" || chainId === undefined || transactionId === undefined) return [];
        const found: { -readonly [Name in keyof UnprovenCall]: UnprovenCall[Name] } = {
          attemptId,
          callId,
          chainId,
          transactionId,
          reservedAt,
          lines: toldLines(call.lines),
        };
        if (nonce !== undefined) found.nonce = nonce;
        if (from !== undefined) found.from = from;
        return [found];
      }),
    );
  }

  freezes(store: Store): Freeze[] {
    return freezesOf(store);
  }

  /** @throws RangeError for a scope that is none */
  freeze(store: Store, freeze: Omit<Freeze, "since">): void {
    checkFreeze(freeze);
    // Whoever stops something waits for nothing that has to age first.
    store.freeze({ ...freeze, since: Math.max(this.#clock.read().now, store.highWater()) });
  }

  clockIsTrusted(): boolean {
    return !this.#clock.read().jumped;
  }

  trustClock(proof: { readonly blockTime: number } | { readonly operator: true }): boolean {
    // A block that nobody could read has no time, and proves nothing: neither does anything else that is no operator's word.
    if ("operator" in proof) return proof.operator === true && this.#clock.renew();
    return typeof proof.blockTime === "number" && this.#clock.renew(proof.blockTime);
  }

  #armed(entry: Entry, now: number, signatureDeadline: number): Entry {
    const deadline = Math.max(entry.signatureDeadline, signatureDeadline);
    const sendBy = now + this.#times.lifeMs;
    // A reserved entry's date says nothing about money: none can have moved yet.
    const before = entry.state === "armed" ? entry.until : 0;
    const until = Math.max(before, sendBy + settleWithinOf(entry.lines, this.#times), deadline);
    return entryWith(entry, {
      state: "armed",
      sendBy,
      until: this.#times.unresolved === "hold" ? heldUntilEvidence : until,
      signatureDeadline: deadline,
    });
  }

  /**
   * Time never runs backwards in a ledger: what one process has dated, another must not date earlier. Open entries whose date
   * has passed are counted where they belong from now on.
   */
  #read(store: Store): Reading {
    const { now, jumped } = this.#clock.read();
    const highWater = store.highWater();
    if (now <= highWater) return { now: highWater, jumped };
    // A jumped reading says nothing for others.
    if (jumped) return { now, jumped };
    const overdue = store.overdue(now, this.#agedAtOnce);
    if (overdue.length >= this.#agedAtOnce) throw new Overdue((anew) => this.#age(anew));
    store.raiseHighWater(now);
    ageEntries(store, overdue);
    return { now, jumped };
  }

  #age(store: Store): boolean {
    const { now, jumped } = this.#clock.read();
    return !jumped && ageOldest(store, Math.max(now, store.highWater()), this.#agedAtOnce);
  }
}

function write(store: Store, before: Entry | undefined, after: Entry, now: number, durable: boolean): Granted {
  writeEntry(store, before, after, durable);
  return granted(after, now);
}

function newEntry(attemptId: string, scopes: ScopeValues, now: number, lifeMs: number): Entry {
  return entryWith(emptyEntry(attemptId, scopes, now), { state: "reserved", sendBy: now + lifeMs, until: now + lifeMs });
}

/** The earliest time of a block that can have moved an entry's money, by clocks that are off as far as they may be. */
function earliestBlock({ attemptId, steps, reservedAt }: Entry, marginMs: number): number {
  // What a close has told of without a reserve may have moved long before; its attempt was begun when its id was made.
  return (steps.length > 0 ? reservedAt : timeOfId(attemptId)) - marginMs;
}

/**
 * A close is never refused: what it tells has moved. But a block before all that it can have moved dates nothing, and such a call counts
 * like one of which there is no evidence.
 */
function withoutEarlyBlocks(request: CloseRequest, earliest: number): CloseRequest {
  const { calls = [] } = request;
  const isEarly = ({ verdict }: CallReport): boolean => verdict?.kind === "moved" && verdict.blockTime < earliest;
  if (!calls.some(isEarly)) return request;
  return { ...request, calls: calls.map((call) => (isEarly(call) ? withoutVerdict(call) : call)) };
}

function withoutVerdict({ verdict: _early, ...call }: CallReport): CallReport {
  return call;
}

function amountsOf({ lines }: Entry): Entry["lines"] {
  return lines.filter((line) => line.unit === "amount");
}

function missingStep(attemptId: string, steps: readonly string[], entry: Entry | undefined): Refusal | undefined {
  const missing = steps.find((stepId) => entry?.steps.some((step) => step.stepId === stepId) !== true);
  return missing === undefined ? undefined : refuse("unknown_step", `the step ${missing} of ${attemptId} is not in the ledger`);
}

function heldIntent(store: Store, { key, content }: Intent): HeldIntent {
  return { key, digest: store.digest(content), free: false };
}

/** Why another attempt at the same intent keeps this one from it, if one does. */
function takenIntent(store: Store, { attemptId, intent }: ReserveRequest, now: number): Refusal | undefined {
  if (intent === undefined) return undefined;
  const { key, digest } = heldIntent(store, intent);
  const holders = store.entriesOfIntent(key).filter((entry) => entry.attemptId !== attemptId && holdsIntent(entry, now));
  // Stores keep them in no order; an attempt's id tells when it was made.
  holders.sort((one, other) => (one.attemptId < other.attemptId ? -1 : 1));
  const [holder] = holders;
  if (holder === undefined) return undefined;
  const different = holders.find((entry) => entry.intent?.digest !== digest);
  if (different !== undefined)
    return refuse("intent_conflict", `the intent ${key} was made for something else, in ${different.attemptId}`);
  return refuse("intent_executed", `the intent ${key} is done, or may be, in ${holder.attemptId}`);
}

/** The scope whose value differs from what the entry already holds: its lines would count for somebody else. */
function changedScope(held: ScopeValues, asked: ScopeValues): string | undefined {
  const names = Object.keys(held) as (keyof ScopeValues)[];
  return names.find((name) => asked[name] !== undefined && asked[name] !== held[name]);
}

function granted({ state, sendBy, until }: Entry, now: number): Granted {
  return { ok: true, state, now, sendBy, until };
}

function refusalOf({ attemptId, state }: Entry): Refusal {
  if (state === "closed" || state === "void") return refuse("closed", `the entry of ${attemptId} is closed`);
  return refuse("expired", `the entry of ${attemptId} is past the time in which it may be acted on`);
}

/** An id that is young by this machine's clock and old by the ledger's time: one of the two is wrong, and nothing here knows which. */
function ledgerAhead(now: number): Refusal {
  return refuse(
    "clock_jumped",
    `the ledger's time is ${new Date(now).toISOString()}, long after this machine's clock: set the clock right, or, where another was ahead when it wrote, wait until then or start with a new ledger`,
  );
}

function clockJumped(): Refusal {
  return refuse(
    "clock_jumped",
    "the machine's clock stepped by more than 5 s since the ledger was opened; open it anew once the clock is right",
  );
}
