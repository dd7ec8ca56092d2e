import type { Effect } from "@agentkit-policy/schema";
import type { ActionReader } from "../../src/action-reader.js";

/** The class names by which the guard knows AgentKit's wallets; the real ones are driven in the end-to-end tests. */
class WalletProvider {}
abstract class EvmWalletProvider extends WalletProvider {
  abstract signMessage(message: string): Promise<string>;

  /** Like AgentKit's: what it hands out calls back through the wallet's own methods. */
  toSigner(): { signMessage(message: string): Promise<string> } {
    return { signMessage: async (message) => await this.signMessage(message) };
  }
}

export const chainId = "eip155:84532";
export const native = `${chainId}/slip44:60`;
export const self = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
export const alice = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
export const bob = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";

export interface SentTransaction {
  readonly to?: string;
  readonly value?: bigint;
  readonly data?: string;
}

/** A wallet that keeps what it sent, and fails or waits as a test tells it. */
export class ViemWalletProvider extends EvmWalletProvider {
  readonly sent: SentTransaction[] = [];
  balance = 10n ** 18n;
  /** Runs inside the send, after the guard and before the transaction counts as sent. */
  onSend: (transaction: SentTransaction) => Promise<void> | void = () => undefined;
  #secret = "a private field, which a naive proxy cannot reach";

  getAddress(): string {
    return self.toUpperCase().replace("0X", "0x");
  }

  getNetwork() {
    return { protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" };
  }

  getName(): string {
    return this.#secret.length > 0 ? "viem_wallet_provider" : "";
  }

  async getBalance(): Promise<bigint> {
    return this.balance;
  }

  async sendTransaction(transaction: SentTransaction): Promise<string> {
    await this.onSend(transaction);
    this.sent.push(transaction);
    return `0x${String(this.sent.length).padStart(64, "0")}`;
  }

  async nativeTransfer(to: string, value: string): Promise<string> {
    const hash = await this.sendTransaction({ to, value: BigInt(value) });
    await this.waitForTransactionReceipt(hash);
    return hash;
  }

  receiptStatus: "success" | "reverted" = "success";

  async waitForTransactionReceipt(hash: string): Promise<unknown> {
    return { transactionHash: hash, status: this.receiptStatus, blockNumber: 7n };
  }

  async signMessage(message: string): Promise<string> {
    return `0xsigned:${message}`;
  }

  async sign(hash: string): Promise<string> {
    return `0xraw:${hash}`;
  }

  exportKey(): string {
    return "0xkey";
  }

  getPublicClient(): unknown {
    return {
      getBlockNumber: async () => 7n,
      sendRawTransaction: async () => "0xraw",
      request: async ({ method }: { method: string }) => method,
    };
  }
}

/** An action's declared effects: a native transfer for arguments `{to, value}` in atomic units. */
export function transferOf(to: string, value: string, basis: Effect["basis"] = "declared"): Effect {
  return { kind: "transfer", asset: native, amount: value, counterparty: `${chainId}:${to.toLowerCase()}`, basis };
}

/** Reads actions called `pay…` as native transfers, `read…` as reads, everything else as unknown. */
export const testReader: ActionReader = {
  describe({ actionName, args }) {
    if (actionName.startsWith("read")) return { effects: [], spends: false, throughWallet: true };
    if (!actionName.startsWith("pay"))
      return { effects: [{ kind: "unknown", basis: "declared" }], spends: true, throughWallet: true };
    const { to, value } = args as { to?: unknown; value?: unknown };
    if (typeof to !== "string" || typeof value !== "string") return { invalid: "to and value are text" };
    return { canonicalAction: "test.pay", effects: [transferOf(to, value)], spends: true, throughWallet: true };
  },
  decode(call) {
    if (call.method !== "send" || call.otherFields !== undefined || call.to === undefined)
      return [{ kind: "unknown", basis: "decoded" }];
    return [transferOf(call.to, call.value ?? "0", "decoded")];
  },
};
