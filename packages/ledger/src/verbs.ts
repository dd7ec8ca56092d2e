import { closedEntry, raises } from "./closing.js";
import { type Entry, entryWith, type HeldIntent, holdsIntent, isAlive, joinedScopes, lineOf } from "./entry.js";
import type {
  ArmRequest,
  Balance,
  BalanceQuery,
  CloseRequest,
  Granted,
  Intent,
  LedgerAnswer,
  LedgerTimes,
  Refusal,
  ReserveRequest,
  ScopeValues,
} from "./ledger.js";
import type { AnchoredClock, Reading } from "./ledger-clock.js";
import { balancesOf, checkLimits } from "./limit-check.js";
import { checkClose, checkQuery, problemOfArm, problemOfReserve, refuse, textOfReserve } from "./request.js";
import type { Store } from "./store.js";

/**
 * The verbs over any store: the one place where the state table of section 8 is decided. Each runs inside a transaction of
 * its driver, reads the clock after the store is locked, and writes only what it grants.
 */
export class Verbs {
  readonly #clock: AnchoredClock;
  readonly #times: LedgerTimes;

  constructor(clock: AnchoredClock, times: LedgerTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  reserve(store: Store, request: ReserveRequest): LedgerAnswer {
    const { now, jumped } = this.#read(store);
    if (jumped) return clockJumped();
    const problem = problemOfReserve(request, now, this.#times.lifeMs);
    if (problem !== undefined) return problem;
    const { attemptId, stepId } = request;
    const entry = store.entry(attemptId);
    const digest = store.digest(textOfReserve(request));
    const known = entry?.steps.find((step) => step.stepId === stepId);
    if (known !== undefined && known.digest !== digest) {
      return refuse("idempotency_mismatch", `the step ${stepId} of ${attemptId} was reserved with another request`);
    }
    if (entry !== undefined && !isAlive(entry, now)) return refusalOf(entry);
    // The same request again: the first answer may have been lost, and nothing is counted twice.
    if (entry !== undefined && known !== undefined) return granted(entry);
    const taken = takenIntent(store, request, now);
    if (taken !== undefined) return taken;
    const changed = changedScope(entry?.scopes ?? {}, request.scopes);
    if (changed !== undefined)
      return refuse("invalid_request", `the ${changed} of ${attemptId} is not the one of its first step`);
    const scopes = joinedScopes(request.scopes, entry?.scopes);
    const lines = request.lines.map(lineOf);
    const asked = { limits: request.limits, scopes, lines, entry };
    const over = checkLimits(store, asked, { now, marginMs: this.#times.marginMs, attemptId });
    if (over !== undefined) return over;
    const base: Entry = entry ?? {
      attemptId,
      scopes,
      state: "reserved",
      reservedAt: now,
      sendBy: now + this.#times.lifeMs,
      until: now + this.#times.lifeMs,
      signatureDeadline: 0,
      steps: [],
      lines: [],
    };
    const steps = [...base.steps, { stepId, digest }];
    const changes = { scopes, steps, lines: [...base.lines, ...lines] };
    // An intent is an entry's from its first step on.
    const isNew = entry === undefined && request.intent !== undefined;
    const reserved = entryWith(base, isNew ? { ...changes, intent: heldIntent(store, request.intent) } : changes);
    const after = request.arm === true ? this.#armed(reserved, now, 0) : reserved;
    // Only what comes before any authority need not be on the disk yet.
    return this.#write(store, after, after.state === "armed");
  }

  arm(store: Store, request: ArmRequest): LedgerAnswer {
    const { now, jumped } = this.#read(store);
    if (jumped) return clockJumped();
    const problem = problemOfArm(request);
    if (problem !== undefined) return problem;
    const { attemptId, steps, signatureDeadline = 0 } = request;
    const entry = store.entry(attemptId);
    if (entry === undefined) return refuse("unknown_step", `the ledger holds no entry of ${attemptId}`);
    // Checked anew for an armed entry too: an expired one is never renewed.
    if (!isAlive(entry, now)) return refusalOf(entry);
    const missing = steps.find((stepId) => entry.steps.every((step) => step.stepId !== stepId));
    if (missing !== undefined) return refuse("unknown_step", `the step ${missing} of ${attemptId} was never reserved`);
    return this.#write(store, this.#armed(entry, now, signatureDeadline), true);
  }

  /** @throws RangeError for an amount that has no exact reading. */
  close(store: Store, request: CloseRequest): Granted {
    checkClose(request);
    const reading = this.#read(store);
    const before = store.entry(request.attemptId);
    const after = closedEntry(before, request, reading, this.#times);
    return this.#write(store, after, raises(before, after));
  }

  /** @throws RangeError for a limit that has no exact reading. */
  balances(store: Store, query: BalanceQuery): Balance[] {
    checkQuery(query);
    return balancesOf(store, query, { now: Math.max(this.#clock.read().now, store.highWater()), marginMs: this.#times.marginMs });
  }

  #armed(entry: Entry, now: number, signatureDeadline: number): Entry {
    const deadline = Math.max(entry.signatureDeadline, signatureDeadline);
    const sendBy = now + this.#times.lifeMs;
    // A reserved entry's date says nothing about money: none can have moved yet.
    const before = entry.state === "armed" ? entry.until : 0;
    return entryWith(entry, {
      state: "armed",
      sendBy,
      until: Math.max(before, sendBy + this.#times.settleWithinMs, deadline),
      signatureDeadline: deadline,
    });
  }

  /** Time never runs backwards in a ledger: what one process has dated, another must not date earlier. */
  #read(store: Store): Reading {
    const { now, jumped } = this.#clock.read();
    const highWater = store.highWater();
    if (!jumped && now > highWater) store.raiseHighWater(now);
    return { now: Math.max(now, highWater), jumped };
  }

  #write(store: Store, entry: Entry, durable: boolean): Granted {
    store.put(entry, durable);
    return granted(entry);
  }
}

function heldIntent(store: Store, { key, content }: Intent): HeldIntent {
  return { key, digest: store.digest(content), free: false };
}

/** Why another attempt at the same intent keeps this one from it, if one does. */
function takenIntent(store: Store, { attemptId, intent }: ReserveRequest, now: number): Refusal | undefined {
  if (intent === undefined) return undefined;
  const { key, digest } = heldIntent(store, intent);
  const holders = store.entriesOfIntent(key).filter((entry) => entry.attemptId !== attemptId && holdsIntent(entry, now));
  const [holder] = holders;
  if (holder === undefined) return undefined;
  if (holders.some((entry) => entry.intent?.digest !== digest))
    return refuse("intent_conflict", `the intent ${key} was made for something else, in ${holder.attemptId}`);
  return refuse("intent_executed", `the intent ${key} is done, or may be, in ${holder.attemptId}`);
}

/** The scope whose value differs from what the entry already holds: its lines would count for somebody else. */
function changedScope(held: ScopeValues, asked: ScopeValues): string | undefined {
  const names = Object.keys(held) as (keyof ScopeValues)[];
  return names.find((name) => asked[name] !== undefined && asked[name] !== held[name]);
}

function granted({ state, sendBy, until }: Entry): Granted {
  return { ok: true, state, sendBy, until };
}

function refusalOf({ attemptId, state }: Entry): Refusal {
  if (state === "closed" || state === "void") return refuse("closed", `the entry of ${attemptId} is closed`);
  return refuse("expired", `the entry of ${attemptId} is past the time in which it may be acted on`);
}

function clockJumped(): Refusal {
  return refuse(
    "clock_jumped",
    "the machine's clock stepped by more than 5 s since the ledger was opened; open it anew once the clock is right",
  );
}
