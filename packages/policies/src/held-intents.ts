import { provesNothingLeft, type SettledOutcome } from "@agentkit-policy/core";
import type { Awaitable, ReserveRequest } from "@agentkit-policy/ledger";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import type { AttemptEntries } from "./attempt-entries.js";
import { intentKeyOf, intentOf, scopesOf } from "./ledger-request.js";

/** The outermost attempt of an intent in this process: its entry holds the intent for the actions inside it too. */
interface Outermost {
  readonly context: ActionContext;
  readonly key: string;
  /** Whether its entry was asked for with the intent. */
  holds: boolean;
  /** The attempts inside it that rely on that, and of which it is not proven that nothing came. */
  readonly inside: Set<string>;
}

/** So many attempts are remembered after their end, since more may become known of them. */
const mostEnded = 10_000;

/**
 * Whose entry holds the intent of an attempt (`intent:once`): its own, unless the action around it is known here and names the same.
 * An action of another process, policy or kit may hold nothing, and is relied on by nobody.
 */
export class HeldIntents {
  readonly #entries: AttemptEntries;
  readonly #outermost = new Map<string, Outermost>();
  /** Ended attempts inside which something may have been paid. */
  readonly #paidInside = new Set<string>();

  constructor(entries: AttemptEntries) {
    this.#entries = entries;
  }

  /** An attempt with an intent is decided on. @param request its root's, where it needs an entry; what moves nothing holds none */
  begin(
    context: ActionContext,
    request: ReserveRequest | undefined,
    moves: boolean,
    ask: (request: ReserveRequest | undefined) => Awaitable<PolicyDecision>,
  ): Awaitable<PolicyDecision> {
    const { actionId } = context;
    const outermost = this.#outermostOf(context);
    if (outermost === undefined) return ask(request);
    this.#outermost.set(actionId, outermost);
    const isInside = outermost.context.actionId !== actionId;
    const answer = request === undefined || (isInside && !moves) ? ask(request) : this.reserve(context, request, ask);
    return after(answer, (decision) => {
      if (decision.decision === "deny") this.#outermost.delete(actionId);
    });
  }

  /** Asks for the first step of an attempt's entry: with its intent, or with its trust in the entry that holds it. */
  reserve(
    context: ActionContext,
    request: ReserveRequest,
    ask: (request: ReserveRequest) => Awaitable<PolicyDecision>,
  ): Awaitable<PolicyDecision> {
    const { actionId } = context;
    const intent = intentOf(context);
    if (intent === undefined) return ask(request);
    const outermost = this.#outermost.get(actionId);
    const own = (): Awaitable<PolicyDecision> => ask({ ...request, intent });
    if (outermost === undefined) return own();
    if (outermost.context.actionId === actionId) {
      outermost.holds = true;
      return own();
    }
    // Before anything is asked: the outer intent is not free while this may pay.
    outermost.inside.add(actionId);
    const decided = then(this.#secured(outermost), (held) => {
      if (held === undefined) return own();
      return held.decision === "deny" ? held : ask(request);
    });
    return after(decided, (decision) => {
      if (decision.decision === "deny") outermost.inside.delete(actionId);
    });
  }

  /** Whether something may have been paid inside an attempt that is settled, so that its own calls prove nothing of its intent. */
  settled({ actionId }: ActionContext, outcome: SettledOutcome): boolean {
    const outermost = this.#outermost.get(actionId);
    if (outermost === undefined) return this.#paidInside.has(actionId);
    const isOutermost = outermost.context.actionId === actionId;
    if (!isOutermost && provesNothingLeft(outcome)) outermost.inside.delete(actionId);
    const paidInside = isOutermost && outermost.inside.size > 0;
    if (outcome.calls.some(({ state }) => state === "in_flight")) return paidInside;
    this.#outermost.delete(actionId);
    if (paidInside) this.#paidInside.add(actionId);
    const [oldest] = this.#paidInside;
    if (oldest !== undefined && this.#paidInside.size > mostEnded) this.#paidInside.delete(oldest);
    return paidInside;
  }

  #outermostOf(context: ActionContext): Outermost | undefined {
    const known = this.#outermost.get(context.actionId);
    const key = intentKeyOf(context);
    if (known !== undefined || key === undefined) return known;
    const around = context.parentActionId === undefined ? undefined : this.#outermost.get(context.parentActionId);
    return around?.key === key ? around : { context, key, holds: false, inside: new Set() };
  }

  /**
   * Sees to it that the outermost attempt holds the intent for good, as a reserve alone is given up after its life: what is paid inside
   * stays paid. Undefined where its entry cannot hold it, and the attempt inside has to.
   */
  #secured(outermost: Outermost): Awaitable<PolicyDecision | undefined> {
    const { context, holds } = outermost;
    const { actionId: attemptId } = context;
    const entry = this.#entries.of(attemptId);
    if (entry === undefined) {
      // It moves nothing itself, and had no need of an entry until now.
      const intent = intentOf(context);
      if (intent === undefined) return undefined;
      outermost.holds = true;
      const request = { attemptId, stepId: "root", scopes: scopesOf(context), lines: [], limits: [], arm: true, intent };
      return then(this.#entries.reserve(request), unlessExpired);
    }
    if (!holds) return undefined;
    if (entry.armed) return { decision: "allow" };
    return then(this.#entries.arm(context), unlessExpired);
  }
}

/** An attempt that has run for longer than an entry lives can hold nothing any more; any other refusal stops what is inside as well. */
function unlessExpired(decision: PolicyDecision): PolicyDecision | undefined {
  return decision.decision === "deny" && decision.code === "ledger_expired" ? undefined : decision;
}

/** Goes on at once where the answer is there. */
function then<T, U>(answer: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

function after(answer: Awaitable<PolicyDecision>, look: (decision: PolicyDecision) => void): Awaitable<PolicyDecision> {
  return then(answer, (decision) => {
    look(decision);
    return decision;
  });
}
