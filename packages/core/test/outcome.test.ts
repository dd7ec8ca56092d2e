import type { Effect, JournalCall } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { type Ending, outcomeOf, provesNothingLeft } from "../src/outcome.js";
import { alice, bob, chainId, native, self, transferOf } from "./support/test-wallet.js";

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

/** What an attempt that declared these effects has spent, by calls that are decoded to those: `payee amount`, in order. */
function spentOf(
  declared: readonly Effect[],
  calls: readonly { readonly effects: readonly Effect[]; readonly state?: JournalCall["state"] }[],
  journalComplete = true,
): string[] {
  const journal = calls.map(({ state = "returned" }, index): JournalCall => {
    const { facts } = withoutMoney(state);
    return { facts: { ...facts, callId: String(index) }, state };
  });
  const { spent } = outcomeOf({
    ending: { ...raised, stage: "returned" },
    journal,
    declared,
    journalComplete,
    decode: ({ callId }) => calls[Number(callId)]?.effects ?? [],
    confirmations: () => undefined,
  });
  return spent.map(({ counterparty, amount }) => `${counterparty?.split(":").pop() ?? "anyone"} ${amount}`);
}

describe("what an action declared, and no call explains,", () => {
  const opaque: readonly Effect[] = [{ kind: "contract_call", contract: `${chainId}:${bob}`, basis: "decoded" }];
  const paid = (to: string, amount: string) => transferOf(to, amount, "decoded");

  it.each(["contract_call", "unknown", "sign_hash", "sign_message", "deploy", "escape"] as const)(
    "counts as spent where a call that may have left is a %s, of which nobody can tell the amount",
    (kind) => {
      expect(spentOf([transferOf(alice, "100")], [{ effects: [{ kind, basis: "decoded" }] }])).toEqual([`${alice} 100`]);
    },
  );

  it("counts as spent while such a call is under way, and not once it is known never to have left", () => {
    const declared = [transferOf(alice, "100")];
    expect(spentOf(declared, [{ effects: opaque, state: "in_flight" }])).toEqual([`${alice} 100`]);
    for (const state of ["never_left", "refused", "waiting"] as const)
      expect(spentOf(declared, [{ effects: opaque, state }])).toEqual([]);
    expect(spentOf(declared, [])).toEqual([]);
  });

  it("counts nothing where every call tells its amounts, also less than was declared, or none", () => {
    expect(spentOf([transferOf(alice, "100")], [{ effects: [paid(alice, "40")] }])).toEqual([`${alice} 40`]);
    expect(spentOf([transferOf(alice, "100")], [{ effects: [] }])).toEqual([]);
    const nothing: Effect = { kind: "approval", asset: native, amount: "0", basis: "decoded" };
    expect(spentOf([transferOf(alice, "100")], [{ effects: [nothing] }])).toEqual([]);
  });

  it("counts once beside the calls that are known to have moved a part of it", () => {
    expect(spentOf([transferOf(alice, "100")], [{ effects: [paid(alice, "40")] }, { effects: opaque }])).toEqual([
      `${alice} 40`,
      `${alice} 60`,
    ]);
    const { counterparty: _counterparty, ...anybody } = transferOf(alice, "100");
    expect(spentOf([anybody], [{ effects: [paid(bob, "40"), ...opaque] }])).toEqual([`${bob} 40`, "anyone 60"]);
  });

  it("counts beside what calls moved beyond it, for each payee, where a call tells no amount or went by unseen", () => {
    const calls = [{ effects: [paid(bob, "100")] }];
    expect(spentOf([transferOf(alice, "100")], [...calls, { effects: opaque }])).toEqual([`${bob} 100`, `${alice} 100`]);
    expect(spentOf([transferOf(alice, "100")], calls, false)).toEqual([`${bob} 100`, `${alice} 100`]);
    expect(spentOf([transferOf(alice, "100")], [{ effects: [paid(alice, "130")] }], false)).toEqual([`${alice} 130`]);
  });

  it("counts without end where it was declared without end, once", () => {
    const endless: Effect = { kind: "approval", asset: native, amount: "unlimited", basis: "declared" };
    expect(spentOf([endless], [{ effects: opaque }])).toEqual(["anyone unlimited"]);
    expect(spentOf([endless], [{ effects: [{ ...endless, basis: "decoded" }, ...opaque] }])).toEqual(["anyone unlimited"]);
  });
});

it("tells a message that was signed from every other call: only that is never to be seen on a chain", () => {
  const messageOf = (effects: readonly Effect[]): true | undefined => {
    const { calls } = outcomeOf({
      ending: { ...raised, stage: "returned" },
      journal: [withoutMoney("returned")],
      declared: [],
      journalComplete: true,
      decode: () => effects,
      confirmations: () => undefined,
    });
    return calls[0]?.message;
  };
  const message: Effect = { kind: "sign_message", basis: "decoded" };
  expect(messageOf([message])).toBe(true);
  for (const kind of ["contract_call", "unknown", "sign_hash", "escape"] as const)
    expect(messageOf([{ kind, basis: "decoded" }])).toBeUndefined();
  expect(messageOf([message, transferOf(alice, "1", "decoded")])).toBeUndefined();
  expect(messageOf([])).toBeUndefined();
});
