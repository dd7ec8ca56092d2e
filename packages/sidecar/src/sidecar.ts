import { randomUUID } from "node:crypto";
import { ActionFailedError, AttemptMachine, createRuntime, type Verdict } from "@agentkit-policy/core";
import { type LoadedPolicy, loadPolicy } from "@agentkit-policy/policies";
import type {
  BeforeActionParams,
  BeforeWalletCallParams,
  DecisionAnswer,
  InitializeParams,
  InitializeResult,
  ObserveParams,
  PolicyDecision,
  SettleParams,
  SettleResult,
} from "@agentkit-policy/schema";
import { Needs } from "./needs.js";

/**
 * The deciding side of the methods in `methods.json`, without a transport. It keeps envelopes and draws, in memory only:
 * an attempt that another process opened is settled here and admits no wallet call (`attempt_unknown`).
 */
export class Sidecar {
  readonly #policy: LoadedPolicy;
  readonly #machine: AttemptMachine;
  readonly #instance = randomUUID();

  private constructor(policy: LoadedPolicy) {
    this.#policy = policy;
    this.#machine = new AttemptMachine(createRuntime(policy, {}));
  }

  /** @throws PolicyFileError, LedgerFault */
  static async open({ policy }: InitializeParams): Promise<Sidecar> {
    return new Sidecar(await loadPolicy(policy));
  }

  get description(): InitializeResult {
    return {
      protocolVersion: "1",
      instance: this.#instance,
      ledgerId: this.#policy.ledger.id,
      policyVersion: this.#policy.version,
    };
  }

  /** Opens an attempt, or says what has to be read first. */
  async beforeAction({ facts, deadlineMs, provided }: BeforeActionParams): Promise<DecisionAnswer> {
    const needs = new Needs(provided);
    // Asked before anything is reserved, so that asking again cannot hold anything twice.
    const open = provided === undefined ? await this.#openNeeds(facts, needs) : undefined;
    if (open !== undefined) return { needs: open };
    return { decision: decisionOf(await this.#machine.openAttempt(facts, needs.read, deadlineMs)) };
  }

  /** Judges a wallet call of an attempt that this process opened. */
  async beforeWalletCall({ actionId, call, deadlineMs }: BeforeWalletCallParams): Promise<DecisionAnswer> {
    return { decision: decisionOf(await this.#machine.judgeCall(actionId, call, deadlineMs)) };
  }

  /** Gives back what a call drew that never left. */
  observe({ actionId, callId }: ObserveParams): void {
    this.#machine.observe(actionId, callId);
  }

  /**
   * Settles an attempt, whoever opened it.
   * @throws Error when the attempt was opened on another ledger
   */
  async settle(params: SettleParams): Promise<SettleResult> {
    const { facts, ledgerId, stage, durationMs, walletTouched, journal, settlements, provided } = params;
    // Money that another ledger holds must be closed there; here it would be counted a second time, and there for ever.
    if (ledgerId !== this.#policy.ledger.id) throw new Error("the attempt was opened on another ledger");
    const settled = {
      actionId: facts.actionId,
      stage,
      ...(stage === "returned" ? { result: params.result } : {}),
      ...(stage === "raised" ? { error: errorOf(params) } : {}),
      durationMs,
      walletTouched,
      journal,
    };
    const outcome = this.#machine.isOpen(facts.actionId)
      ? await this.#machine.settle(settled)
      : await this.#machine.settleRecovered(facts, settled, settlements, new Needs(provided).read);
    if (outcome === undefined) throw new Error("the attempt was settled while it was looked up");
    const { calls: _calls, ...own } = outcome;
    return { outcome: own };
  }

  /** Closes the ledger. */
  async dispose(): Promise<void> {
    await this.#policy.dispose();
  }

  async #openNeeds(facts: BeforeActionParams["facts"], needs: Needs): Promise<Needs["open"]> {
    try {
      await this.#policy.reader?.describe(facts, needs.read);
    } catch {
      // The machine reads again, and denies.
    }
    return needs.open;
  }
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
