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
import { type CyclesAdapterOptions, type CyclesAdapterSettings, cyclesAdapterOptions } from "./cycles-adapter-options.js";
import { CyclesClient, folderOf } from "./cycles-client.js";
import { shadowOf } from "./cycles-shadow.js";
import { examine } from "./examination.js";
import { goneSettlementOf, heldOf } from "./hold.js";
import { allowWithin, Holder } from "./holder.js";
import { OpenAttempts, shortestLease } from "./open-attempts.js";
import type { PriceSource } from "./price.js";
import { SettledAttempts } from "./settled-attempts.js";
import { patiently, type RememberGone, Settler } from "./settler.js";
import { keyOf } from "./to-cycles.js";

/** Cycles by its name in a policy file: `use: cycles`. */
export const cycles: Adapter<CyclesAdapterSettings> = defineAdapter({
  name: "cycles",
  options: cyclesAdapterOptions,
  create: (settings, { logger, isShadow }) =>
    isShadow ? shadowOf(settings, new CyclesClient(settings)) : providerOf(settings, { logger }),
  // Whoever has a reservation's id can book it with the key of its tenant and no other. A server folds capitals itself. Two servers may
  // be behind one origin, each under a path of its own.
  identity: ({ baseUrl, tenant }) => {
    const url = new URL(baseUrl);
    return `${url.origin}${folderOf(url)} ${tenant.toLowerCase()}`;
  },
  examine: (settings) => examine(settings, new CyclesClient(settings)),
});

/** What a program can hand over that a policy file cannot say. */
export interface CyclesAdapterParts {
  /** Asked for assets that the options have no price for. */
  readonly priceSource?: PriceSource;
  readonly client?: CyclesClient;
  readonly logger?: Logger;
}

/**
 * Cycles as a policy: every attempt that moves money holds its worth there before it runs, and books what it really moved afterwards.
 *
 * It keeps nothing on disk itself. Named in a policy file, its holds are in that file's ledger, and are settled after a crash. Without one
 * they are forgotten with their process: what was spent is then not booked, and it says so at start.
 * @throws ZodError for options that cannot be used; TypeError for an address or a key that cannot
 */
export function cyclesAdapter(options: CyclesAdapterOptions, parts: CyclesAdapterParts = {}): PolicyProvider {
  const { logger = stderrLogger } = parts;
  quietLogger(logger).info("Cycles is used without a ledger: what an attempt has spent when its process dies is not booked");
  return providerOf(cyclesAdapterOptions.parse(options), parts);
}

function providerOf(settings: CyclesAdapterSettings, parts: CyclesAdapterParts): PolicyProvider {
  const { client = new CyclesClient(settings), priceSource } = parts;
  const logger = quietLogger(parts.logger ?? stderrLogger);
  const attempts = new OpenAttempts();
  const settler = new Settler({ client, logger, apiKey: settings.apiKey });
  const holder = new Holder({
    settings,
    client,
    attempts,
    priceSource,
    logger,
    // One that is not written in time frees itself with its lease.
    release: (hold, key) => patiently(settler.write([{ kind: "release", hold, key }])).catch(() => undefined),
  });
  const settled = new SettledAttempts(settler, logger);

  return {
    name: "cycles",
    beforeAction(context: ActionContext, scope: DecisionScope): PolicyDecision | Promise<PolicyDecision> {
      const money = moneyLines(context.effects);
      // Without a value there is nothing to hold; the first wallet call that moves something makes a hold of its own.
      return money.length === 0 ? { decision: "allow" } : holder.hold({ context, step: "root" }, money, scope);
    },
    beforeWalletCall(context: ActionContext, scope: WalletCallScope): PolicyDecision | Promise<PolicyDecision> {
      const lease = shortestLease(attempts.of(context.actionId));
      // What was held for the attempt is not known here, and may be gone.
      if (lease === undefined && scope.settlements.length > 0)
        return { decision: "deny", code: "attempt_unknown", reason: "what is held for this action is not known here" };
      const money = moneyLines(context.excess ?? context.effects);
      if (money.length > 0) return holder.hold({ context, step: context.callId ?? "call" }, money, scope);
      return lease === undefined ? { decision: "allow" } : allowWithin(lease);
    },
    async settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
      const { known, extended } = attempts.end(context.actionId);
      const held = heldOf(scope.settlements, known);
      const commitKeys = new Map(held.holds.map(({ step }) => [step, keyOf({ context, step }, "commit")]));
      const remember = scope.remember && rememberWith(scope.remember, commitKeys);
      await settled.settle(context, outcome, held, { remember, isReplay: scope.recovered, extended });
    },
  };
}

/** By itself: it is kept for as long as something is written, and must not hold an attempt with its arguments for so long. */
function rememberWith(remember: NonNullable<SettleScope["remember"]>, commitKeys: ReadonlyMap<string, string>): RememberGone {
  return (hold, told) => remember(goneSettlementOf(hold, told, commitKeys.get(hold.step)));
}
