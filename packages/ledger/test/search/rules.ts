import type { Mutant } from "./mutants.js";

/** The times of a world, in ticks. */
export interface ModelTimes {
  readonly life: number;
  readonly leaveWithin: number;
  readonly settleWithin: number;
  /** How far the wall clock may stray from its anchor, or the anchor from true time. */
  readonly tolerance: number;
  /** How far a block's timestamp may be off. */
  readonly blockError: number;
}

export type ModelWindow =
  | { readonly kind: "rolling"; readonly length: number }
  | { readonly kind: "calendar"; readonly length: number }
  | { readonly kind: "lifetime" }
  | { readonly kind: "attempt" }
  | { readonly kind: "open" };

export interface ModelLimit {
  readonly window: ModelWindow;
  readonly max: number;
}

/** Later than every date: what counts until evidence. */
export const forever = 1e9;

/** What a sealed close told of one wallet call. */
export interface ModelCall {
  /** The call's place in its attempt. */
  readonly call: number;
  readonly amount: number;
  /** Whether there is a transaction id by which evidence finds it. */
  readonly found: boolean;
  readonly verdict: "live" | "moved" | "never";
  /** The time of the block that moved it. */
  readonly block: number;
}

export interface ModelEntry {
  readonly state: "reserved" | "armed" | "closed" | "void";
  readonly reservedAt: number;
  readonly sendBy: number;
  readonly until: number;
  readonly deadline: number;
  /** The amount of each step that was reserved. */
  readonly steps: Readonly<Record<string, number>>;
  readonly amount: number;
  /** What each call that a close has listed is known to have done. */
  readonly calls: readonly ModelCall[];
}

/** What the ledger holds. Never changed in place. */
export interface ModelLedger {
  readonly highWater: number;
  readonly entries: Readonly<Record<number, ModelEntry>>;
}

export type ModelAnswer =
  | {
      readonly ok: true;
      readonly state: ModelEntry["state"];
      readonly now: number;
      readonly sendBy: number;
      readonly until: number;
    }
  | { readonly ok: false; readonly code: string };

export interface Reading {
  readonly now: number;
  readonly jumped: boolean;
  /** The high-water mark that it saw, for a verb that waits for the lock with its reading. */
  readonly highWater: number;
}

export interface ModelClock {
  readonly wall: number;
  /** Wall time by the anchor and a clock that never steps. */
  readonly steady: number;
  /** How far the wall clock was from the steady one at the last reading. */
  readonly lastDrift: number;
}

export interface Reserve {
  readonly verb: "reserve";
  readonly attempt: number;
  readonly step: string;
  readonly amount: number;
  readonly arm: boolean;
  /** The last moment of a signature that the step is for. */
  readonly deadline: number;
  /** Earlier steps that have to be there still: what they hold is drawn on too. */
  readonly relies: readonly string[];
}

export interface Arm {
  readonly verb: "arm";
  readonly attempt: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly deadline: number;
}

export interface Close {
  readonly verb: "close";
  readonly attempt: number;
  readonly calls: readonly ModelCall[];
  readonly inFlight: boolean;
}

export interface Correct {
  readonly verb: "correct";
  readonly attempt: number;
  readonly call: number;
  readonly verdict: "moved" | "never";
  readonly block: number;
}

export type ModelVerb = Reserve | Arm | Close | Correct;

export interface Outcome {
  readonly ledger: ModelLedger;
  readonly answer: ModelAnswer;
  /** Whether it had to be on the disk before anybody heard of it. */
  readonly durable: boolean;
}

/**
 * Section 8 of the design as plainly as it can be said: one asset, one scope, sums over all entries. Written apart from the
 * product's code, so that the two can disagree.
 */
export class ModelRules {
  constructor(
    readonly times: ModelTimes,
    readonly limits: readonly ModelLimit[],
    /** Counts what is unproven until evidence (`ledger:unresolved`), instead of until its date. */
    readonly hold: boolean,
    readonly mutant?: Mutant,
  ) {}

  get margin(): number {
    const { tolerance, blockError } = this.times;
    if (this.mutant === "has no margin") return 0;
    return this.mutant === "has a margin of the clock's tolerance" ? tolerance : 2 * tolerance + blockError;
  }

  read(ledger: ModelLedger, clock: ModelClock): Reading {
    const drift = clock.wall - clock.steady;
    const from = this.mutant === "compares the clock with its last reading" ? clock.lastDrift : 0;
    const jumped = Math.abs(drift - from) > this.times.tolerance;
    const believesJump = this.mutant === "dates a close during a jump" || this.mutant === "raises the high-water mark by a jump";
    const now = jumped && !believesJump ? clock.steady : clock.wall;
    return { now: Math.max(now, ledger.highWater), jumped, highWater: ledger.highWater };
  }

  run(before: ModelLedger, reading: Reading, request: ModelVerb): Outcome {
    const mutated = this.mutant === "reads the clock before the lock";
    // Under the lock nothing is older than what others have dated.
    const now = mutated ? reading.now : Math.max(reading.now, before.highWater);
    const raises = !reading.jumped || this.mutant === "raises the high-water mark by a jump";
    const ledger = raises ? { ...before, highWater: Math.max(before.highWater, now) } : before;
    const entry = ledger.entries[request.attempt];
    const refused = (code: string): Outcome => ({ ledger, answer: { ok: false, code }, durable: false });
    const written = (after: ModelEntry, durable: boolean): Outcome => ({
      ledger: { ...ledger, entries: { ...ledger.entries, [request.attempt]: after } },
      answer: { ok: true, state: after.state, now, sendBy: after.sendBy, until: after.until },
      durable,
    });
    switch (request.verb) {
      case "reserve":
        return reading.jumped ? refused("clock_jumped") : this.#reserve(ledger, entry, now, request, refused, written);
      case "arm":
        return reading.jumped ? refused("clock_jumped") : this.#arm(entry, now, request, refused, written);
      case "close":
        return this.#close(entry, { ...reading, now }, request, written);
      case "correct":
        return entry === undefined
          ? refused("unknown_step")
          : written(this.#settled({ ...entry, calls: merged(entry.calls, [request]) }), false);
    }
  }

  #reserve(
    ledger: ModelLedger,
    entry: ModelEntry | undefined,
    now: number,
    { attempt, step, amount, arm, deadline, relies }: Reserve,
    refused: (code: string) => Outcome,
    written: (after: ModelEntry, durable: boolean) => Outcome,
  ): Outcome {
    if (entry !== undefined && !this.isAlive(entry, now)) return refused(deathOf(entry));
    if (entry?.steps[step] !== undefined) return written(entry, false);
    // A database that lost the first step must not arm a later one alone, under which both would be spent.
    if (relies.some((earlier) => entry?.steps[earlier] === undefined) && this.mutant !== "arms without its steps")
      return refused("unknown_step");
    const unchecked = this.mutant === "checks no limit at the excess" && entry !== undefined;
    if (amount > 0 && !unchecked && this.limits.some((limit) => this.counted(ledger, limit, now, attempt) + amount > limit.max))
      return refused("over_limit");
    const sendBy = now + this.times.life;
    const base: ModelEntry = entry ?? {
      state: "reserved",
      reservedAt: now,
      sendBy,
      until: sendBy,
      deadline: 0,
      steps: {},
      amount: 0,
      calls: [],
    };
    const after = { ...base, steps: { ...base.steps, [step]: amount }, amount: base.amount + amount };
    if (!arm) return written(after, after.state === "armed");
    return written(this.#armed(after, now, deadline), this.mutant !== "keeps an excess step in memory only");
  }

  #arm(
    entry: ModelEntry | undefined,
    now: number,
    { steps, deadline }: Arm,
    refused: (code: string) => Outcome,
    written: (after: ModelEntry, durable: boolean) => Outcome,
  ): Outcome {
    const missing = Object.keys(steps).filter((step) => entry?.steps[step] === undefined);
    if (entry === undefined && this.mutant !== "arms without its steps" && this.mutant !== "inserts steps that an arm misses")
      return refused("unknown_step");
    const sendBy = now + this.times.life;
    const held: ModelEntry = entry ?? {
      state: "reserved",
      reservedAt: now,
      sendBy,
      until: sendBy,
      deadline: 0,
      steps: {},
      amount: 0,
      calls: [],
    };
    const renewsDead = this.mutant === "renews the dead" && held.state !== "closed" && held.state !== "void";
    if (!renewsDead && !this.isAlive(held, now)) return refused(deathOf(held));
    if (missing.length > 0 && this.mutant === "inserts steps that an arm misses") {
      const added = missing.reduce((sum, step) => sum + (steps[step] ?? 0), 0);
      return written(
        this.#armed({ ...held, steps: { ...held.steps, ...steps }, amount: held.amount + added }, now, deadline),
        true,
      );
    }
    if (missing.length > 0 && this.mutant !== "arms without its steps") return refused("unknown_step");
    return written(this.#armed(held, now, deadline), true);
  }

  #armed(entry: ModelEntry, now: number, deadline: number): ModelEntry {
    const latest = this.mutant === "forgets a signature's deadline" ? 0 : Math.max(entry.deadline, deadline);
    const sendBy = now + this.times.life;
    const horizon = this.mutant === "has no horizon" ? 0 : this.times.settleWithin;
    const before = entry.state === "armed" ? entry.until : 0;
    const until = this.hold ? forever : Math.max(before, sendBy + horizon, latest);
    return { ...entry, state: "armed", sendBy, until, deadline: latest };
  }

  #close(
    entry: ModelEntry | undefined,
    { now, jumped }: Reading,
    { calls: told, inFlight }: Close,
    written: (after: ModelEntry, durable: boolean) => Outcome,
  ): Outcome {
    const horizon = this.mutant === "dates a line at its send" ? 0 : this.times.settleWithin;
    const spent = told.reduce((sum, call) => sum + (call.verdict === "never" ? 0 : call.amount), 0);
    if (entry === undefined || entry.state === "void") {
      const tomb: ModelEntry = entry ?? {
        state: "void",
        reservedAt: now,
        sendBy: now,
        until: now,
        deadline: 0,
        steps: {},
        amount: 0,
        calls: [],
      };
      if (spent === 0) return written(tomb, false);
      return written(
        this.#settled({ ...tomb, state: "closed", until: this.hold ? forever : now + this.times.settleWithin, calls: told }),
        true,
      );
    }
    const calls = merged(entry.calls, told);
    if (entry.state === "closed") {
      const after = this.#settled({ ...entry, calls });
      const raised = after.amount > entry.amount;
      const until = this.hold ? forever : Math.max(entry.until, now + this.times.settleWithin);
      return written(raised ? this.#settled({ ...after, until }) : after, raised);
    }
    const mayStillLeave = inFlight && this.mutant !== "closes over a call in flight";
    if (entry.state === "armed" && mayStillLeave) {
      const amount = Math.max(entry.amount, spent);
      return written({ ...entry, calls, amount }, amount > entry.amount);
    }
    const open = Math.max(now + horizon, entry.deadline);
    if (entry.state === "reserved" && spent === 0)
      return written({ ...entry, state: "closed", until: now, amount: 0, calls }, false);
    const dated = this.mutant === "dates a close during a jump" ? false : jumped;
    const before = entry.state === "reserved" ? open : entry.until;
    const until = this.hold ? (spent > 0 ? forever : now) : dated ? before : Math.min(before, open);
    const after = this.#settled({ ...entry, state: "closed", until, calls });
    // The amounts of a reserved entry go by themselves: they are no record of money that left.
    return written(after, after.amount > (entry.state === "reserved" ? 0 : entry.amount));
  }

  /** A closed entry counts what its calls may have moved; once each is final, at the last block that moved something. */
  #settled(entry: ModelEntry): ModelEntry {
    if (entry.state !== "closed") return entry;
    const forgets = this.mutant === "forgets calls without an id" && entry.calls.some((call) => call.verdict !== "live");
    const calls = forgets ? entry.calls.filter((call) => call.found || call.verdict !== "live") : entry.calls;
    const amount = calls.reduce((sum, call) => sum + (call.verdict === "never" ? 0 : call.amount), 0);
    const moved = calls.filter((call) => call.verdict === "moved");
    const waited = this.mutant === "dates an approval without its pull" ? calls.filter((call) => call.amount > 0) : calls;
    const isFinal = moved.length > 0 && waited.every((call) => call.verdict !== "live");
    return { ...entry, amount, until: isFinal ? Math.max(...moved.map((call) => call.block)) : entry.until };
  }

  isAlive(entry: ModelEntry, now: number): boolean {
    return (entry.state === "reserved" || entry.state === "armed") && now <= entry.sendBy;
  }

  /** What a limit counts at a moment. */
  counted({ entries }: ModelLedger, { window }: ModelLimit, now: number, attempt?: number): number {
    let sum = 0;
    for (const [key, entry] of Object.entries(entries)) {
      if (window.kind === "attempt" && Number(key) !== attempt) continue;
      if (this.#counts(entry, window, now)) sum += entry.amount;
    }
    return sum;
  }

  #counts(entry: ModelEntry, window: ModelWindow, now: number): boolean {
    const { state, sendBy, until, reservedAt } = entry;
    if (state === "void") return false;
    if (state === "reserved") return this.mutant !== "counts only what is closed" && now <= sendBy;
    if (state === "armed") {
      if (this.mutant === "counts only what is closed") return false;
      if (this.mutant === "frees armed entries on expiry" && now > sendBy) return false;
      if (now <= until) return true;
    }
    const date = this.mutant === "counts at reserve time" ? reservedAt : until;
    if (window.kind === "lifetime" || window.kind === "attempt") return true;
    if (window.kind === "open") return date >= now - this.margin;
    return date >= startOf(window, now - this.margin) - this.margin;
  }
}

function startOf(window: { readonly kind: "rolling" | "calendar"; readonly length: number }, moment: number): number {
  return window.kind === "rolling" ? moment - window.length : Math.floor(moment / window.length) * window.length;
}

/** What is known of calls, with what has just been told; a verdict is final, and an amount never falls without one. */
function merged(known: readonly ModelCall[], told: readonly (ModelCall | Correct)[]): ModelCall[] {
  const calls = new Map(known.map((call) => [call.call, call]));
  for (const one of told) {
    const before = calls.get(one.call);
    if ("verb" in one) {
      // Evidence of a call that no sealed close listed says nothing of what else the attempt may have sent.
      if (before?.verdict === "live") calls.set(one.call, { ...before, verdict: one.verdict, block: one.block });
      continue;
    }
    if (before === undefined) calls.set(one.call, one);
    else if (before.verdict === "live")
      calls.set(one.call, { ...one, amount: Math.max(before.amount, one.amount), found: before.found || one.found });
  }
  return [...calls.values()];
}

function deathOf({ state }: ModelEntry): string {
  return state === "closed" || state === "void" ? "closed" : "expired";
}
