import { randomUUID } from "node:crypto";
import { ActionFailedError, AttemptMachine, createRuntime, SnapshotError, type Verdict } from "@agentkit-policy/core";
import type {
  AttemptFacts,
  BeforeActionParams,
  BeforeWalletCallParams,
  DecisionAnswer,
  InitializeParams,
  InitializeResult,
  JsonValue,
  ObserveParams,
  PolicyDecision,
  SettleParams,
  SettleResult,
  WalletCallFacts,
} from "@agentkit-policy/schema";
import { Needs } from "./needs.js";
import { type OpenPolicy, openPolicyFile, type PolicyOpener } from "./open-policy.js";
import { readHostCall, readJournalCall } from "./read-host-call.js";
import { ReaderOnce } from "./reader-once.js";

/** An attempt belongs to the ledger that it was opened on, and is settled there or nowhere. */
export class AnotherLedgerError extends Error {
  override readonly name = "AnotherLedgerError";

  constructor() {
    super("the attempt was opened on another ledger");
  }
}

/**
 * The deciding side of the methods in `methods.json`, without a transport. It keeps envelopes and draws, in memory only:
 * an attempt that another process opened is settled here and admits no wallet call (`attempt_unknown`).
 */
export class Sidecar {
  readonly #policy: OpenPolicy;
  readonly #reader: ReaderOnce | undefined;
  readonly #machine: AttemptMachine;
  readonly #instance = randomUUID();

  private constructor(policy: OpenPolicy) {
    this.#policy = policy;
    this.#reader = policy.reader === undefined ? undefined : new ReaderOnce(policy.reader);
    const options = {
      ...(this.#reader === undefined ? {} : { reader: this.#reader }),
      ...(policy.clock === undefined ? {} : { clock: policy.clock }),
    };
    this.#machine = new AttemptMachine(createRuntime(policy.policy, options, { walletElsewhere: true }));
  }

  /** @throws PolicyFileError, LedgerFault */
  static async open(params: InitializeParams, opener: PolicyOpener = openPolicyFile): Promise<Sidecar> {
    return new Sidecar(await opener(params));
  }

  get description(): InitializeResult {
    return {
      protocolVersion: "1",
      instance: this.#instance,
      ledgerId: this.#policy.ledgerId,
      policyVersion: this.#policy.version,
    };
  }

  /** Opens an attempt, or says what has to be read first. */
  async beforeAction({ facts: sent, deadlineMs, provided }: BeforeActionParams): Promise<DecisionAnswer> {
    const facts = readFacts(sent);
    if ("decision" in facts) return { decision: facts };
    const needs = new Needs(provided);
    // Asked before anything is reserved, so that asking again cannot hold anything twice.
    const reading = provided === undefined ? this.#reader?.readAhead(facts, needs.read) : undefined;
    if (reading !== undefined) await reading;
    if (needs.open !== undefined) return { needs: needs.open };
    return { decision: decisionOf(await this.#machine.openAttempt(facts, needs.read, deadlineMs)) };
  }

  /** Judges a wallet call of an attempt that this process opened. */
  async beforeWalletCall({ actionId, call, deadlineMs }: BeforeWalletCallParams): Promise<DecisionAnswer> {
    const read = orInvalid(() => readHostCall(call));
    if (!("decision" in read)) return { decision: decisionOf(await this.#machine.judgeCall(actionId, read, deadlineMs)) };
    this.#machine.denyFurtherCalls(actionId, read);
    return { decision: read };
  }

  /** Gives back what a call drew that never left. */
  observe({ actionId, callId }: ObserveParams): void {
    this.#machine.observe(actionId, callId);
  }

  /**
   * Settles an attempt, whoever opened it.
   * @throws AnotherLedgerError
   */
  async settle(params: SettleParams): Promise<SettleResult> {
    const { ledgerId, stage, durationMs, walletTouched, said, denial, settlements, provided } = params;
    const facts = withCall(params.facts, readJournalCall);
    const journal = params.journal.map((call) => ({ ...call, facts: readJournalCall(call.facts) }));
    // Money that another ledger holds must be closed there; here it would be counted a second time, and there for ever.
    if (ledgerId !== this.#policy.ledgerId) throw new AnotherLedgerError();
    const settled = {
      actionId: facts.actionId,
      stage,
      result: stage === "returned" ? params.result : undefined,
      error: stage === "raised" ? errorOf(params) : undefined,
      durationMs,
      walletTouched,
      journal,
      ...(said === undefined ? {} : { said }),
      ...(denial === undefined ? {} : { denial }),
    };
    const outcome = this.#machine.isOpen(facts.actionId)
      ? await this.#machine.settle(settled)
      : await this.#machine.settleRecovered(facts, settled, settlements, new Needs(provided).read);
    if (outcome === undefined) throw new Error("the attempt was settled while it was looked up");
    const { status, entered, spent, transactions, journalComplete } = outcome;
    return { outcome: { status, entered, spent, transactions, journalComplete, durationMs } };
  }

  /** Closes the ledger. */
  async dispose(): Promise<void> {
    await this.#policy.dispose();
  }
}

interface InvalidArguments {
  readonly decision: "deny";
  readonly code: "invalid_arguments";
  readonly reason: string;
}

/** What a reading gives, or, where there is no exact one, the denial of it. */
function orInvalid<T>(read: () => T): T | InvalidArguments {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    return { decision: "deny", code: "invalid_arguments", reason: error.message };
  }
}

function readFacts(facts: AttemptFacts): AttemptFacts | InvalidArguments {
  return orInvalid(() => withCall(facts, readHostCall));
}

/** An attempt that is one wallet call has that call for its arguments, read, in whatever language it was made. */
function withCall(facts: AttemptFacts, read: (call: WalletCallFacts) => WalletCallFacts): AttemptFacts {
  if (facts.call?.unread === undefined) return facts;
  const call = read(facts.call);
  const { callId: _callId, ...args } = call;
  return { ...facts, call, args: args as unknown as JsonValue };
}

function decisionOf(verdict: Verdict): PolicyDecision {
  if (verdict.decision === "deny") {
    const { code, reason, retryAfterMs, approval } = verdict.denial;
    return {
      decision: "deny",
      code,
      reason,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(approval === undefined ? {} : { approval }),
    };
  }
  const [settlement] = verdict.settlements;
  return {
    decision: "allow",
    // Rounded down: a fraction of a millisecond less is the safe side, and the contract counts whole ones.
    ...(verdict.validForMs === undefined ? {} : { validForMs: Math.floor(verdict.validForMs) }),
    ...(settlement === undefined ? {} : { settlement }),
  };
}

/** What was thrown in the host, with its name, by which control-flow exceptions are known. */
function errorOf({ error, result }: SettleParams): unknown {
  if (error === undefined) return new ActionFailedError(result);
  return Object.assign(new Error(error.message), { name: error.name });
}
