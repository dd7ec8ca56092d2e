import type { Instant } from "@agentkit-policy/schema";
import { BoundedMap } from "./bounded-map.js";
import type { Heartbeat } from "./heartbeat.js";
import type { Hold } from "./hold.js";
import type { Price } from "./price.js";

/** How long a hold lasts, counted from a moment at which the server had not counted yet. */
export interface Lease {
  readonly since: Instant;
  readonly ms: number;
}

/** What an attempt holds for one of its steps. */
export interface OpenHold {
  readonly hold: Hold;
  /** The scopes that it draws on, the tenant's own among them where the server names all. */
  readonly scopes: readonly string[];
  lease: Lease;
  readonly heartbeat: Heartbeat;
}

/** What this process knows of an attempt of its own that is not over. */
export interface OpenAttempt {
  /** By asset, as they were when the attempt first asked. */
  readonly prices: Map<string, Price>;
  /** By step. */
  readonly holds: Map<string, OpenHold>;
}

/** What this process knows of an attempt that is over, by reservation. */
export interface EndedAttempt {
  readonly known: ReadonlyMap<string, Hold>;
  /** What keeps its holds alive. */
  readonly extended: ReadonlyMap<string, Pick<Heartbeat, "stop">>;
}

/** So many scopes at least are remembered of those that something was allowed on whose budget asks for a pause between actions. */
const leastPaused = 10_000;

/** So many reservations at least are remembered. */
const leastOwned = 10_000;

/**
 * The attempts of this process that hold something, and when something was last allowed on budgets that ask for pauses. Cycles does not
 * say of caps which budget they are of, so that two attempts share it as soon as they have one scope in common: rather too many than too few.
 */
export class OpenAttempts {
  readonly #open = new Map<string, OpenAttempt>();
  readonly #lastAllowed = new BoundedMap<string, Instant>(leastPaused);
  /** Whose each reservation is, also of attempts that are over. */
  readonly #owners = new BoundedMap<string, string>(leastOwned);

  /** The attempt as it is known; a new one is not known until it holds something. */
  of(actionId: string): OpenAttempt {
    return this.#open.get(actionId) ?? { prices: new Map(), holds: new Map() };
  }

  /** The attempt is over. What it held goes on being extended: what is committed has to be held until it is written. */
  end(actionId: string): EndedAttempt {
    const [known, extended] = [new Map<string, Hold>(), new Map<string, Pick<Heartbeat, "stop">>()];
    for (const { heartbeat, hold } of this.of(actionId).holds.values()) {
      known.set(hold.reservationId, hold);
      extended.set(hold.reservationId, heartbeat);
    }
    this.#open.delete(actionId);
    return { known, extended };
  }

  /** Whether a reservation is what another step holds, or has held. */
  isOfAnother(reservationId: string, actionId: string, step: string): boolean {
    const owner = this.#owners.get(reservationId);
    return owner !== undefined && owner !== ownerOf(actionId, step);
  }

  /** A step of an attempt holds something of a budget. */
  held(actionId: string, { prices }: OpenAttempt, step: string, hold: OpenHold): void {
    // Another call of the same attempt may have been first.
    const attempt = this.of(actionId);
    this.#open.set(actionId, attempt);
    // Nobody stops later what the step held before.
    attempt.holds.get(step)?.heartbeat.stop();
    attempt.holds.set(step, hold);
    this.#owners.set(hold.hold.reservationId, ownerOf(actionId, step));
    for (const [asset, price] of prices) if (!attempt.prices.has(asset)) attempt.prices.set(asset, price);
  }

  /** How many others hold something of one of these scopes. */
  othersWith(scopes: readonly string[], actionId: string): number {
    return [...this.#open].filter(([id, attempt]) => id !== actionId && holdsOf(attempt, scopes)).length;
  }

  /** Something was allowed on these scopes, and the budget of one of them asks for a pause after it. */
  paused(scopes: readonly string[], since: Instant): void {
    for (const scope of scopes) this.#lastAllowed.set(scope, since);
  }

  /** When something was last allowed on any of these scopes. */
  lastAllowed(scopes: readonly string[]): Instant | undefined {
    return scopes
      .map((scope) => this.#lastAllowed.get(scope))
      .reduce((one, other) => (one === undefined || (other !== undefined && other.uptime > one.uptime) ? other : one), undefined);
  }
}

function ownerOf(actionId: string, step: string): string {
  return `${actionId} ${step}`;
}

/** Whether an attempt holds something of one of these scopes. */
export function holdsOf({ holds }: OpenAttempt, scopes: readonly string[]): boolean {
  return [...holds.values()].some((hold) => hold.scopes.some((scope) => scopes.includes(scope)));
}

/**
 * The lease that ends first: what an attempt holds is good for as long as all of it is.
 * @param except a step that does not count
 * @returns undefined where it holds nothing
 */
export function shortestLease({ holds }: OpenAttempt, except?: string): Lease | undefined {
  return [...holds]
    .filter(([step]) => step !== except)
    .map(([, { lease }]) => lease)
    .reduce<Lease | undefined>((one, other) => (one === undefined ? other : shorterOf(one, other)), undefined);
}

export function shorterOf(one: Lease, other: Lease): Lease {
  return endOf(other) < endOf(one) ? other : one;
}

function endOf({ since, ms }: Lease): number {
  return since.uptime + ms;
}
