import type { ModelCall, ModelClock, ModelLedger, ModelRules, ModelVerb, Outcome, Reading } from "./rules.js";

/** What a world may do to an agent. A search switches them on one at a time; a swarm, any number of them. */
export interface Features {
  /** A transaction may be mined at any moment of its horizon, instead of at once. */
  readonly lateMining?: boolean;
  /** A process may be held between its last check and the call, for as long as the promise allows. */
  readonly pause?: boolean;
  /** A call may wait in its wallet's queue after it was allowed. */
  readonly queueWait?: boolean;
  /** A process may vanish between any two steps. */
  readonly lost?: boolean;
  /** A close may come at any later moment. */
  readonly lateClose?: boolean;
  /** An action may end before its call has answered, and is closed again afterwards. */
  readonly secondClose?: boolean;
  /** The wallet may throw, whether or not its node took the transaction. */
  readonly sendErrors?: boolean;
  /** Transactions may be reverted, or never be mined. */
  readonly reverts?: boolean;
  /** Blocks may be undone until they are final. */
  readonly reorgs?: boolean;
  /** The database may lose what was not yet on its disk. */
  readonly databaseCrash?: boolean;
  /** How far the wall clock may be set from where it was when the ledger was opened. */
  readonly drifts?: readonly number[];
  /** How wrong it may be when the ledger is opened. */
  readonly anchorErrors?: readonly number[];
  /** A process may be asleep between any two steps. */
  readonly suspended?: boolean;
  /** A verb may wait for the ledger's lock. */
  readonly lockWait?: boolean;
  /** Blocks carry times that are off. */
  readonly blockError?: boolean;
  /** Calls leave, and are mined, when they like: what `unresolved: hold` has to stand. */
  readonly untimely?: boolean;
}

/** One wallet call that an attempt is going to make. */
export interface CallPlan {
  readonly kind: "send" | "permit" | "approve" | "pull";
  readonly amount: number;
  /** Whether the effects that the root reserve was made for cover it. */
  readonly covered: boolean;
  /** For a permit: how many ticks after it was asked for it may still be used. */
  readonly lasts?: number;
}

export interface Plan {
  readonly root: number;
  readonly calls: readonly CallPlan[];
}

interface CallState {
  readonly status: "handed" | "left" | "returned" | "raised" | "never";
  readonly checkedAt: number;
  /** A permit's deadline: it was written into what was judged, however late it leaves. */
  readonly deadline: number;
}

interface Process {
  readonly phase: "idle" | "open" | "queued" | "ended" | "gone";
  readonly calls: readonly CallState[];
  readonly steps: Readonly<Record<string, number>>;
  readonly armed: boolean;
  /** The last grant: the moment until which a call may be handed over, in true time. */
  readonly validUntil: number;
  readonly deadline: number;
  /** The deadline of the call that it has asked for; 0 where it is no permit. */
  readonly asked: number;
  /** The closes that it has sent. */
  readonly closes: number;
  /** A verb that waits for the lock, with the clock that it has read. */
  readonly waiting: { readonly request: ModelVerb; readonly reading: Reading; readonly askedAt: number } | undefined;
}

interface Movement {
  readonly attempt: number;
  readonly call: number;
  readonly status: "pending" | "mined" | "reverted" | "moved" | "never";
  readonly leftAt: number;
  readonly block: number;
  /** A permit's last moment. */
  readonly lastAt: number;
}

/** One state of everything. Never changed in place. */
export interface State {
  readonly time: number;
  /** How wrong the wall clock was when the ledger's anchor was taken, and how far it stepped since. */
  readonly anchorError: number;
  readonly drift: number;
  readonly lastDrift: number;
  readonly ledger: ModelLedger;
  /** What is on the disk. */
  readonly disk: ModelLedger;
  readonly processes: readonly Process[];
  readonly movements: readonly Movement[];
  readonly outflows: readonly Outflow[];
  /** What the last step did, for whoever replays it. */
  readonly last?:
    | { readonly request: ModelVerb; readonly outcome: Outcome; readonly clock: ModelClock; readonly reading: Reading }
    | undefined;
}

export interface Step {
  readonly label: string;
  readonly next: State;
}

/** What left, by the time of its block; with the movement that it belongs to. */
export interface Outflow {
  readonly block: number;
  readonly amount: number;
  readonly attempt: number;
  readonly call: number;
  /** The approval, by its call in the attempt, whose money it is that leaves in this block, and not in the approval's. */
  readonly pulls?: number;
}

/** Everything that may happen next. */
export class World {
  constructor(
    readonly rules: ModelRules,
    readonly plans: readonly Plan[],
    readonly features: Features,
  ) {}

  /** One state for each way in which the clocks may be wrong at the start. */
  starts(): State[] {
    const errors = this.features.anchorErrors ?? [0];
    const ledger: ModelLedger = { highWater: 0, entries: {} };
    const process: Process = {
      phase: "idle",
      calls: [],
      steps: {},
      armed: false,
      validUntil: 0,
      deadline: 0,
      asked: 0,
      closes: 0,
      waiting: undefined,
    };
    return errors.map((anchorError) => ({
      // Late enough that no window begins before there was time.
      time: 1_000,
      anchorError,
      drift: 0,
      lastDrift: 0,
      ledger,
      disk: ledger,
      processes: this.plans.map(() => process),
      movements: [],
      outflows: [],
    }));
  }

  clock({ time, anchorError, drift, lastDrift }: State): ModelClock {
    return { wall: time + anchorError + drift, steady: time + anchorError, lastDrift };
  }

  steps(state: State): Step[] {
    const steps: Step[] = [];
    const add = (label: string, next: State): void => void steps.push({ label, next });
    for (let attempt = 0; attempt < this.plans.length; attempt += 1) this.#processSteps(state, attempt, add);
    for (let index = 0; index < state.movements.length; index += 1) this.#movementSteps(state, index, add);
    this.#worldSteps(state, add);
    return steps;
  }

  #processSteps(state: State, attempt: number, add: (label: string, next: State) => void): void {
    const { features } = this;
    const process = state.processes[attempt];
    const plan = this.plans[attempt];
    if (process === undefined || plan === undefined) return;
    const name = `attempt ${attempt}`;
    const { phase, calls, waiting } = process;
    if (waiting !== undefined) {
      const { request, reading, askedAt } = waiting;
      add(`${name}: ${request.verb} gets the lock`, this.#answered(state, attempt, request, reading, askedAt));
      return;
    }
    // Bytes that were handed over leave by themselves, whatever became of the process.
    calls.forEach((call, index) => {
      if (
        call.status === "handed" &&
        (features.untimely === true || state.time <= call.checkedAt + this.rules.times.leaveWithin)
      ) {
        add(`${name}: call ${index} leaves`, this.#leaves(state, attempt, index, "left"));
        if (features.sendErrors === true) {
          add(`${name}: call ${index} throws after its node took it`, this.#leaves(state, attempt, index, "raised"));
          add(`${name}: call ${index} throws and no node has it`, withCall(state, attempt, index, { status: "raised" }));
        }
        if (features.reverts === true)
          add(`${name}: call ${index} fails before it is signed`, withCall(state, attempt, index, { status: "never" }));
        if (phase === "gone")
          add(`${name}: call ${index} is gone with its process`, withCall(state, attempt, index, { status: "never" }));
      }
      if (call.status === "left" && phase !== "gone")
        add(`${name}: call ${index} returns`, withCall(state, attempt, index, { status: "returned" }));
    });
    if (phase === "gone") return;
    if (phase === "idle") {
      const request: ModelVerb = {
        verb: "reserve",
        attempt,
        step: "root",
        amount: plan.root,
        arm: false,
        deadline: 0,
        relies: [],
      };
      add(`${name}: reserves`, this.#asked(state, attempt, request));
    }
    const last = calls.at(-1);
    const isBusy = last?.status === "handed" || last?.status === "left";
    if (phase === "open" && !isBusy) {
      const next = plan.calls[calls.length];
      if (next !== undefined) this.#ask(state, attempt, next, calls.length, add);
    }
    if (phase === "queued") {
      const unchecked = this.rules.mutant === "does not check after the queue";
      const handed: CallState = { status: "handed", checkedAt: state.time, deadline: process.asked };
      if (unchecked || state.time <= process.validUntil)
        add(
          `${name}: hands call ${calls.length} over`,
          withProcess(state, attempt, { phase: "open", calls: [...calls, handed] }),
        );
      else add(`${name}: call ${calls.length} is too late`, withProcess(state, attempt, { phase: "ended" }));
    }
    const mayEnd = !isBusy || features.secondClose === true || phase === "ended";
    if ((phase === "open" || phase === "ended") && process.closes === 0 && mayEnd)
      add(`${name}: closes`, this.#closed(state, attempt));
    // What returned after its action is told once more.
    if (
      phase === "ended" &&
      process.closes === 1 &&
      calls.some((call) => call.status !== "never") &&
      !isBusy &&
      features.secondClose === true
    )
      add(`${name}: closes again`, this.#closed(state, attempt));
    if (features.lost === true) add(`${name}: vanishes`, withProcess(state, attempt, { phase: "gone" }));
    if (process.closes > 0 || phase === "ended") this.#evidence(state, attempt, add);
  }

  /** What chains say of calls that a close has listed. The reconciler belongs to no process. */
  #evidence(state: State, attempt: number, add: (label: string, next: State) => void): void {
    const entry = state.ledger.entries[attempt];
    for (const call of entry?.calls ?? []) {
      if (!call.found || call.verdict !== "live") continue;
      const movement = state.movements.find((candidate) => candidate.attempt === attempt && candidate.call === call.call);
      const { mutant } = this.rules;
      const moved =
        movement?.status === "moved" || (mutant === "believes a block before it is final" && movement?.status === "mined");
      const never =
        movement?.status === "never" || (mutant === "believes a revert before it is final" && movement?.status === "reverted");
      if (movement === undefined || !(moved || never)) continue;
      const request: ModelVerb = {
        verb: "correct",
        attempt,
        call: call.call,
        verdict: moved ? "moved" : "never",
        block: movement.block,
      };
      add(`evidence of call ${call.call} of attempt ${attempt}`, this.#ran(state, request, this.#reading(state)));
    }
  }

  #ask(state: State, attempt: number, plan: CallPlan, index: number, add: (label: string, next: State) => void): void {
    const process = state.processes[attempt];
    if (process === undefined) return;
    const deadline = plan.kind === "permit" ? state.time + (plan.lasts ?? 0) : 0;
    const label = `attempt ${attempt}: asks for call ${index}`;
    const isCovered = plan.covered || (plan.kind === "pull" && this.#coversPull(state, attempt));
    const dated = withProcess(state, attempt, { deadline: Math.max(process.deadline, deadline), asked: deadline });
    if (!isCovered) {
      const request: ModelVerb = {
        verb: "reserve",
        attempt,
        step: `call ${index}`,
        amount: plan.amount,
        arm: true,
        deadline,
        relies: Object.keys(process.steps),
      };
      add(label, this.#asked(dated, attempt, request));
      return;
    }
    // guard:judged-in-full: a later call without excess touches no ledger while there is time enough.
    const hasTime = process.armed && state.time <= process.validUntil && deadline <= process.deadline;
    if (hasTime) {
      add(label, withProcess(state, attempt, { phase: "queued", asked: deadline }));
      return;
    }
    const request: ModelVerb = { verb: "arm", attempt, steps: process.steps, deadline };
    add(label, this.#asked(dated, attempt, request));
  }

  /** Whether an approval of the same attempt covers a pull (`guard:grants`). */
  #coversPull(state: State, attempt: number): boolean {
    if (this.rules.mutant === "covers a pull by no approval") return true;
    const index = this.plans[attempt]?.calls.findIndex((call) => call.kind === "approve") ?? -1;
    const movement = state.movements.find((candidate) => candidate.attempt === attempt && candidate.call === index);
    if (this.rules.mutant === "covers a pull by an approval that is not confirmed") return movement !== undefined;
    return movement?.status === "moved";
  }

  #reading(state: State): Reading {
    return this.rules.read(state.ledger, this.clock(state));
  }

  #asked(state: State, attempt: number, request: ModelVerb): State {
    const reading = this.#reading(state);
    if (this.features.lockWait !== true) return this.#answered(state, attempt, request, reading, state.time);
    return withProcess(state, attempt, { waiting: { request, reading, askedAt: state.time } });
  }

  /** A verb runs, and its process hears the answer. */
  #answered(state: State, attempt: number, request: ModelVerb, early: Reading, askedAt: number): State {
    const isEarly = this.rules.mutant === "reads the clock before the lock";
    const ran = this.#ran(state, request, isEarly ? early : this.#reading(state));
    const answer = ran.last?.outcome.answer;
    const process = ran.processes[attempt];
    if (answer === undefined || process === undefined) return ran;
    if (!answer.ok) return withProcess(ran, attempt, { phase: "ended", waiting: undefined });
    const isRoot = request.verb === "reserve" && request.step === "root";
    const steps = request.verb === "reserve" ? { ...process.steps, [request.step]: request.amount } : process.steps;
    return withProcess(ran, attempt, {
      phase: isRoot ? "open" : "queued",
      steps,
      armed: process.armed || !isRoot,
      // validForMs counts from before the question was sent.
      validUntil: askedAt + answer.sendBy - this.rules.times.leaveWithin - answer.now,
      waiting: undefined,
    });
  }

  #ran(state: State, request: ModelVerb, reading: Reading): State {
    const outcome = this.rules.run(state.ledger, reading, request);
    const disk = outcome.durable ? outcome.ledger : state.disk;
    return { ...state, ledger: outcome.ledger, disk, last: { request, outcome, clock: this.clock(state), reading } };
  }

  #closed(state: State, attempt: number): State {
    const process = state.processes[attempt];
    const plan = this.plans[attempt];
    if (process === undefined || plan === undefined) return state;
    const calls = process.calls.map((call, index): ModelCall => {
      const planned = plan.calls[index];
      const proven =
        call.status === "never" || (call.status === "raised" && this.rules.mutant === "takes a send error for a proof");
      return {
        call: index,
        amount: this.#drawn(state, attempt, index),
        found: call.status === "returned" && planned?.kind !== "permit",
        verdict: proven ? "never" : "live",
        block: 0,
      };
    });
    const inFlight = process.calls.some((call) => call.status === "handed" || call.status === "left");
    const ran = this.#ran(state, { verb: "close", attempt, calls, inFlight }, this.#reading(state));
    return withProcess(ran, attempt, { phase: "ended", closes: process.closes + 1 });
  }

  /** What a call took of what was reserved: nothing, where an approval covers it. */
  #drawn(state: State, attempt: number, index: number): number {
    const plan = this.plans[attempt]?.calls[index];
    const process = state.processes[attempt];
    if (plan === undefined || process === undefined) return 0;
    return plan.kind !== "pull" || plan.covered || process.steps[`call ${index}`] !== undefined ? plan.amount : 0;
  }

  #leaves(state: State, attempt: number, index: number, status: "left" | "raised"): State {
    const plan = this.plans[attempt]?.calls[index];
    const { deadline = 0 } = state.processes[attempt]?.calls[index] ?? {};
    const lastAt = plan?.kind === "permit" ? deadline : state.time + this.rules.times.settleWithin;
    const movement: Movement = { attempt, call: index, status: "pending", leftAt: state.time, block: 0, lastAt };
    const left = withCall(state, attempt, index, { status: plan?.kind === "permit" && status === "left" ? "returned" : status });
    return { ...left, movements: [...left.movements, movement] };
  }

  #movementSteps(state: State, index: number, add: (label: string, next: State) => void): void {
    const movement = state.movements[index];
    if (movement === undefined) return;
    const { attempt, call, status } = movement;
    const { features } = this;
    const name = `call ${call} of attempt ${attempt}`;
    const isPermit = this.plans[attempt]?.calls[call]?.kind === "permit";
    if (status === "pending" && (features.untimely === true || state.time <= movement.lastAt)) {
      const errors = features.blockError === true ? [-this.rules.times.blockError, this.rules.times.blockError] : [0];
      for (const error of errors) {
        const block = state.time + error;
        // A permit is not used after its deadline by the block's own clock.
        if (!isPermit || block <= movement.lastAt) add(`${name} is mined at ${error}`, this.#mined(state, index, block));
      }
      if (!isPermit && features.reverts === true) {
        add(`${name} is reverted`, withMovement(state, index, { status: "reverted", block: state.time }));
        add(`${name} can never be mined`, withMovement(state, index, { status: "never" }));
      }
    }
    if (status === "mined") add(`${name} is final`, withMovement(state, index, { status: "moved" }));
    if (status === "reverted") add(`the revert of ${name} is final`, withMovement(state, index, { status: "never" }));
    if (features.reorgs === true && (status === "mined" || status === "reverted")) {
      const outflows = state.outflows.filter((outflow) => outflow.attempt !== attempt || outflow.call !== call);
      add(`the block of ${name} is undone`, { ...withMovement(state, index, { status: "pending", block: 0 }), outflows });
    }
  }

  #mined(state: State, index: number, block: number): State {
    const mined = withMovement(state, index, { status: "mined", block });
    const movement = state.movements[index];
    if (movement === undefined) return mined;
    const { attempt, call } = movement;
    const plan = this.plans[attempt]?.calls[call];
    // What was approved counted when it was granted; a pull beyond it takes an allowance from before.
    const approval =
      plan?.kind === "pull"
        ? state.outflows.find(
            (outflow) => outflow.attempt === attempt && this.plans[attempt]?.calls[outflow.call]?.kind === "approve",
          )
        : undefined;
    const outflow: Outflow =
      approval === undefined
        ? { block, amount: plan?.amount ?? 0, attempt, call }
        : { block, amount: 0, attempt, call, pulls: approval.call };
    return { ...mined, outflows: [...mined.outflows, outflow] };
  }

  #worldSteps(state: State, add: (label: string, next: State) => void): void {
    const { features } = this;
    if (this.#mayTick(state)) add("a tick", { ...state, time: state.time + 1, last: undefined });
    if (features.databaseCrash === true && state.ledger !== state.disk)
      add("the database loses what was not on its disk", { ...state, ledger: state.disk, last: undefined });
    const { drifts = [] } = features;
    const place = drifts.indexOf(state.drift);
    for (const drift of [drifts[place - 1], drifts[place + 1]]) {
      if (drift === undefined) continue;
      // Somebody reads the clock after every step that is too small to be seen.
      const lastDrift = Math.abs(drift - state.drift) <= this.rules.times.tolerance ? drift : state.lastDrift;
      add(`the wall clock is set to ${drift}`, { ...state, drift, lastDrift, last: undefined });
    }
    const error = state.anchorError + state.drift;
    if (state.drift !== 0 && Math.abs(error) <= this.rules.times.tolerance)
      add("the anchor is taken anew", { ...state, anchorError: error, drift: 0, lastDrift: 0, last: undefined });
  }

  /** Whether time may pass: whatever no feature delays happens first. */
  #mayTick(state: State): boolean {
    const { features, rules } = this;
    const mayWait = features.suspended === true;
    for (const { phase, calls, closes, waiting } of state.processes) {
      if (waiting !== undefined) continue;
      for (const { status, checkedAt } of calls) {
        if (status === "handed") {
          if (features.untimely === true) continue;
          if (features.pause !== true || state.time >= checkedAt + rules.times.leaveWithin) return false;
        }
        if (status === "left" && phase !== "gone" && features.secondClose !== true) return false;
      }
      if (phase === "queued" && !mayWait && features.queueWait !== true) return false;
      const mayEndLate = mayWait || features.lateClose === true;
      if ((phase === "open" || (phase === "ended" && closes === 0)) && !mayEndLate) {
        // A call that has not answered is waited for.
        const last = calls.at(-1)?.status;
        if (last !== "handed" && last !== "left") return false;
      }
    }
    for (const { status, lastAt, attempt, call } of state.movements) {
      if (status !== "pending" && status !== "mined" && status !== "reverted") continue;
      if (this.plans[attempt]?.calls[call]?.kind === "permit" && status === "pending") continue;
      if (features.untimely === true) continue;
      const mayLinger = features.lateMining === true || features.reorgs === true;
      if (!mayLinger || state.time >= lastAt) return false;
    }
    return true;
  }
}

function withProcess(state: State, attempt: number, change: Partial<Process>): State {
  const processes = state.processes.map((process, index) => (index === attempt ? { ...process, ...change } : process));
  return { ...state, processes };
}

function withCall(state: State, attempt: number, index: number, change: Partial<CallState>): State {
  const calls = (state.processes[attempt]?.calls ?? []).map((call, place) => (place === index ? { ...call, ...change } : call));
  return { ...withProcess(state, attempt, { calls }), last: undefined };
}

function withMovement(state: State, index: number, change: Partial<Movement>): State {
  const movements = state.movements.map((movement, place) => (place === index ? { ...movement, ...change } : movement));
  return { ...state, movements, last: undefined };
}
