import { defaultLedgerTimes, type UntoldNote } from "@agentkit-policy/ledger";
import type { Effect } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { NodeRefusal } from "../src/rpc-node.js";
import type { Outflow, SentTransaction } from "../src/rpc-outflow.js";
import { type EvidenceParts, evidenceOn } from "../src/unclosed-evidence.js";
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

interface Look {
  readonly isAll?: boolean;
  readonly note?: Partial<UntoldNote>;
  readonly context?: object;
  readonly times?: EvidenceParts["times"];
}

async function look(
  effects: Effect[],
  transactions: readonly SentTransaction[] | Error | undefined,
  { isAll = true, note = {}, context = {}, times = defaultLedgerTimes }: Look = {},
) {
  const asked: unknown[] = [];
  const evidence = await evidenceOn(
    untold(effects, note),
    { ...contextOf({ effects }), ...context },
    {
      marginMs: 40 * second,
      times,
      outflowOf: async (question): Promise<Outflow | undefined> => {
        asked.push(question);
        if (transactions instanceof Error) throw transactions;
        return transactions && { transactions, isAll };
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

  it("frees the intent where nothing left, once nothing of it can move any more", async () => {
    const closeOf = async (...looked: Parameters<typeof look>) => {
      const { evidence } = await look(...looked);
      return evidence.kind === "known" ? evidence.close : evidence;
    };
    const note = { now: until + 1 };
    expect(await closeOf([payment], [], { note })).toMatchObject({ nothingDone: true, spent: [] });
    expect(await closeOf([payment], [sent([transferOf(bob, "70")])], { note })).toMatchObject({ nothingDone: true });
    expect(await closeOf([payment], [sent([payment])], { note })).toMatchObject({ nothingDone: false });
    expect(await closeOf([payment], [sent([{ ...payment, amount: "1" }])], { note })).toMatchObject({ nothingDone: false });
  });

  it("keeps the intent where its wallet has sent anything meanwhile, which an action inside may have paid with", async () => {
    const ofOrder = { note: { now: until + 1 }, context: { intentId: "order-7" } };
    const elsewhere = await look([payment], [sent([transferOf(bob, "70")])], ofOrder);
    expect(elsewhere.evidence).toMatchObject({ close: { nothingDone: false, spent: [] } });
    expect((await look([payment], [], ofOrder)).evidence).toMatchObject({ close: { nothingDone: true } });
  });

  it("frees the intent of what had no amount before its call, and keeps it where no call has brought one", async () => {
    const effects: Effect[] = [{ kind: "transfer", asset: native, basis: "declared" }];
    const ofCall = await look([...effects, payment], [], { note: { now: until + 1, spent: untold([payment]).spent } });
    expect(ofCall.evidence).toMatchObject({ close: { nothingDone: true } });
    const ofNone = await look(effects, [], { note: { now: until + 1, spent: [] } });
    expect(ofNone.evidence).toMatchObject({ close: { nothingDone: false } });
  });

  it.each<[string, Effect]>([
    ["is of an asset that nobody named", { kind: "transfer", amount: "5", basis: "declared" }],
    ["is of nothing", transferOf(bob, "0")],
  ])("keeps the intent where something that it would do %s", async (_, unseen) => {
    for (const effects of [[unseen], [payment, unseen]]) {
      const note = { now: until + 1, spent: untold(effects.includes(payment) ? [payment] : []).spent };
      const { evidence } = await look(effects, [], { note });
      expect(evidence).toMatchObject({ kind: "known", close: { nothingDone: false, spent: [] } });
    }
  });
});

describe("what a chain's node cannot show of an attempt that nobody has closed", () => {
  const refused = new NodeRefusal("missing trie node");
  /** The date of what counts until evidence. */
  const held = 8_640_000_000_000_000;

  it("may be shown later, until nothing of it can move any more; then nobody can say, and why", async () => {
    await expect(look([payment], refused, { note: { now: until } })).rejects.toBe(refused);
    const { evidence } = await look([payment], refused, { note: { now: until + 1 } });
    expect(evidence).toEqual({ kind: "none", reason: "missing trie node" });
  });

  it("may be shown a day later, where the node does not answer at all: it may be down with the agent", async () => {
    const silent = new Error("fetch failed");
    await expect(look([payment], silent, { note: { now: until + 86_400 * second } })).rejects.toBe(silent);
    const { evidence } = await look([payment], silent, { note: { now: until + 86_400 * second + 1 } });
    expect(evidence).toEqual({ kind: "none", reason: "fetch failed" });
  });

  it("is nobody's knowledge where it counts until evidence, once it has had as long as any transaction", async () => {
    await expect(look([payment], refused, { note: { now: until, until: held } })).rejects.toBe(refused);
    const { evidence } = await look([payment], refused, { note: { now: until + 1, until: held } });
    expect(evidence).toMatchObject({ kind: "none" });
  });

  it("is waited for there as long as its own chain takes", async () => {
    const note = (now: number) => ({ note: { now, until: held } });
    const slow = { settleWithinMs: 60 * second, chains: { [chainId]: { settleWithinMs: 7_200 * second } } };
    for (const [times, end] of [
      [{ settleWithinMs: 60 * second, chains: {} }, sendBy + 60 * second],
      [slow, sendBy + 7_200 * second],
    ] as const) {
      await expect(look([payment], refused, { times, ...note(end) })).rejects.toBe(refused);
      expect((await look([payment], refused, { times, ...note(end + 1) })).evidence).toMatchObject({ kind: "none" });
    }
  });
});
