import type { Effect } from "@agentkit-policy/schema";

interface EnvelopeLine {
  readonly effect: Effect;
  /** What is left of the amount; undefined where none was declared, which covers no amount. */
  left: bigint | "unlimited" | undefined;
}

interface Draw {
  readonly line: EnvelopeLine;
  readonly amount: bigint;
}

/** Kinds that say "nobody can tell": being allowed once covers no later call of the kind. */
const neverCovered = new Set<Effect["kind"]>(["unknown", "escape", "sign_hash"]);

/**
 * The effects that were allowed for an attempt. Wallet calls draw on it; what it does not cover is their excess
 * (`guard:envelope`). Every method is synchronous, so that two calls can never draw the same amount.
 */
export class Envelope {
  readonly #lines: EnvelopeLine[];
  readonly #draws = new Map<string, Draw[]>();

  constructor(allowed: readonly Effect[]) {
    this.#lines = allowed.map((effect) => ({ effect, left: parsed(effect.amount) }));
  }

  /** Subtracts a call's effects and returns the part that is not covered. */
  draw(callId: string, effects: readonly Effect[]): Effect[] {
    const draws: Draw[] = [];
    const excess: Effect[] = [];
    for (const effect of effects) {
      const uncovered = this.#cover(effect, draws);
      if (uncovered !== undefined) excess.push(uncovered);
    }
    if (draws.length > 0) this.#draws.set(callId, draws);
    return excess;
  }

  /** Undoes a call's draw. Only for a call that the guard refused, or that never left (`guard:never-left`). */
  giveBack(callId: string): void {
    for (const { line, amount } of this.#draws.get(callId) ?? []) {
      if (typeof line.left === "bigint") line.left += amount;
    }
    this.#draws.delete(callId);
  }

  /** What was allowed and has not been drawn. */
  left(): Effect[] {
    return this.#lines.map(({ effect, left }) => (left === undefined ? effect : { ...effect, amount: left.toString() }));
  }

  #cover(effect: Effect, draws: Draw[]): Effect | undefined {
    if (neverCovered.has(effect.kind)) return effect;
    const candidates = this.#lines.filter((line) => matches(line.effect, effect));
    const amount = parsed(effect.amount);
    if (amount === undefined) {
      // A call to a contract, or a message, has no amount: naming it covers it. A payment of an unknown amount is
      // covered by nothing.
      return effect.asset === undefined && candidates.length > 0 ? undefined : effect;
    }
    if (candidates.some((line) => line.left === "unlimited")) return undefined;
    if (amount === "unlimited") return effect;
    let open = amount;
    for (const line of candidates) {
      if (typeof line.left !== "bigint") continue;
      const taken = open < line.left ? open : line.left;
      line.left -= taken;
      open -= taken;
      draws.push({ line, amount: taken });
      if (open === 0n) return undefined;
    }
    return { ...effect, amount: open.toString() };
  }
}

function parsed(amount: Effect["amount"]): bigint | "unlimited" | undefined {
  if (amount === undefined || amount === "unlimited") return amount;
  return BigInt(amount);
}

/** Same kind and asset, and every field that was declared is equal; a field that was not declared matches anything. */
function matches(declared: Effect, drawn: Effect): boolean {
  return (
    declared.kind === drawn.kind &&
    declared.asset === drawn.asset &&
    (declared.counterparty === undefined || declared.counterparty === drawn.counterparty) &&
    (declared.contract === undefined || declared.contract === drawn.contract) &&
    (declared.method === undefined || declared.method === drawn.method)
  );
}
