import { type Adapter, defineAdapter, type PolicyProvider, type SettledOutcome, type Settlement } from "@agentkit-policy/core";
import { type Ledger, openMemoryLedger } from "@agentkit-policy/ledger";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { z } from "zod";
import { definePolicy, type LoadedPolicy } from "../../src/policy.js";
import type { PolicyDefinition, RuleDefinition } from "../../src/policy-file.js";
import { idAt } from "./contexts.js";

export const lifeMs = 15 * 60_000;
/** The time in which an attempt's own process tells. */
export const ownTurnMs = 10_000;
export const decisionScope = { signal: new AbortController().signal, remainingMs: 5_000 };

/** What an engine was told, by whichever process. */
export interface Told {
  readonly rule: string;
  readonly context: ActionContext;
  readonly outcome: SettledOutcome;
  readonly settlements: readonly Settlement[];
}

/** A ledger of several processes, at a time of its own. */
export class World {
  now = Date.UTC(2026, 10, 30, 12);
  readonly told: Told[] = [];
  readonly said: string[] = [];
  /** What the ledger was asked to do with notes. */
  readonly marks: string[] = [];
  /** Stands before every arm. */
  beforeArm: () => void | Promise<void> = () => undefined;
  readonly ledger: Ledger;

  constructor() {
    const real = openMemoryLedger({ clock: this.#clock });
    this.ledger = {
      ...Object.fromEntries(Object.getOwnPropertyNames(real).map((name) => [name, Reflect.get(real, name)])),
      arm: async (request) => {
        await this.beforeArm();
        if (request.note !== undefined) this.marks.push("arm with a note");
        return await real.arm(request);
      },
      note: (request) => {
        this.marks.push(request.mark.kind);
        return real.note(request);
      },
    } as Ledger;
  }

  readonly #clock = { now: () => this.now, uptime: () => this.now };

  /**
   * A process on the ledger with these rules. The engine "holding" holds something for each action, at the place that its options name, and
   * so does "another"; others answer as it is said here.
   */
  async open(
    rules: readonly RuleDefinition[],
    engines: Readonly<Record<string, Partial<PolicyProvider>>> = {},
    chains: PolicyDefinition["chains"] = {},
  ): Promise<LoadedPolicy> {
    const log = (text: string): void => void this.said.push(text);
    const holding = (name: string): Adapter =>
      defineAdapter({
        name,
        options: z.strictObject({ at: z.string().default("here"), price: z.string().optional() }),
        identity: ({ at }) => at,
        create: (_options, { rule }): PolicyProvider => ({
          beforeAction: ({ actionId }) => ({ decision: "allow", settlement: { held: `${rule} ${actionId}` } }),
          beforeWalletCall: () => ({ decision: "allow" }),
          settle: (context, outcome, { settlements }) => void this.told.push({ rule, context, outcome, settlements }),
          ...engines[rule],
        }),
      }) as Adapter;
    return await definePolicy(
      { version: 1, ledger: "memory", chains, rules },
      {
        clock: this.#clock,
        adapters: { holding: async () => holding("holding"), another: async () => holding("another") },
        openLedger: async () => this.ledger,
        background: false,
        logger: { info: log, warn: log },
      },
    );
  }

  /** Until whoever owned what was armed is taken for dead. */
  pass(ms = lifeMs + ownTurnMs): void {
    this.now += ms;
  }
}

/** An attempt that was armed, as the hook does it. @returns its settlements */
export async function armed(policy: LoadedPolicy, context: ActionContext): Promise<Settlement[]> {
  const root = settlementsOf(await policy.beforeAction(context, decisionScope));
  return [...root, ...settlementsOf(await call(policy, context, root))];
}

/** A wallet call of an attempt, of which so much is beyond what the attempt was allowed. */
export async function call(
  policy: LoadedPolicy,
  context: ActionContext,
  settlements: readonly Settlement[],
  excess: ActionContext["effects"] = [],
): Promise<PolicyDecision | undefined> {
  const effects = excess.length > 0 ? excess : context.effects;
  const asked: ActionContext = { ...context, layer: "wallet", callId: idAt(0), effects, excess };
  return await policy.beforeWalletCall?.(asked, { ...decisionScope, settlements });
}

export function settlementsOf(decision: PolicyDecision | undefined): Settlement[] {
  if (decision?.decision !== "allow") throw new Error(JSON.stringify(decision));
  return decision.settlement === undefined ? [] : [decision.settlement];
}

export function outcomeOf(more: Partial<SettledOutcome> = {}): SettledOutcome {
  return {
    status: "succeeded",
    entered: true,
    spent: [],
    transactions: [],
    journalComplete: true,
    durationMs: 1,
    calls: [],
    ...more,
  };
}

/** Whatever is left to the background is through. */
export async function settled(): Promise<void> {
  await new Promise(setImmediate);
}
