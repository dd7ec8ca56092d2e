import {
  ActionDeniedError,
  type ActionPolicyProvider,
  allOf,
  failOpen,
  type PolicyProvider,
  type SettledOutcome,
  type SettleScope,
  shadow,
  when,
} from "@agentkit-policy/core";
import type { ActionContext, ActionOutcome, JsonValue } from "@agentkit-policy/schema";
import { give, isDecided, nthAnswer } from "./scripted-answer.js";
import type { Trace } from "./trace.js";
import type { Answer, Answers, ScriptedPolicy, ScriptedProvider, TraceEntry } from "./vector.js";

/** What a scripted policy acts upon beside its trace. */
export interface PolicyWorld {
  readonly trace: Trace;
  /** Moves the manual clock. */
  readonly advance: (milliseconds: number) => void;
  /** Changes the very arguments that the caller handed over. */
  readonly changeCallersArgs: (change: JsonValue) => void;
}

/** The policy that a vector describes, built of the same combinators as anybody's. */
export function scriptedPolicy(policy: ScriptedPolicy, world: PolicyWorld, inShadow = false): PolicyProvider {
  if ("allOf" in policy) return allOf(...policy.allOf.map((part) => scriptedPolicy(part, world, inShadow)));
  if ("shadow" in policy) return shadow(scriptedPolicy(policy.shadow, world, true));
  if ("failOpen" in policy) return failOpen(scriptedPolicy(policy.failOpen, world, inShadow));
  if ("when" in policy) {
    let asked = 0;
    const predicate = (): never => {
      world.trace.add({ entry: { asked: "when" } });
      asked += 1;
      return give(nthAnswer(policy.when, asked - 1), world.trace) as never;
    };
    return when(predicate, scriptedPolicy(policy.policy, world, inShadow));
  }
  return new Script(policy, world, inShadow).provider();
}

class Script {
  readonly #script: ScriptedProvider;
  readonly #world: PolicyWorld;
  readonly #calls = new Map<string, number>();
  /** Whether nobody waits for what it is told. */
  #aside: boolean;

  constructor(script: ScriptedProvider, world: PolicyWorld, inShadow: boolean) {
    this.#script = script;
    this.#world = world;
    this.#aside = inShadow;
  }

  provider(): PolicyProvider {
    const { name, form = "rfc", beforeWalletCall } = this.#script;
    return {
      name,
      beforeAction: (context) => this.#decide("beforeAction", context) as never,
      ...(beforeWalletCall === undefined
        ? {}
        : { beforeWalletCall: (context) => this.#decide("beforeWalletCall", context) as never }),
      ...(form === "rfc" ? this.#rfcHooks() : {}),
      ...(form === "money"
        ? { settle: (context, outcome, scope) => this.#end("settle", context, outcome, settleFacts(outcome, scope)) as never }
        : {}),
    };
  }

  #rfcHooks(): Pick<ActionPolicyProvider, "afterAction" | "onActionError"> {
    return {
      afterAction: (context, result, outcome) =>
        this.#end("afterAction", context, outcome, result === undefined ? {} : { result: result as JsonValue }) as never,
      onActionError: (context, error, outcome) =>
        this.#end("onActionError", context, outcome, { error: errorWords(error) }) as never,
    };
  }

  #decide(hook: "beforeAction" | "beforeWalletCall", context: ActionContext): unknown {
    this.#world.trace.add({ entry: { hook: `${this.#script.name}.${hook}`, ...this.#seen(context) } });
    const answer = this.#next(hook);
    // Whoever failed to decide on an attempt hears of its end when a late answer can no longer come.
    if (hook === "beforeAction" && !isDecided(answer)) this.#aside = true;
    return this.#given(answer);
  }

  #end(
    hook: "settle" | "afterAction" | "onActionError",
    context: ActionContext,
    outcome: ActionOutcome,
    facts: TraceEntry,
  ): unknown {
    const entry = { hook: `${this.#script.name}.${hook}`, ...this.#seen(context), status: outcome.status, ...facts };
    this.#world.trace.add({ entry, aside: this.#aside, outcome: recordOf(outcome) });
    return this.#given(this.#next(hook));
  }

  #seen(context: ActionContext): TraceEntry {
    const { shows = [] } = this.#script;
    // A copy: what is in the trace is what was there to be seen at that moment.
    const seen = shows.map((key) => [key, structuredClone(context[key as keyof ActionContext] ?? null) as JsonValue]);
    return Object.fromEntries(seen);
  }

  #next(hook: "beforeAction" | "beforeWalletCall" | "settle" | "afterAction" | "onActionError"): Answer {
    const answers: Answers = this.#script[hook] ?? "allow";
    const call = this.#calls.get(hook) ?? 0;
    this.#calls.set(hook, call + 1);
    return nthAnswer(answers, call);
  }

  #given(answer: Answer): unknown {
    if (typeof answer === "object") {
      if ("advancesMs" in answer && answer.advancesMs !== undefined) this.#world.advance(answer.advancesMs);
      if ("meanwhile" in answer && answer.meanwhile !== undefined) this.#world.changeCallersArgs(answer.meanwhile);
    }
    return give(answer, this.#world.trace);
  }
}

function settleFacts(outcome: SettledOutcome, { settlements }: SettleScope): TraceEntry {
  return {
    spent: outcome.spent.map(({ amount }) => amount),
    ...(settlements.length === 0 ? {} : { settlements: settlements as unknown as JsonValue }),
  };
}

/** An outcome without how long it took, which no two runs agree on. */
function recordOf({ status, entered, spent, transactions, journalComplete }: ActionOutcome): JsonValue {
  return { status, entered, spent, transactions, journalComplete } as unknown as JsonValue;
}

function errorWords(error: unknown): string {
  if (ActionDeniedError.isInstance(error)) return `${error.name}: ${error.code}: ${error.reason}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
