import { type PolicyProvider, type SettledOutcome, type Settlement, UnsettledError } from "@agentkit-policy/core";
import type { ActionContext, Effect, PolicyDecision } from "@agentkit-policy/schema";
import { onTestFinished } from "vitest";
import { type CyclesAdapterOptions, type CyclesAdapterParts, cyclesAdapter } from "../../src/index.js";
import { apiKey } from "./server.js";

export const usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
export const wallet = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

let serial = 0;

/** An adapter with a dollar's price for a token of six decimals: an atomic unit is worth 100. */
export function adapterFor(
  server: { readonly baseUrl: string },
  options: Partial<CyclesAdapterOptions> = {},
  parts: CyclesAdapterParts = {},
) {
  const said: string[] = [];
  const log = (message: string): void => void said.push(message);
  const adapter = cyclesAdapter(
    { baseUrl: server.baseUrl, apiKey, tenant: "acme", prices: { [usdc]: { worth: "1", decimals: 6 } }, ...options },
    { logger: { info: log, warn: log }, ...parts },
  );
  return { adapter, said };
}

export function transfer(amount: string, asset = usdc): Effect {
  return { kind: "transfer", asset, amount, counterparty: `eip155:84532:${wallet}`, basis: "declared" };
}

/** An attempt that would move these, or one of its wallet calls. */
export function contextOf(effects: Effect[], more: Partial<ActionContext> = {}): ActionContext {
  serial += 1;
  return {
    layer: "action",
    actionId: `0198c0de-0000-7000-8000-${String(serial).padStart(12, "0")}`,
    actionName: "native_transfer",
    chainId: "eip155:84532",
    walletAddress: wallet,
    args: null,
    effects,
    moneyVisible: true,
    actionHash: "0".repeat(64),
    requestedAt: "2026-11-30T00:00:00.000Z",
    ...more,
  };
}

/** What became of an attempt that moved these. */
export function outcomeOf(spent: Effect[], more: Partial<SettledOutcome> = {}): SettledOutcome {
  return {
    status: spent.length === 0 ? "failed" : "succeeded",
    entered: true,
    spent: spent.map(({ kind, asset, amount }) => ({ kind, asset: asset ?? "", amount: amount ?? "0" })),
    transactions: [],
    journalComplete: true,
    durationMs: 1,
    calls: [],
    ...more,
  };
}

/** One attempt, asked and told as the hook does it. */
export class Attempt {
  readonly #provider: PolicyProvider;
  readonly settlements: Settlement[] = [];
  readonly context: ActionContext;
  /** What the provider has kept on disk, were there one. */
  readonly remembered: Settlement[] = [];
  /** Why the last settle did not write it, if it did not. */
  unsettled: UnsettledError | undefined;

  constructor(provider: PolicyProvider, context: ActionContext) {
    this.#provider = provider;
    this.context = context;
  }

  async before(remainingMs = 5_000): Promise<PolicyDecision> {
    return this.#keep(await this.#provider.beforeAction(this.context, scopeOf(remainingMs)));
  }

  async call(excess: Effect[], callId: string): Promise<PolicyDecision> {
    const context: ActionContext = { ...this.context, layer: "wallet", callId, excess };
    const scope = { ...scopeOf(5_000), settlements: [...this.settlements] };
    return this.#keep((await this.#provider.beforeWalletCall?.(context, scope)) as PolicyDecision);
  }

  /** @returns whether it is written */
  async settle(outcome: SettledOutcome): Promise<boolean> {
    this.unsettled = undefined;
    const remember = async (settlement: Settlement): Promise<void> => void this.remembered.push(settlement);
    const scope = { settlements: [...this.settlements], recovered: false, remember };
    try {
      await this.#provider.settle?.(this.context, outcome, scope);
      return true;
    } catch (error) {
      if (!UnsettledError.isInstance(error)) throw error;
      this.unsettled = error;
      return false;
    }
  }

  /** The same attempt in a process that begins anew, which has what was stored and nothing else. */
  after(provider: PolicyProvider): Attempt {
    const attempt = new Attempt(provider, this.context);
    const stored = JSON.stringify([...this.settlements, ...this.remembered]);
    attempt.settlements.push(...(JSON.parse(stored) as Settlement[]));
    return attempt;
  }

  #keep(decision: PolicyDecision): PolicyDecision {
    if (decision.decision === "allow" && decision.settlement !== undefined) this.settlements.push(decision.settlement);
    return decision;
  }
}

function scopeOf(remainingMs: number) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), remainingMs);
  onTestFinished(() => clearTimeout(timer));
  return { signal: late.signal, remainingMs };
}
