import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import type { ActionReader } from "../src/action-reader.js";
import { AttemptMachine } from "../src/attempt-machine.js";
import type { PolicyProvider } from "../src/provider.js";
import { createRuntime } from "../src/runtime.js";
import { silent } from "./support/test-kit.js";
import { alice, testReader } from "./support/test-wallet.js";

const usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
const payment: Effect = {
  kind: "transfer",
  asset: usdc,
  amount: "5",
  counterparty: "eip155:84532:0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  basis: "declared",
};
const checksummed = {
  ...payment,
  asset: "eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e",
  counterparty: "eip155:84532:0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
};

/** What a policy is asked about an action that its host describes, or how it was denied before anybody was asked. */
async function judged(described: readonly unknown[], reader: ActionReader | undefined = testReader): Promise<unknown> {
  const asked: ActionContext[] = [];
  const provider: PolicyProvider = {
    name: "asked",
    beforeAction: (context) => {
      asked.push(context);
      return { decision: "allow" };
    },
  };
  const machine = new AttemptMachine(createRuntime(provider, { logger: silent, ...(reader === undefined ? {} : { reader }) }));
  const verdict = await machine.openAttempt(
    {
      actionId: "019ab0e0-7c00-7abc-8def-0123456789ab",
      layer: "action",
      actionName: "pay",
      args: { to: alice },
      identity: {},
      guarded: true,
      requestedAt: 1_000,
      described,
    },
    () => Promise.reject(new Error("nobody asks")),
  );
  if (verdict.decision === "deny") return { code: verdict.denial.code, asked: asked.length };
  return asked.map(({ effects }) => effects);
}

describe("what a host says that an action of its own would do", () => {
  it("is judged by the names that rules and calls have, with or without checksums", async () => {
    expect(await judged([payment])).toEqual([[payment]]);
    expect(await judged([checksummed])).toEqual([[payment]]);
    expect(await judged([checksummed, { kind: "unknown", basis: "declared" }])).toMatchObject([[payment, { kind: "unknown" }]]);
    expect(await judged([])).toEqual([[]]);
  });

  it("is named as the reader names it, where the reader knows another name", async () => {
    const coin = "eip155:84532/slip44:60";
    const named = (effect: Effect): Effect => ({ ...effect, asset: coin });
    expect(await judged([checksummed], { ...testReader, named })).toEqual([[{ ...payment, asset: coin }]]);
  });

  it.each([
    ["a symbol for an asset", { ...payment, asset: "USDC" }],
    ["a word for an asset", { ...payment, asset: "native" }],
    ["an amount of nothing in particular", { kind: "transfer", amount: "5", basis: "declared" }],
    ["an amount that is a number", { ...payment, amount: 5 }],
    ["a payee without its chain", { ...payment, counterparty: alice }],
    ["no basis", { kind: "unknown" }],
    ["no effect at all", "transfer"],
    ["nothing", null],
  ])("denies and asks nobody where it has %s", async (_what, effect) => {
    expect(await judged([payment, effect])).toEqual({ code: "policy_error", asked: 0 });
  });
});
