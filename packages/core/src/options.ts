import type { Clock, Identity } from "@agentkit-policy/schema";
import type { ActionReader } from "./action-reader.js";
import { PolicySetupError } from "./errors.js";
import type { PolicyListener } from "./events.js";
import type { Logger } from "./logger.js";
import type { PolicyProvider } from "./provider.js";
import type { SnapshotBounds } from "./snapshot.js";

/** One provider, or several of which every one has to allow (`compose`). */
export type Policy = PolicyProvider | readonly PolicyProvider[];

/** How a hook runs. Everything has a default. */
export interface PolicyOptions {
  /** Who acts through this kit. `runWithContext` adds to it and overrides it. */
  readonly context?: Identity;
  /** What a denied `invoke` does. Default `return`: frameworks retry what throws. */
  readonly onDeny?: "return" | "throw";
  /** `false` leaves the wallet unguarded: money is then counted by what actions declare. Default true. */
  readonly wallet?: boolean;
  /** For one whole decision, in milliseconds. Default 5,000. */
  readonly decisionDeadlineMs?: number;
  /** For one round of settlement, in milliseconds. Default 5,000. */
  readonly settleDeadlineMs?: number;
  /** How long a send waits for its wallet's turn, in milliseconds. Default 30,000. */
  readonly queueWaitMs?: number;
  /** Bounds of an action's arguments. Default, each by itself: 32 levels, and 256 KiB. */
  readonly argumentBounds?: Partial<SnapshotBounds>;
  /** Confirmations after which a receipt is final, by CAIP-2 chain. */
  readonly confirmations?: Readonly<Record<string, number>>;
  /** What reads actions and wallet calls. Default: the first that a provider carries. */
  readonly reader?: ActionReader;
  /**
   * What a returned result says of its action; undefined for nothing, so that the built-in words decide. Only a label: money
   * follows what the wallet did. One that throws says nothing.
   */
  readonly classify?: (result: unknown, actionName: string) => "succeeded" | "failed" | undefined;
  readonly clock?: Clock;
  /** Default: standard error. */
  readonly logger?: Logger;
  /** Hears every event, synchronously. A listener that throws changes nothing. */
  readonly onEvent?: PolicyListener;
}

/** Longer than anything that waits for money should; timers of more than 2^31 ms fire at once. */
const longestMs = 86_400_000;

/** @throws PolicySetupError `invalid_option`: an option that is misread would be one that is not kept. */
export function checkOptions(options: PolicyOptions): void {
  const fail = (name: string, what: string): never => {
    throw new PolicySetupError("invalid_option", `the option ${name} is ${what}`);
  };
  for (const name of ["decisionDeadlineMs", "settleDeadlineMs", "queueWaitMs"] as const) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value > 0 && value <= longestMs)) fail(name, `no time from 1 to ${longestMs} ms`);
  }
  for (const name of ["maxDepth", "maxBytes"] as const) {
    const value: unknown = options.argumentBounds?.[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) > 0))
      fail(`argumentBounds.${name}`, "no whole number from 1");
  }
  if (options.onEvent !== undefined && typeof options.onEvent !== "function") fail("onEvent", "no function");
  if (options.onDeny !== undefined && !["return", "throw"].includes(options.onDeny))
    fail("onDeny", 'neither "return" nor "throw"');
  if (options.classify !== undefined && typeof options.classify !== "function") fail("classify", "no function");
  if (options.wallet !== undefined && typeof options.wallet !== "boolean") fail("wallet", "neither true nor false");
}
