import { type Clock, systemClock } from "@agentkit-policy/schema";
import type { ActionReader } from "./action-reader.js";
import { inProviderHook } from "./attempt-scope.js";
import { type Part, partsOf, readerOf } from "./composition.js";
import { emitTo, type PolicyEvent } from "./events.js";
import { type Logger, quietLogger, stderrLogger } from "./logger.js";
import { checkOptions, type Policy, type PolicyOptions } from "./options.js";
import type { PolicyProvider } from "./provider.js";

/** What an attempt machine runs with. */
export interface Runtime {
  /** The providers in the order in which they are asked, with what is made of their answers. */
  readonly parts: readonly Part[];
  readonly reader: ActionReader | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For all of a decision: reading what the action moves, and every provider's answer. */
  readonly decisionDeadlineMs: number;
  /** For all settlement hooks of one round together. */
  readonly settleDeadlineMs: number;
  readonly confirmations: (chainId: string | undefined) => number | undefined;
  /** The user's own classifier of results. */
  readonly classify: PolicyOptions["classify"];
  readonly emit: (event: Omit<PolicyEvent, "at">) => void;
  readonly nameOf: (provider: PolicyProvider) => string;
  /** Runs a provider's hook. */
  readonly runHook: <T>(actionId: string, body: () => T) => T;
}

/** Where a machine runs. */
export interface RuntimePlace {
  /**
   * Whether the guarded wallet is in another process. No hook can reach it then, and none has to be kept from it: following
   * what a hook starts takes a tenth of a decision from another language.
   */
  readonly walletElsewhere: boolean;
}

/**
 * Confirmations after which a receipt is final. A chain that lives on one machine has nobody to reorganise it; of every
 * other chain a receipt alone proves nothing, and final evidence comes later.
 */
const defaultConfirmations: Readonly<Record<string, number>> = { "eip155:31337": 1, "eip155:1337": 1 };

/** Looks confirmations up: the caller's own, then the providers', then the defaults. */
export function confirmationsOf(
  own: Readonly<Record<string, number>> | undefined,
  providers: readonly PolicyProvider[],
): (chainId: string | undefined) => number | undefined {
  const tables = [own, ...providers.map((provider) => provider.confirmations), defaultConfirmations];
  return (chainId) => {
    if (chainId === undefined) return undefined;
    for (const table of tables) {
      if (table !== undefined && Object.hasOwn(table, chainId)) return table[chainId];
    }
    return undefined;
  };
}

/**
 * What a machine runs with, from a policy and its options.
 * @throws PolicySetupError
 */
export function createRuntime(
  policy: Policy,
  options: PolicyOptions,
  { walletElsewhere }: RuntimePlace = { walletElsewhere: false },
): Runtime {
  checkOptions(options);
  const parts = partsOf(policy);
  const providers = parts.map(({ provider }) => provider);
  const logger = quietLogger(options.logger ?? stderrLogger);
  const nameOf = (provider: PolicyProvider): string => provider.name ?? `policy ${providers.indexOf(provider) + 1}`;
  for (const { provider, mode } of parts) {
    if (mode === "open") logger.warn(`the policy "${nameOf(provider)}" fails open: while it fails, it denies nothing`);
    if (mode === "shadow") logger.info(`the policy "${nameOf(provider)}" is a shadow: it denies nothing`);
  }
  const clock = options.clock ?? systemClock;
  return {
    parts,
    reader: options.reader ?? readerOf(providers),
    clock,
    logger,
    decisionDeadlineMs: options.decisionDeadlineMs ?? 5_000,
    settleDeadlineMs: options.settleDeadlineMs ?? 5_000,
    confirmations: confirmationsOf(options.confirmations, providers),
    classify: options.classify,
    emit: (event) => {
      if (options.onEvent !== undefined) emitTo(options.onEvent, { ...event, at: clock.now() });
    },
    nameOf,
    runHook: walletElsewhere ? (_actionId, body) => body() : inProviderHook,
  };
}
