import type { ActionFacts } from "@agentkit-policy/core";
import type { JsonValue, WalletCallFacts } from "@agentkit-policy/schema";

/** How many cases a property is tried on: TEST_SCALE makes a deep run of the same tests. */
export function runs(count: number): { numRuns: number } {
  return { numRuns: Math.ceil(count * Number(process.env["TEST_SCALE"] ?? "1")) };
}

export const chainId = "eip155:84532";
export const wallet = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
export const payee = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
export const usdc = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";
export const unlistedToken = "0x1111111111111111111111111111111111111111";

export function factsOf(actionName: string, args: unknown, more: Partial<ActionFacts> = {}): ActionFacts {
  return { actionName, args: args as JsonValue, walletAddress: wallet, chainId, network: "base-sepolia", ...more };
}

export function callOf(call: Partial<WalletCallFacts>): WalletCallFacts {
  return {
    callId: "019ab0e0-7c00-7abc-8def-0123456789ab",
    method: "send",
    walletMethod: "sendTransaction",
    chainId,
    from: wallet,
    ...call,
  };
}

/** A wallet that must not be asked. */
export function noRead(): Promise<number> {
  throw new Error("the wallet was asked");
}

/** A 32-byte word of an address or a number. */
export function word(value: string | bigint): string {
  const hex = typeof value === "bigint" ? value.toString(16) : value.slice(2).toLowerCase();
  return hex.padStart(64, "0");
}

export const selectors = { transfer: "0xa9059cbb", approve: "0x095ea7b3", transferFrom: "0x23b872dd" };

/** Calldata of a function, from its selector and its words. */
export function calldata(selector: string, ...words: (string | bigint)[]): string {
  return selector + words.map((value) => word(value)).join("");
}
