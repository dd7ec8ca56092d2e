import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptFacts, WalletCallFacts } from "@agentkit-policy/schema";
import { afterAll } from "vitest";

export const alice = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
export const self = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
export const chainId = "eip155:84532";

let serial = 0;

/** A new UUIDv7. */
export function newId(): string {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

/** The facts of a native transfer, as a Python host sends them. */
export function factsOf(value: string, overrides: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    actionId: newId(),
    layer: "action",
    actionName: "WalletActionProvider_native_transfer",
    args: { to: alice, value },
    walletAddress: self,
    network: "base-sepolia",
    chainId,
    identity: { userId: "u1" },
    guarded: true,
    requestedAt: Date.now(),
    ...overrides,
  };
}

/** The facts of the wallet call that such an action makes. */
export function callOf(value: string): WalletCallFacts {
  return { callId: newId(), method: "send", walletMethod: "native_transfer", chainId, from: self, to: alice, value };
}

const folders: string[] = [];
// Said once, outside of every test: what a running test adds to the end of its file is never run.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A policy file of 0.05 ETH a day for each user, unless other rules are given, in a folder that goes with the tests of the file. */
export function policyFile(...rules: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-sidecar-"));
  folders.push(folder);
  const file = join(folder, "policy.yaml");
  const given = rules.length > 0 ? rules : ['{ id: daily-eth, limit: native, max: "0.05", per: [user], window: day }'];
  const lines = ["version: 1", "ledger: sqlite:./ledger.db", "rules:", ...given.map((rule) => `  - ${rule}`)];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
