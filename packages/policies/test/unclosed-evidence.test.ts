import type { UntoldNote } from "@agentkit-policy/ledger";
import type { Effect } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import type { Outflow, SentTransaction } from "../src/rpc-outflow.js";
import { evidenceOn } from "../src/unclosed-evidence.js";
import { alice, bob, chainId, contextOf, idAt, native, self, transferOf, usdc } from "./support/contexts.js";

const second = 1_000;
const reservedAt = Date.UTC(2026, 10, 30, 12);
const sendBy = reservedAt + 900 * second;
const until = sendBy + 3_600 * second;

/** The note of an attempt that was armed for these, at some moment after its time. */
function untold(effects: readonly Effect[], more: Partial<UntoldNote> = {}): UntoldNote {
  const spent = effects.map(({ asset = "", amount = "", counterparty }) => ({
    asset,
    amount,
    ...(counterparty === undefined ? {} : { counterparty }),
  }));
  return {
    attemptId: idAt(reservedAt),
    note: "",
    state: "armed",
    scopes: {},
    now: sendBy + 20 * second,
    reservedAt,
    sendBy,
    until,
    signatureDeadline: 0,
    spent,
    ...more,
  };
}

function sent(effects: readonly Effect[], more: Partial<SentTransaction> = {}): SentTransaction {
  return { transactionId: "0x1", nonce: "7", blockTime: reservedAt + second, lines: untold(effects).spent, ...more };
}

async function look(
  effects: Effect[],
  transactions: readonly SentTransaction[] | undefined,
  { isAll = true, note = {}, context = {} }: { isAll?: boolean; note?: Partial<UntoldNote>; context?: object } = {},
) {
  const asked: unknown[] = [];
  const outflow: Outflow | undefined = transactions && { transactions, isAll };
  const evidence = await evidenceOn(
    untold(effects, note),
    { ...contextOf({ effects }), ...context },
    {
      marginMs: 40 * second,
      outflowOf: async (question) => {
        asked.push(question);
        return outflow;
      },
    },
  );
  return { evidence, asked };
}

const payment = transferOf(alice, "70");

describe("what a chain shows of an attempt that nobody has closed", () => {
  it("is looked for from a little before it was reserved", async () => {
    const { asked } = await look([payment], []);
    expect(asked).toEqual([{ chainId, account: self, since: reservedAt - 40 * second }]);
  });

  it("is all that it held, once nothing else of the account is on its way", async () => {
    const { evidence } = await look([payment], [sent([payment])]);
    const call = { transactionId: "0x1", nonce: "7", from: self, chainId, verdict: { kind: "moved" } };
    expect(evidence).toMatchObject({ kind: "known", close: { entered: true, inFlight: false, calls: [call] } });
    expect(evidence.kind === "known" && evidence.close.spent).toEqual([
      { asset: native, amount: "70", counterparty: `${chainId}:${alice}` },
    ]);
  });

  it("is not known while something is pending that may be it: what is seen may be an earlier payment like it", async () => {
    const early = await look([payment], [sent([payment])], { isAll: false, note: { now: until } });
    expect(early.evidence).toEqual({ kind: "not_yet", afterMs: 1 });
    const over = await look([payment], [sent([payment])], { isAll: false, note: { now: until + 1 } });
    expect(over.evidence).toMatchObject({ kind: "known", close: { calls: [{ transactionId: "0x1" }] } });
  });

  it("is several transactions, of several assets, and less than was held", async () => {
    const token = transferOf(bob, "5", usdc);
    const transactions = [sent([{ ...payment, amount: "30" }]), sent([token], { transactionId: "0x2" })];
    const { evidence } = await look([payment, token], transactions, { note: { now: until + 1 } });
    expect(evidence.kind === "known" && evidence.close.spent.map(({ amount }) => amount)).toEqual(["30", "5"]);
  });

  it("is nothing once nothing of it can be in a block any more, and not a moment before", async () => {
    const over = await look([payment], [], { note: { now: until + 1 } });
    expect(over.evidence).toMatchObject({ kind: "known", close: { spent: [], calls: [] } });
    const early = await look([payment], [], { note: { now: until } });
    expect(early.evidence).toEqual({ kind: "not_yet", afterMs: 1 });
  });

  it("is not known while something of the account is pending, however late it is", async () => {
    const { evidence } = await look([payment], [], { isAll: false, note: { now: until + 5_000 * second } });
    expect(evidence).toEqual({ kind: "not_yet", afterMs: 600 * second });
  });

  it("is looked for again soon at first, and then less and less often", async () => {
    const pauseAt = async (now: number) => {
      const { evidence } = await look([payment], [], { note: { now } });
      return evidence.kind === "not_yet" ? evidence.afterMs / second : evidence;
    };
    expect(await pauseAt(sendBy + 1)).toBe(10);
    expect(await pauseAt(sendBy + 60 * second)).toBe(60);
    expect(await pauseAt(sendBy + 2_000 * second)).toBe(600);
  });

  it("has nothing to do with what the wallet has paid to others, or in another asset", async () => {
    const transactions = [sent([transferOf(bob, "70")]), sent([transferOf(alice, "70", usdc)])];
    const { evidence } = await look([payment], transactions, { note: { now: until + 1 } });
    expect(evidence).toMatchObject({ kind: "known", close: { spent: [], calls: [] } });
  });

  it("may be for anybody where nobody was named", async () => {
    const { counterparty: _counterparty, ...unnamed } = payment;
    const { evidence } = await look([unnamed], [sent([transferOf(bob, "70")])]);
    expect(evidence).toMatchObject({ kind: "known", close: { calls: [{ transactionId: "0x1" }] } });
  });

  it("is all that it held where a transaction moves a part of it and more: nobody can tell then", async () => {
    for (const lines of [[transferOf(alice, "71")], [payment, transferOf(bob, "1")]]) {
      expect((await look([payment], [sent(lines)], { note: { now: until + 1 } })).evidence).toEqual({ kind: "none" });
    }
  });

  it.each<[string, { silent?: true; effects?: Effect[]; note?: Partial<UntoldNote>; context?: object }]>([
    ["the chain does not say", { silent: true }],
    ["a signature was given that others can use", { note: { signatureDeadline: sendBy } }],
    ["it could do more than transfer", { effects: [{ ...payment, kind: "approval" }] }],
    ["its money moves where nobody sees it", { context: { moneyVisible: false } }],
    ["it is on another chain than its wallet", { effects: [transferOf(alice, "1", "eip155:1/slip44:60")] }],
    ["its wallet has no address", { context: { walletAddress: undefined } }],
  ])("counts in full where %s", async (_, { silent, effects = [payment], ...more }) => {
    const late = { ...more, note: { now: until + 1, ...more.note } };
    expect((await look(effects, silent ? undefined : [], late)).evidence).toEqual({ kind: "none" });
  });
});
