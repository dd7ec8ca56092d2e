import { createReconciler, openMemoryLedger, type SpentLine } from "@agentkit-policy/ledger";
import { beforeEach, describe, expect, it } from "vitest";
import { rpcChainReader } from "../src/rpc-chain-reader.js";
import { ChainNode, type Mined, word } from "./support/chain-node.js";
import { alice, bob, chainId, idAt, native, self, usdc } from "./support/contexts.js";

const minute = 60_000;
const reservedAt = Date.UTC(2026, 5, 1, 12);
const minedAt = reservedAt + minute;
const ours = `0x${"aa".repeat(32)}`;
const other = `0x${"bb".repeat(32)}`;
const token = usdc.slice(usdc.indexOf("0x"));
const contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
/** Some call of a contract. */
const calldata = "0x1249c58b";
const never = { kind: "never" };
const moved = { kind: "moved", blockTime: minedAt };
const everything = 2n ** 256n - 1n;

const topics = {
  transfer: "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
  approval: "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
  approvalForAll: "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31",
  permit2Approval: "0xda9fa7c1b00402c17d0161b249b1ab8bbec047c5a52207b9c112deffd817036b",
};

let node: ChainNode;
beforeEach(async () => {
  node = await ChainNode.start();
  node.mine(reservedAt - 10 * minute);
  node.mine(reservedAt - 5 * minute);
});

function lineOf(amount: bigint, asset = usdc, to = alice): SpentLine {
  return { asset, amount: amount.toString(), counterparty: `${chainId}:${to}` };
}

/** A log by which a token says that our account moved or granted something. */
function logOf(topic: string, to: string, amount: bigint, more: { owner?: string; address?: string } = {}) {
  const { owner = self, address = token } = more;
  return { address, topics: [topic, word(owner), word(to)], data: word(amount) };
}

/** A transaction of our account that is in a block, and final. */
function mine(more: Partial<Mined>): void {
  node.mine(minedAt, { hash: other, from: self, to: token, nonce: 0, ...more });
  node.mine(minedAt + minute);
}

function reader() {
  return rpcChainReader(new Map([[chainId, { url: node.url, confirmations: 1 }]]));
}

/** What the chain says of a call that moves these lines and has the nonce 0. */
async function verdictOn(...lines: readonly SpentLine[]) {
  const attemptId = idAt(reservedAt);
  const call = { attemptId, callId: "c", chainId, transactionId: ours, nonce: "0", from: self, reservedAt, lines };
  return await reader().verdictOn(call);
}

describe("a call whose nonce another transaction has used", () => {
  it("moved what it granted, where that granted the same to the same spender", async () => {
    mine({ input: calldata, logs: [logOf(topics.approval, alice, 100n)] });
    expect(await verdictOn(lineOf(100n))).toEqual(moved);
  });

  it.each<[string, Partial<Mined>]>([
    ["another amount", { logs: [logOf(topics.approval, alice, 90n)] }],
    ["so much of a token and to a spender that a registry of approvals knows", { to: contract, logs: [permit2Log(90n)] }],
  ])("is nobody's knowledge where that granted %s", async (_, more) => {
    mine({ input: calldata, ...more });
    expect(await verdictOn(lineOf(100n))).toBeUndefined();
  });

  function permit2Log(amount: bigint) {
    const data = `${word(amount)}${word(1n).slice(2)}`;
    return { address: contract, topics: [topics.permit2Approval, word(self), word(token), word(alice)], data };
  }

  it("moved what it granted in a registry of approvals", async () => {
    mine({ to: contract, input: calldata, logs: [permit2Log(100n)] });
    expect(await verdictOn(lineOf(100n))).toEqual(moved);
  });

  it("moved everything of a collection that it granted, or the one token of it", async () => {
    mine({ input: calldata, logs: [logOf(topics.approvalForAll, alice, 1n)] });
    expect(await verdictOn(lineOf(everything))).toEqual(moved);
  });

  it.each(["approval", "transfer"] as const)("moved the one token of a collection that is in its %s", async (name) => {
    const { address, topics: named } = logOf(topics[name], alice, 0n);
    mine({ input: calldata, logs: [{ address, topics: [...named, word(7n)], data: "0x" }] });
    expect(await verdictOn(lineOf(7n))).toEqual(moved);
  });

  it.each<[string, Partial<Mined>]>([
    ["granted nothing", { input: calldata }],
    ["granted it to another spender", { input: calldata, logs: [logOf(topics.approval, bob, 100n)] }],
    ["granted another token", { input: calldata, logs: [logOf(topics.approval, alice, 100n, { address: contract })] }],
    ["took the approval back", { input: calldata, logs: [logOf(topics.approval, alice, 0n)] }],
    ["took the collection back", { input: calldata, logs: [logOf(topics.approvalForAll, alice, 0n)] }],
    ["brought what somebody else granted", { input: calldata, logs: [logOf(topics.approval, alice, 100n, { owner: bob })] }],
    ["was reverted", { input: calldata, reverted: true, logs: [logOf(topics.approval, alice, 100n)] }],
    ["paid coin to somebody", { to: alice, value: 100n }],
  ])("never moved its tokens where that %s", async (_, more) => {
    mine(more);
    expect(await verdictOn(lineOf(100n))).toEqual(never);
  });

  it("moved its coin, or never did, as that paid it or paid somebody else", async () => {
    mine({ to: alice, value: 5n });
    expect(await verdictOn(lineOf(5n, native))).toEqual(moved);
    expect(await verdictOn(lineOf(5n, native, bob))).toEqual(never);
  });

  it("moved its coin where that paid it under its token's name, whose amounts have fewer decimals", async () => {
    const arc = "eip155:5042002";
    mine({
      input: calldata,
      logs: [logOf(topics.transfer, alice, 5n, { address: "0x3600000000000000000000000000000000000000" })],
    });
    const lines = [{ asset: `${arc}/slip44:60`, amount: "5000000000000", counterparty: `${arc}:${alice}` }];
    const call = {
      attemptId: idAt(reservedAt),
      callId: "c",
      chainId: arc,
      transactionId: ours,
      nonce: "0",
      from: self,
      reservedAt,
    };
    const onArc = rpcChainReader(new Map([[arc, { url: node.url, confirmations: 1 }]]));
    expect(await onArc.verdictOn({ ...call, lines })).toEqual(moved);
  });

  it.each<[string, Partial<Mined>]>([
    ["gave coin to a contract, which may have handed it on", { to: contract, value: 5n, input: calldata }],
    ["called code of the account's own", { to: self, input: calldata }],
    ["lent the account to code", { to: self, authorizationList: [{}] }],
  ])("is nobody's knowledge where it moves coin and that %s", async (_, more) => {
    mine(more);
    expect(await verdictOn(lineOf(5n, native))).toBeUndefined();
    expect(await verdictOn(lineOf(5n))).toEqual(never);
  });

  it("never moved its coin where that called a contract and gave it none", async () => {
    mine({ to: contract, input: calldata });
    expect(await verdictOn(lineOf(5n, native))).toEqual(never);
  });

  it.each<[string, readonly SpentLine[]]>([
    ["it moves nothing that has a name", []],
    ["it moves what no log shows", [lineOf(1n, `${chainId}/other:${contract}`)]],
  ])("is nobody's knowledge where %s, and that was a call too", async (_, lines) => {
    mine({ to: contract, input: calldata });
    expect(await verdictOn(...lines)).toBeUndefined();
  });

  it("is nobody's knowledge where it moves nothing, and that did something, if not a call", async () => {
    mine({ to: alice });
    expect(await verdictOn()).toBeUndefined();
  });

  it.each<[string, Partial<Mined>]>([
    ["was reverted", { to: contract, input: calldata, reverted: true }],
    ["took the nonce and did nothing else", { to: self }],
  ])("never did anything where that %s", async (_, more) => {
    mine(more);
    expect(await verdictOn()).toEqual(never);
    expect(await verdictOn(lineOf(1n, `${chainId}/other:${contract}`))).toEqual(never);
  });

  it("is the same call where a node is behind and does not show its receipt yet, which the next look sees", async () => {
    mine({ hash: ours, input: calldata, logs: [logOf(topics.approval, bob, 1n)] });
    let asked = 0;
    node.instead = ({ method }) => {
      asked += method === "eth_getTransactionReceipt" ? 1 : 0;
      return method === "eth_getTransactionReceipt" && asked <= 2 ? null : undefined;
    };
    expect(await verdictOn(lineOf(100n))).toBeUndefined();
    expect(await verdictOn(lineOf(100n))).toEqual(moved);
  });

  it("keeps its intent where it is nobody's knowledge what it did, so that it is not done twice", async () => {
    mine({ to: contract, input: calldata });
    const clock = { now: () => reservedAt, uptime: () => reservedAt };
    const ledger = openMemoryLedger({ clock });
    const scopes = { wallet: `eip155:${self}` };
    const intent = { key: "mint once", content: "mint" };
    const lines = [{ unit: "actions" as const }];
    const reserve = async (attemptId: string) =>
      await ledger.reserve({ attemptId, stepId: "root", scopes, lines, limits: [], intent, arm: true });
    const attemptId = idAt(reservedAt);
    expect(await reserve(attemptId)).toMatchObject({ ok: true });
    const calls = [{ callId: "c", lines: [], chainId, transactionId: ours, nonce: "0", from: self }];
    await ledger.close({ attemptId, scopes, entered: true, inFlight: false, spent: [], calls });
    expect(await createReconciler({ ledger, chains: reader(), warn: () => undefined }).pass()).toEqual([]);
    expect(await reserve(idAt(reservedAt))).toMatchObject({ ok: false });
  });
});
