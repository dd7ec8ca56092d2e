import type { Price } from "./price.js";

/** Both clocks, read together. */
export interface Instant {
  readonly now: number;
  readonly uptime: number;
}

/** What this process knows of an attempt of its own that is not over. */
export interface OpenAttempt {
  /** By asset, as they were when the attempt first asked. */
  readonly prices: Map<string, Price>;
  /** The budgets that it holds something of, as the server names them. */
  readonly scopePaths: Set<string>;
  /** The one of its holds that ends first; undefined while it has none. */
  lease: Lease | undefined;
}

/** How long a hold lasts, counted from before it was asked for. */
export interface Lease {
  readonly since: Instant;
  readonly ms: number;
}

/** So many budgets are remembered of those that ask for a pause between actions. */
const maxPaused = 10_000;

/** The attempts of this process that hold something, and when something was last allowed on budgets that ask for pauses. */
export class OpenAttempts {
  readonly #open = new Map<string, OpenAttempt>();
  readonly #lastAllowed = new Map<string, Instant>();

  /** The attempt as it is known; a new one is not known until it holds something. */
  of(actionId: string): OpenAttempt {
    return this.#open.get(actionId) ?? { prices: new Map(), scopePaths: new Set(), lease: undefined };
  }

  end(actionId: string): void {
    this.#open.delete(actionId);
  }

  /** An attempt holds something of a budget. */
  held(actionId: string, { prices }: OpenAttempt, scopePath: string, lease: Lease): void {
    // Another call of the same attempt may have been first.
    const attempt = this.of(actionId);
    this.#open.set(actionId, attempt);
    for (const [asset, price] of prices) if (!attempt.prices.has(asset)) attempt.prices.set(asset, price);
    attempt.scopePaths.add(scopePath);
    // What is held is good for as long as all of it is.
    if (attempt.lease === undefined || endOf(lease) < endOf(attempt.lease)) attempt.lease = lease;
  }

  /** Something was allowed on a budget that asks for a pause after it. */
  paused(scopePath: string, since: Instant): void {
    this.#lastAllowed.delete(scopePath);
    this.#lastAllowed.set(scopePath, since);
    const [oldest] = this.#lastAllowed.keys();
    if (this.#lastAllowed.size > maxPaused && oldest !== undefined) this.#lastAllowed.delete(oldest);
  }

  /** How many others hold something of this budget. */
  othersWith(scopePath: string, actionId: string): number {
    return [...this.#open].filter(([id, { scopePaths }]) => id !== actionId && scopePaths.has(scopePath)).length;
  }

  lastAllowed(scopePath: string): Instant | undefined {
    return this.#lastAllowed.get(scopePath);
  }
}

function endOf({ since, ms }: Lease): number {
  return since.uptime + ms;
}
