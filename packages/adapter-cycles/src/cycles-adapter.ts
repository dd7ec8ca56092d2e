import {
  type Adapter,
  type DecisionScope,
  defineAdapter,
  type Logger,
  moneyLines,
  type PolicyProvider,
  quietLogger,
  type SettledOutcome,
  type SettleScope,
  stderrLogger,
  type WalletCallScope,
} from "@agentkit-policy/core";
import type { ActionContext, PolicyDecision } from "@agentkit-policy/schema";
import { type Booking, eventFor } from "./booking.js";
import { type CyclesAdapterOptions, type CyclesAdapterSettings, cyclesAdapterOptions } from "./cycles-adapter-options.js";
import { CyclesClient } from "./cycles-client.js";
import { type Hold, holdOf } from "./hold.js";
import { allowWithin, Holder } from "./holder.js";
import { OpenAttempts, shortestLease } from "./open-attempts.js";
import { type Price, type PriceSource, worthOf } from "./price.js";
import { Settler } from "./settler.js";
import { keyOf, sharesOf } from "./to-cycles.js";

/** Cycles by its name in a policy file: `use: cycles`. */
export const cycles: Adapter<CyclesAdapterSettings> = defineAdapter({
  name: "cycles",
  options: cyclesAdapterOptions,
  create: (settings, { logger }) => providerOf(settings, { logger }),
});

/** What a program can hand over that a policy file cannot say. */
export interface CyclesAdapterParts {
  /** Asked for assets that the options have no price for. */
  readonly priceSource?: PriceSource;
  readonly client?: CyclesClient;
  readonly logger?: Logger;
}

/** So many settled attempts are remembered, so that money that is found later is added to what was booked. */
const maxSettled = 10_000;

/**
 * Cycles as a policy: every attempt that moves money holds its worth there before it runs, and books what it really moved afterwards.
 *
 * It keeps no journal: a process that dies forgets what its attempts hold. Such a hold ends with its lease, and what had been spent by
 * then is not booked. It says so at start.
 * @throws ZodError for options that cannot be used; TypeError for an address or a key that cannot
 */
export function cyclesAdapter(options: CyclesAdapterOptions, parts: CyclesAdapterParts = {}): PolicyProvider {
  return providerOf(cyclesAdapterOptions.parse(options), parts);
}

function providerOf(settings: CyclesAdapterSettings, parts: CyclesAdapterParts): PolicyProvider {
  const { client = new CyclesClient(settings), priceSource } = parts;
  const logger = quietLogger(parts.logger ?? stderrLogger);
  const attempts = new OpenAttempts();
  const settler = new Settler({ client, logger });
  const holder = new Holder({
    settings,
    client,
    attempts,
    priceSource,
    logger,
    release: (hold, key) => settler.book([{ kind: "release", hold, key }]),
  });
  const settled = new SettledAttempts(settler, logger);
  logger.info("Cycles is used without a journal: what an attempt has spent when its process dies is not booked");

  return {
    name: "cycles",
    beforeAction(context: ActionContext, scope: DecisionScope): PolicyDecision | Promise<PolicyDecision> {
      const money = moneyLines(context.effects);
      // Without a value there is nothing to hold; the first wallet call that moves something makes a hold of its own.
      return money.length === 0 ? { decision: "allow" } : holder.hold({ context, step: "root" }, money, scope);
    },
    beforeWalletCall(context: ActionContext, scope: WalletCallScope): PolicyDecision | Promise<PolicyDecision> {
      const money = moneyLines(context.excess ?? context.effects);
      if (money.length > 0) return holder.hold({ context, step: context.callId ?? "call" }, money, scope);
      const lease = shortestLease(attempts.of(context.actionId));
      if (lease !== undefined) return allowWithin(lease);
      // What was held for the attempt is not known here, and may be gone.
      if (scope.settlements.length > 0)
        return { decision: "deny", code: "attempt_unknown", reason: "what is held for this action is not known here" };
      return { decision: "allow" };
    },
    async settle(context: ActionContext, outcome: SettledOutcome, { settlements }: SettleScope): Promise<void> {
      attempts.end(context.actionId);
      await settled.settle(context, outcome, settlements.map(holdOf));
    },
  };
}

/** What attempts that are over have been booked with. */
class SettledAttempts {
  readonly #settler: Settler;
  readonly #logger: Logger;
  readonly #booked = new Map<string, bigint>();

  constructor(settler: Settler, logger: Logger) {
    this.#settler = settler;
    this.#logger = logger;
  }

  async settle(context: ActionContext, outcome: SettledOutcome, holds: readonly Hold[]): Promise<void> {
    const { actionId } = context;
    const last = holds.at(-1);
    if (last === undefined) {
      if (outcome.spent.length > 0) this.#logger.warn(`${actionId} moved money for which Cycles holds nothing`);
      return;
    }
    const spent = this.#worthOf(actionId, outcome, holds);
    const booked = this.#booked.get(actionId);
    this.#remember(actionId, booked === undefined || spent > booked ? spent : booked);
    if (booked === undefined) return await this.#settler.book(bookingsOf(context, holds, spent));
    // Nothing lowers what was booked.
    if (spent <= booked) return;
    const key = keyOf({ context, step: last.step }, `raise.${spent}`);
    await this.#settler.book([eventFor({ hold: last, amount: spent - booked, key })]);
  }

  /** What was spent, by the prices of the attempt. Where that cannot be told, everything that is held counts as spent. */
  #worthOf(actionId: string, { spent }: SettledOutcome, holds: readonly Hold[]): bigint {
    const prices = new Map<string, Price>();
    for (const hold of holds) for (const [asset, price] of hold.prices) if (!prices.has(asset)) prices.set(asset, price);
    const worth = worthOf(spent, prices);
    if (typeof worth === "bigint") return worth;
    this.#logger.warn(`${actionId} moved what has no price: all that Cycles holds for it counts as spent`);
    return holds.reduce((sum, { reserved }) => sum + reserved, 0n);
  }

  #remember(actionId: string, spent: bigint): void {
    this.#booked.delete(actionId);
    this.#booked.set(actionId, spent);
    const [oldest] = this.#booked.keys();
    if (this.#booked.size > maxSettled && oldest !== undefined) this.#booked.delete(oldest);
  }
}

/** Commits precede releases: what was spent is written before anything is given back. */
function bookingsOf(context: ActionContext, holds: readonly Hold[], spent: bigint): Booking[] {
  const shares = sharesOf(holds, spent);
  const commits = shares.filter(({ amount }) => amount > 0n);
  const releases = shares.filter(({ amount }) => amount === 0n);
  return [
    ...commits.map(
      ({ hold, amount }): Booking => ({ kind: "commit", hold, amount, key: keyOf({ context, step: hold.step }, "commit") }),
    ),
    ...releases.map(({ hold }): Booking => ({ kind: "release", hold, key: keyOf({ context, step: hold.step }, "release") })),
  ];
}
