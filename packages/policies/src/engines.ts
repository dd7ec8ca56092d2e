import {
  type DecisionScope,
  type Logger,
  type PolicyProvider,
  type SettledOutcome,
  type Settlement,
  type SettleScope,
  timedOut,
  within,
} from "@agentkit-policy/core";
import type { ActionContext, Deny } from "@agentkit-policy/schema";
import { answerOf, type EngineAnswer, tooLate } from "./engine-answer.js";
import { type EngineOwner, type EngineOwners, isOwner, ownerIn } from "./engine-owner.js";
import { type EngineSettlements, Grants, type ToldGrants } from "./grants.js";
import { hearing, type Unheard } from "./hearing.js";
import { applies } from "./matching.js";
import type { When } from "./policy-file.js";

/** An engine that a policy asks, under the id of its rule. */
export interface Engine {
  readonly id: string;
  readonly when: When | undefined;
  /** Whether its answers count for nothing. */
  readonly isShadow: boolean;
  readonly owner: EngineOwner;
  readonly provider: PolicyProvider;
}

/** What of an attempt's grants is this policy's to tell. */
export interface EnginesShare {
  readonly own: readonly EngineSettlements[];
  /**
   * The rules whose engines hold something that they have to be told of, and which this policy does not have: it was written under another
   * name, for another engine, or in another policy on the same ledger. A shadow holds nothing, and knows nothing of what its rule held
   * before it became one.
   */
  readonly strangers: readonly string[];
}

/** How engines are told. */
export interface TellingScope extends Pick<SettleScope, "recovered"> {
  readonly remember?: (engine: string, settlement: Settlement) => Promise<void>;
  /** Ends the wait for those that have not heard yet. */
  readonly signal?: AbortSignal;
}

/** What the engines of a policy answered together. */
export type EnginesAnswer =
  | { readonly kind: "allowed"; readonly settlements: EngineSettlements; readonly validForMs: number | undefined }
  | { readonly kind: "denied"; readonly denial: Deny };

/** What a refused attempt came to. */
const denied: SettledOutcome = {
  status: "denied",
  entered: false,
  spent: [],
  transactions: [],
  journalComplete: true,
  durationMs: 0,
  calls: [],
};

/** So long an answer that came too late for its question is waited for, in milliseconds, so that what it grants can be given back. */
const lateAnswerMs = 60_000;

/** The engines of a policy, asked in order and told in reverse. */
export class Engines {
  readonly #engines: readonly Engine[];
  readonly #logger: Logger;
  readonly #grants = new Grants();

  constructor(engines: readonly Engine[], logger: Logger) {
    this.#engines = engines;
    this.#logger = logger;
  }

  /** Whose what is granted here is, by rule. */
  get owners(): EngineOwners {
    return Object.fromEntries(this.#engines.map(({ id, owner }) => [id, owner]));
  }

  get areNone(): boolean {
    return this.#engines.length === 0;
  }

  /** Whether any of them has a say. */
  concern(context: ActionContext): boolean {
    return this.#engines.some(({ when }) => applies(when, context));
  }

  /** What engines were granted that want to hear what became of it; undefined where none does. */
  heardOf(settlements: EngineSettlements): EngineSettlements | undefined {
    const heard = Object.entries(settlements).filter(([id]) => this.#settles(id));
    return heard.length === 0 ? undefined : Object.fromEntries(heard);
  }

  /** @param owners whose it was, by rule, as far as that is known */
  shareOf(settlements: readonly EngineSettlements[], owners: EngineOwners): EnginesShare {
    const isOurs = (id: string): boolean => this.#settles(id, ownerIn(owners, id));
    const own = settlements.map((given) => Object.fromEntries(Object.entries(given).filter(([id]) => isOurs(id))));
    const holding = settlements.flatMap((given) => Object.keys(given).filter((id) => given[id] !== null));
    return {
      own: own.filter((given) => Object.keys(given).length > 0),
      strangers: [...new Set(holding)].filter((id) => !isOurs(id)),
    };
  }

  #settles(rule: string, held?: EngineOwner): boolean {
    return this.#engines.some(
      ({ id, isShadow, provider, owner }) => id === rule && !isShadow && provider.settle !== undefined && isOwner(held, owner),
    );
  }

  /**
   * Asks each; the first denial stops, and so does the end of the time. What they grant is kept here from the moment on at which they do:
   * nobody may be left to hear the end of the round. Whoever gets an allow says by `returned` or `inVain` what has become of it.
   */
  async ask(
    hook: "beforeAction" | "beforeWalletCall",
    context: ActionContext,
    scope: DecisionScope,
    earlier: readonly EngineSettlements[],
  ): Promise<EnginesAnswer> {
    const settlements = this.#grants.begin(context.actionId);
    const answer = await this.#round(hook, context, scope, earlier, settlements);
    if (answer.kind === "denied") this.#grants.inVain(context.actionId, settlements);
    return answer;
  }

  /** @param settlements what is granted is added to them at once */
  async #round(
    hook: "beforeAction" | "beforeWalletCall",
    context: ActionContext,
    scope: DecisionScope,
    earlier: readonly EngineSettlements[],
    settlements: Record<string, Settlement | null>,
  ): Promise<EnginesAnswer> {
    let validForMs: number | undefined;
    for (const { id, when, isShadow, provider } of this.#engines) {
      // One that has no such hook is not asked. One that has it and answers nothing has not allowed.
      if (!applies(when, context) || provider[hook] === undefined) continue;
      const asked =
        hook === "beforeAction"
          ? () => provider.beforeAction(context, scope)
          : () => provider.beforeWalletCall?.(context, { ...scope, settlements: ofEngine(id, earlier) });
      if (isShadow) {
        this.#shadowed(id, context, asked);
        continue;
      }
      const answering = scope.signal.aborted ? tooLate(id, false) : answerOf(id, asked);
      const answer = answering instanceof Promise ? await this.#inTime(id, context, answering, scope) : answering;
      if (answer.decision === "deny") {
        // One that failed may hold something all the same, and is told like those that allowed.
        if (answer.isAmbiguous) settlements[id] = null;
        const { isAmbiguous: _isAmbiguous, ...denial } = answer;
        return { kind: "denied", denial: { ...denial, metadata: { ...denial.metadata, rule: id } } };
      }
      settlements[id] = answer.settlement ?? null;
      if (answer.validForMs !== undefined) validForMs = Math.min(validForMs ?? answer.validForMs, answer.validForMs);
    }
    return { kind: "allowed", settlements, validForMs };
  }

  /** The answer of an engine, or a denial once the time is over. What it then still grants is given back when it comes. */
  #inTime(
    id: string,
    { actionId }: ActionContext,
    answering: Promise<EngineAnswer>,
    { signal }: DecisionScope,
  ): Promise<EngineAnswer> {
    return new Promise((resolve) => {
      const isOver = (): void => {
        void this.#hearLate(id, actionId, answering);
        resolve(tooLate(id, true));
      };
      signal.addEventListener("abort", isOver, { once: true });
      void answering.then((answer) => {
        signal.removeEventListener("abort", isOver);
        resolve(answer);
      });
    });
  }

  async #hearLate(id: string, actionId: string, answering: Promise<EngineAnswer>): Promise<void> {
    this.#grants.expect(actionId);
    const late = await within(answering, lateAnswerMs, false);
    const isNews = late !== timedOut && (late.decision === "allow" || late.isAmbiguous);
    const settlement = isNews && late.decision === "allow" ? (late.settlement ?? null) : null;
    this.#grants.cameLate(actionId, isNews ? { [id]: settlement } : undefined);
  }

  /** Asks an engine whose answer counts for nothing; nobody waits for it. */
  #shadowed(id: string, { actionId, actionName }: ActionContext, ask: () => unknown): void {
    void Promise.resolve(answerOf(id, ask)).then((answer) => {
      if (answer.decision === "allow") return;
      this.#logger.info(`shadow: the rule "${id}" would deny ${actionName} (${actionId}), ${answer.code}: ${answer.reason}`);
    });
  }

  /**
   * Tells each that allowed what became of the attempt: beginning with the last, and without waiting for one before the next is told, since
   * one that never answers must keep no other from hearing.
   * @returns once all have heard, or their time is over: who has not
   */
  async settle(
    context: ActionContext,
    outcome: SettledOutcome,
    returned: readonly EngineSettlements[],
    scope: TellingScope,
  ): Promise<readonly Unheard[]> {
    const granted = this.#grantsFor(context, outcome, returned, scope);
    const unheard = await this.#tell(context, outcome, [...returned, ...granted.settlements], scope);
    if (unheard.length === 0) this.#grants.told(context.actionId, granted);
    return unheard;
  }

  /** An attempt that was denied before it began. */
  async refuse(context: ActionContext): Promise<void> {
    const scope = { recovered: false };
    const granted = this.#grantsFor(context, denied, [], scope);
    await this.#tell(context, denied, granted.settlements, scope);
    // Nobody tells it again. What could not be told now is an engine's own to free: its hold has a lease.
    this.#grants.told(context.actionId, granted);
  }

  #grantsFor(...telling: Parameters<Engines["settle"]>): ToldGrants {
    const [{ actionId }, { calls }] = telling;
    const isOver = !calls.some(({ state }) => state === "in_flight");
    return this.#grants.telling(actionId, isOver, () => this.settle(...telling));
  }

  async #tell(
    context: ActionContext,
    outcome: SettledOutcome,
    settlements: readonly EngineSettlements[],
    { recovered, remember, signal }: TellingScope,
  ): Promise<readonly Unheard[]> {
    const hearings: Promise<Unheard | undefined>[] = [];
    for (const { id, provider } of [...this.#engines].reverse()) {
      if (!this.#settles(id) || !settlements.some((given) => Object.hasOwn(given, id))) continue;
      const scope = { settlements: ofEngine(id, settlements), recovered, ...rememberingFor(id, remember) };
      hearings.push(hearing(id, () => provider.settle?.(context, outcome, scope), signal));
    }
    return (await Promise.all(hearings)).flatMap((unheard) => unheard ?? []);
  }

  /** What engines have granted is with whoever asked, and comes back with what is settled: it must not be told twice. */
  returned({ actionId }: ActionContext, settlements: EngineSettlements): void {
    this.#grants.returned(actionId, settlements);
  }

  /** What engines have granted nobody will use: they hear of it when the attempt is settled, or now where it has been. */
  inVain({ actionId }: ActionContext, settlements: EngineSettlements): void {
    this.#grants.inVain(actionId, settlements);
  }
}

/** By itself, since an engine may keep it for long, and with it whatever is in reach of where it was made. */
function rememberingFor(id: string, remember: TellingScope["remember"]): Pick<SettleScope, "remember"> {
  return remember === undefined ? {} : { remember: (settlement) => remember(id, settlement) };
}

function ofEngine(id: string, settlements: readonly EngineSettlements[]): Settlement[] {
  return settlements.flatMap((given) => (Object.hasOwn(given, id) && given[id] != null ? [given[id]] : []));
}
