import type { JournalCall } from "@agentkit-policy/schema";
import { expect, it } from "vitest";
import { type Ending, outcomeOf, provesNothingLeft } from "../src/outcome.js";
import { bob, chainId, self } from "./support/test-wallet.js";

const raised: Ending = { stage: "raised", saidFailed: false, controlFlow: false, durationMs: 1 };
const cancelled: Ending = { ...raised, controlFlow: true };
const saidFailed: Ending = { ...raised, stage: "returned", saidFailed: true };

/** A call that moves no money, such as the withdrawal of an approval. */
function withoutMoney(state: JournalCall["state"]): JournalCall {
  const callId = "019ab0e0-7c00-7abc-8def-0123456789ab";
  return { facts: { callId, method: "send", walletMethod: "sendTransaction", chainId, from: self, to: bob }, state };
}

it.each([
  ["raised, with a call that never left", raised, "never_left", "failed"],
  ["raised, with a call under way", raised, "in_flight", "unknown"],
  ["raised, with a call that left", raised, "returned", "unknown"],
  ["was cancelled, with a call that never left", cancelled, "never_left", "cancelled"],
  ["was cancelled, with a call under way", cancelled, "in_flight", "unknown"],
  ["said that it failed, with a call that never left", saidFailed, "never_left", "failed"],
  ["said that it failed, with a call that left", saidFailed, "returned", "unknown"],
] as const)(
  "an action that %s, is known to have ended only where no call can change anything any more",
  (_case, ending, state, status) => {
    const outcome = outcomeOf({
      ending,
      journal: [withoutMoney(state)],
      declared: [],
      journalComplete: true,
      decode: () => [],
      confirmations: () => undefined,
    });
    expect(outcome).toMatchObject({ status, spent: [] });
    expect(provesNothingLeft(outcome)).toBe(state === "never_left");
  },
);
