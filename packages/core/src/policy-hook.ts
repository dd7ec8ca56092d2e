import type { Clock, Identity } from "@agentkit-policy/schema";
import type { Read } from "./action-reader.js";
import { AttemptMachine } from "./attempt-machine.js";
import { checkedIdentity, currentIdentity } from "./identity.js";
import type { Logger } from "./logger.js";
import type { Policy, PolicyOptions } from "./options.js";
import type { PolicyProvider } from "./provider.js";
import { createRuntime, type Runtime } from "./runtime.js";
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
  readonly emit: Runtime["emit"];
  readonly #identity: Identity;
  readonly #hasIdentity: boolean;

  /** @throws PolicySetupError */
  constructor(policy: Policy, options: PolicyOptions) {
    const runtime = createRuntime(policy, options);
    this.providers = runtime.parts.map(({ provider }) => provider);
    this.clock = runtime.clock;
    this.logger = runtime.logger;
    this.emit = runtime.emit;
    this.onDeny = options.onDeny ?? "return";
    this.queueWaitMs = options.queueWaitMs ?? 30_000;
    this.balanceWaitMs = runtime.decisionDeadlineMs;
    // A bound that is left out is the default one, and never none.
    const { maxDepth = defaultSnapshotBounds.maxDepth, maxBytes = defaultSnapshotBounds.maxBytes } = options.argumentBounds ?? {};
    this.argumentBounds = { maxDepth, maxBytes };
    this.#identity = checkedIdentity(options.context ?? {});
    this.#hasIdentity = Object.keys(this.#identity).length > 0;
    this.machine = new AttemptMachine(runtime);
  }

  newId(): string {
    return uuidV7(this.clock.now());
  }

  identity(): Identity {
    const current = currentIdentity();
    return this.#hasIdentity ? { ...this.#identity, ...current } : current;
  }

  /** Reads what only the wallet can tell, past the guard: a read has no authority. */
  readThrough(wallet: WalletLike | undefined): Read {
    return async ({ token }) => {
      if (wallet?.readContract === undefined) throw new Error("this wallet reads no contracts");
      return Number(await wallet.readContract({ address: token, abi: decimalsAbi, functionName: "decimals", args: [] }));
    };
  }
}
