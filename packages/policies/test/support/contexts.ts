import { createActionReader } from "@agentkit-policy/effects";
import type { ActionContext, Effect, Identity, WalletCallFacts } from "@agentkit-policy/schema";

export const chainId = "eip155:84532";
export const native = `${chainId}/slip44:60`;
export const usdc = `${chainId}/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e`;
export const self = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
export const alice = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
export const bob = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";

let serial = 0;

/** A UUIDv7 of a moment. */
export function idAt(now: number): string {
  serial += 1;
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

interface Asked extends Identity {
  readonly actionId?: string;
  readonly callId?: string;
  readonly actionName?: string;
  readonly canonicalAction?: string;
  readonly effects?: Effect[];
  readonly excess?: Effect[];
  readonly moneyVisible?: boolean;
  readonly chainId?: string | undefined;
  readonly network?: string | undefined;
  readonly layer?: "action" | "wallet";
}

/** The context of a native transfer, unless said otherwise; what is said to be undefined is absent. */
export function contextOf(asked: Asked = {}, now = Date.now()): ActionContext {
  const context = {
    layer: "action",
    actionId: idAt(now),
    actionName: "WalletActionProvider_native_transfer",
    canonicalAction: "wallet.native_transfer",
    walletAddress: self,
    network: "base-sepolia",
    chainId,
    args: {},
    effects: [transferOf(alice, "1")],
    moneyVisible: true,
    actionHash: "0".repeat(64),
    requestedAt: new Date(now).toISOString(),
    ...asked,
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as unknown as ActionContext;
}

export function transferOf(to: string, amount: string, asset = native): Effect {
  return { kind: "transfer", asset, amount, counterparty: `${chainId}:${to}`, basis: "declared" };
}

/** What the built-in reader decodes of a send. */
export function decoded(call: Partial<WalletCallFacts>): Effect[] {
  const facts = {
    callId: idAt(Date.now()),
    method: "send",
    walletMethod: "sendTransaction",
    chainId,
    from: self,
    ...call,
  } as WalletCallFacts;
  return [...createActionReader().decode(facts)];
}
