import type { ActionReader } from "@agentkit-policy/core";
import type { Clock, Effect, WalletCallFacts } from "@agentkit-policy/schema";
import { errorOf } from "./scripted-answer.js";
import type { Trace } from "./trace.js";
import type { Invocation, Step } from "./vector.js";

/** The world in which every attempt vector happens: one wallet, one chain, one account's balance. */
export const world = {
  chainId: "eip155:84532",
  networkId: "base-sepolia",
  walletAddress: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
  asset: "eip155:84532/slip44:60",
  /** In wei. */
  balance: 10n ** 18n,
} as const;

/** A clock that goes on like any other, and jumps forward as a script says. */
export class ScriptedClock implements Clock {
  #jumped = 0;

  now(): number {
    return Date.now() + this.#jumped;
  }

  uptime(): number {
    return performance.now() + this.#jumped;
  }

  advance(milliseconds: number): void {
    this.#jumped += milliseconds;
  }
}

/** The id of the nth transaction of an attempt, from 1. */
export function transactionId(nth: number): string {
  return `0x${nth.toString(16).padStart(64, "0")}`;
}

/** The classes by whose names the guard knows AgentKit's wallets. */
class WalletProvider {}
class EvmWalletProvider extends WalletProvider {}

/** A wallet that a vector scripts. What reaches it is in the trace; it sends nothing anywhere. */
export class ScriptedWallet extends EvmWalletProvider {
  readonly #trace: Trace;
  readonly #steps: readonly Step[];
  readonly #waiting = new Map<string, () => void>();
  readonly #reached = new Set<string>();
  #sent = 0;

  constructor(steps: readonly Step[], trace: Trace) {
    super();
    this.#steps = steps;
    this.#trace = trace;
  }

  getAddress(): string {
    return world.walletAddress;
  }

  getNetwork() {
    return { protocolFamily: "evm", networkId: world.networkId, chainId: "84532" };
  }

  getName(): string {
    return "scripted_wallet_provider";
  }

  async getBalance(): Promise<bigint> {
    return world.balance;
  }

  async sendTransaction({ to, value }: { readonly to: string; readonly value: bigint }): Promise<string> {
    return await this.sent(to, value.toString());
  }

  async signMessage(message: string): Promise<string> {
    this.#trace.add({ entry: { wallet: "sign_message", message } });
    return `signed: ${message}`;
  }

  /** A send has come this far: from here on its money may be gone. */
  async sent(to: string, value: string): Promise<string> {
    this.#trace.add({ entry: { wallet: "send", to, value } });
    this.#sent += 1;
    const id = transactionId(this.#sent);
    const step = this.#steps.find(
      (candidate) => "send" in candidate && candidate.send.to === to && candidate.send.value === value,
    );
    this.#note(stepKey(to, value));
    const answer = step !== undefined && "send" in step ? step.wallet : undefined;
    if (answer === undefined) return id;
    if ("raises" in answer) throw errorOf(answer.raises);
    await this.#trace.whenReturned();
    return id;
  }

  reached(step: Step): Promise<void> {
    if (!("send" in step)) return Promise.resolve();
    const key = stepKey(step.send.to, step.send.value);
    return this.#reached.has(key) ? Promise.resolve() : new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  #note(key: string): void {
    this.#reached.add(key);
    this.#waiting.get(key)?.();
  }
}

function stepKey(to: string, value: string): string {
  return `${value} to ${to}`;
}

/**
 * The reader of that world. An action moves what its vector declares; a plain send is a native transfer where the action
 * declares anything, and unknown where it does not, as nothing is known of the money then.
 */
export function readerOf({ declares }: Invocation): ActionReader {
  return {
    describe: () => ({
      effects: declares ?? [{ kind: "unknown", basis: "declared" }],
      spends: declares === undefined || declares.length > 0,
      throughWallet: true,
    }),
    decode: (call) => (declares === undefined ? [{ kind: "unknown", basis: "decoded" }] : [decoded(call)]),
  };
}

function decoded(call: WalletCallFacts): Effect {
  if (call.method === "sign_message") return { kind: "sign_message", basis: "decoded" };
  if (call.method !== "send" || call.to === undefined || call.data !== undefined) return { kind: "unknown", basis: "decoded" };
  return {
    kind: "transfer",
    asset: world.asset,
    amount: call.value ?? "0",
    counterparty: `${world.chainId}:${call.to.toLowerCase()}`,
    basis: "decoded",
  };
}
