import { randomUUID } from "node:crypto";
import { runBody, ScriptedWallet, world } from "../../packages/conformance/dist/index.js";
import { ActionDeniedError, readWalletCall, SnapshotError, takeSnapshot } from "../../packages/core/dist/index.js";

/** What a settlement is told where a wallet's balance does not cover a send; the guard's own words. */
class InsufficientFundsError extends Error {
  name = "InsufficientFundsError";
}

const chainFacts = { walletAddress: world.walletAddress, network: world.networkId, chainId: world.chainId };

/**
 * A host of the sidecar's methods, as a shim in another language is one: it sends facts, obeys decisions, keeps the journal
 * and tells how the attempt ended. It runs the one action of a vector.
 */
export class RpcHost {
  #connection;
  #vector;
  #trace;
  #wallet;
  #facts;
  #ledgerId = "";
  #journal = [];
  #settlements = [];
  #denial;
  #ending;
  #startedAt = performance.now();
  /** One send of a wallet after the other. */
  #turn = Promise.resolve();

  constructor(connection, vector, trace) {
    this.#connection = connection;
    this.#vector = vector;
    this.#trace = trace;
    this.#wallet = new ScriptedWallet(vector.body ?? [], trace);
  }

  /** @param {string} policy what the deciding side opens */
  async initialize(policy) {
    const params = { protocolVersion: "1", policy, host: "conformance" };
    this.#ledgerId = (await this.#connection.sendRequest("initialize", params)).ledgerId;
  }

  /** Runs the action, as the caller sees it. */
  async invoke(args) {
    const { invoke: { onDeny } = {} } = this.#vector;
    try {
      return await this.#run(args);
    } catch (error) {
      if (!(error instanceof Denied)) throw error;
      if (onDeny === "throw") throw new ActionDeniedError(error.denial);
      return [`Error: ${new ActionDeniedError(error.denial).message}`, ...error.own].join("\n");
    }
  }

  async #run(args) {
    const { invoke: { action = "pay", identity = {}, wallet = true } = {}, body = [] } = this.#vector;
    const snapshot = orDenied(() => takeSnapshot(args));
    this.#facts = {
      actionId: newId(),
      layer: "action",
      actionName: action,
      args: snapshot.plain,
      ...chainFacts,
      identity,
      guarded: wallet,
      requestedAt: Date.now(),
    };
    const { decision, askedAt } = await this.#askAction();
    if (decision.decision === "deny") throw new Denied(decision);
    if (!holds(decision, askedAt)) {
      const expired = { code: "allow_expired", reason: "the permission ran out before it could be used" };
      await this.#end({ stage: "before", error: new ActionDeniedError(expired) });
      throw new Denied(expired);
    }
    let result;
    try {
      result = await runBody(
        body,
        this.argumentsFor(snapshot, args),
        wallet ? this.#guardedWallet() : this.#bareWallet(),
        this.#trace,
      );
    } catch (error) {
      const denial = this.#denial;
      await this.#end({ stage: "raised", error });
      // A control-flow exception is the framework's own way out.
      if (denial === undefined || controlFlow.has(error.name)) throw error;
      throw new Denied(denial, [error.message]);
    }
    const denial = this.#denial;
    await this.#end({ stage: "returned", result });
    if (denial !== undefined) throw new Denied(denial, [typeof result === "string" ? result : JSON.stringify(result)]);
    return result;
  }

  /** What the action runs on: a copy of what was judged, and never what the caller still holds. */
  argumentsFor(snapshot, _callers) {
    return snapshot.fresh();
  }

  async #askAction() {
    const params = { facts: this.#facts, deadlineMs: this.#deadlineMs };
    let askedAt = performance.now();
    let answer = await this.#connection.sendRequest("policy/beforeAction", params);
    if ("needs" in answer) {
      // The scripted wallet reads no contract: nobody can tell the decimals of a token that is not known.
      const provided = answer.needs.map((request) => ({ request, decimals: null }));
      askedAt = performance.now();
      answer = await this.#connection.sendRequest("policy/beforeAction", { ...params, provided });
    }
    this.#keep(answer.decision);
    return { decision: answer.decision, askedAt };
  }

  #bareWallet() {
    const wallet = this.#wallet;
    return {
      send: (to, value) => wallet.sent(to, value),
      sign: (message) => wallet.signMessage(message),
      reached: (step) => wallet.reached(step),
    };
  }

  #guardedWallet() {
    const wallet = this.#wallet;
    return {
      send: (to, value) =>
        this.#inTurn(() => this.#call("send", "sendTransaction", { to, value: BigInt(value) }, () => wallet.sent(to, value))),
      sign: (message) => this.#call("sign_message", "signMessage", message, () => wallet.signMessage(message)),
      reached: (step) => wallet.reached(step),
    };
  }

  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** The way of one wallet call: its balance, the judgement, the seal, the wallet, the journal. */
  async #call(method, walletMethod, argument, run) {
    const { facts } = orDenied(() => readWalletCall(newId(), method, walletMethod, [argument], chainFacts));
    const entry = { facts, state: "waiting" };
    this.#journal.push(entry);
    this.#refuseWhereEnded(entry);
    const value = BigInt(facts.value ?? "0");
    if (value > world.balance) {
      const words = `the wallet holds ${world.balance} and the transaction's value is ${value} (atomic units)`;
      const error = new InsufficientFundsError(`insufficient funds for transfer: ${words}`);
      Object.assign(entry, { state: "never_left", error: error.message });
      throw error;
    }
    const { actionId } = this.#facts;
    const askedAt = performance.now();
    const params = { actionId, call: facts, deadlineMs: this.#deadlineMs };
    const { decision } = await this.#connection.sendRequest("policy/beforeWalletCall", params);
    this.#keep(decision);
    if (decision.decision === "deny") this.#refuse(entry, decision);
    this.#refuseWhereEnded(entry);
    if (!holds(decision, askedAt)) {
      this.#refuse(entry, { code: "allow_expired", reason: "the permission ran out before it could be used" });
    }
    entry.state = "in_flight";
    try {
      const answer = await run();
      Object.assign(entry, { state: "returned", ...(method === "send" ? { transactionId: answer } : {}) });
      return answer;
    } catch (error) {
      Object.assign(entry, { state: "raised", error: error.message });
      throw error;
    } finally {
      // A settlement that reaches nobody is missing in the trace, which is where it is looked for.
      if (this.#ending !== undefined) this.#settle().catch(() => undefined);
    }
  }

  #refuseWhereEnded(entry) {
    if (this.#ending !== undefined) {
      this.#refuse(entry, { code: "attempt_closed", reason: "the action of this wallet call has already ended" });
    }
    if (this.#denial !== undefined) this.#refuse(entry, this.#denial);
  }

  #refuse(entry, denial) {
    entry.state = "refused";
    const { actionId } = this.#facts;
    void this.#connection.sendNotification("policy/observe", { actionId, callId: entry.facts.callId, observation: "refused" });
    this.#denial ??= denial;
    throw new ActionDeniedError(denial);
  }

  #keep(decision) {
    if (decision.settlement !== undefined) this.#settlements.push(decision.settlement);
  }

  get #deadlineMs() {
    return this.#vector.invoke?.deadlineMs ?? 5_000;
  }

  async #end(ending) {
    this.#ending = ending;
    await this.#settle();
  }

  /** The journal that is told. */
  journal() {
    return this.#journal;
  }

  async #settle() {
    const { stage, result, error } = this.#ending;
    await this.#connection.sendRequest("policy/settle", {
      facts: this.#facts,
      ledgerId: this.#ledgerId,
      stage,
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error: { name: error.name, message: error.message } }),
      durationMs: performance.now() - this.#startedAt,
      walletTouched: this.#facts.guarded,
      journal: this.journal(),
      ...(this.#denial === undefined ? {} : { denial: { code: this.#denial.code, reason: this.#denial.reason } }),
      settlements: this.#settlements,
    });
  }
}

/** By which names frameworks leave an action on purpose (`control-flow`). */
const controlFlow = new Set([
  "GraphInterrupt",
  "NodeInterrupt",
  "GraphBubbleUp",
  "ParentCommand",
  "AbortError",
  "CancelledError",
]);

/** A denial on its way to the caller, with what the action itself said. */
class Denied extends Error {
  constructor(denial, own = []) {
    super(denial.reason);
    this.denial = denial;
    this.own = own;
  }
}

function orDenied(read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw new Denied({ code: "invalid_arguments", reason: error.message });
  }
}

function holds({ validForMs = Number.POSITIVE_INFINITY }, askedAt) {
  return performance.now() - askedAt < validForMs;
}

let serial = 0;

/** A UUID of version 7. */
function newId() {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${serial.toString(16).padStart(3, "0").slice(-3)}-8${randomUUID().slice(20)}`;
}
