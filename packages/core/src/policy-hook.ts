import type { Identity } from "@agentkit-policy/schema";
import type { Read } from "./action-reader.js";
import { providersOf } from "./all-of.js";
import { AttemptMachine } from "./attempt-machine.js";
import { type Clock, systemClock } from "./clock.js";
import { emitTo, type PolicyEvent } from "./events.js";
import { checkedIdentity, currentIdentity } from "./identity.js";
import { type Logger, quietLogger, stderrLogger } from "./logger.js";
import { checkOptions, type Policy, type PolicyOptions } from "./options.js";
import type { PolicyProvider } from "./provider.js";
import { confirmationsOf } from "./runtime.js";
import { defaultSnapshotBounds, type SnapshotBounds } from "./snapshot.js";
import { uuidV7 } from "./uuid-v7.js";
import type { WalletLike } from "./wallet-facts.js";

const decimalsAbi = [
  { type: "function", name: "decimals", stateMutability: "view", inputs: [], outputs: [{ name: "", type: "uint8" }] },
];

/** One policy with its options, on the host's side: what a kit, a list of actions and a wallet have in common. */
export class PolicyHook {
  readonly machine: AttemptMachine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onDeny: "return" | "throw";
  readonly queueWaitMs: number;
  /** How long a send waits for its wallet's balance. */
  readonly balanceWaitMs: number;
  readonly argumentBounds: SnapshotBounds;
  readonly providers: readonly PolicyProvider[];
  readonly #identity: Identity;
  readonly #listener: PolicyOptions["onEvent"];

  /** @throws PolicySetupError */
  constructor(policy: Policy, options: PolicyOptions) {
    checkOptions(options);
    this.providers = providersOf(policy);
    this.clock = options.clock ?? systemClock;
    this.logger = quietLogger(options.logger ?? stderrLogger);
    this.onDeny = options.onDeny ?? "return";
    this.queueWaitMs = options.queueWaitMs ?? 30_000;
    this.balanceWaitMs = options.decisionDeadlineMs ?? 5_000;
    this.argumentBounds = options.argumentBounds ?? defaultSnapshotBounds;
    this.#identity = checkedIdentity(options.context ?? {});
    this.#listener = options.onEvent;
    this.machine = new AttemptMachine({
      providers: this.providers,
      reader: options.reader ?? this.providers.find((provider) => provider.reader !== undefined)?.reader,
      clock: this.clock,
      logger: this.logger,
      decisionDeadlineMs: options.decisionDeadlineMs ?? 5_000,
      settleDeadlineMs: options.settleDeadlineMs ?? 5_000,
      confirmations: confirmationsOf(options.confirmations, this.providers),
      emit: (event) => this.emit(event),
      nameOf: (provider) => provider.name ?? `policy ${this.providers.indexOf(provider) + 1}`,
    });
  }

  newId(): string {
    return uuidV7(this.clock.now());
  }

  identity(): Identity {
    return { ...this.#identity, ...currentIdentity() };
  }

  emit(event: Omit<PolicyEvent, "at">): void {
    emitTo(this.#listener, { ...event, at: this.clock.now() });
  }

  /** Reads what only the wallet can tell, past the guard: a read has no authority. */
  readThrough(wallet: WalletLike | undefined): Read {
    return async ({ token }) => {
      if (wallet?.readContract === undefined) throw new Error("this wallet reads no contracts");
      return Number(await wallet.readContract({ address: token, abi: decimalsAbi, functionName: "decimals", args: [] }));
    };
  }
}
