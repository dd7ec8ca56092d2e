import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rpcChainReader } from "../src/rpc-chain-reader.js";
import { askerOf } from "../src/rpc-node.js";
import { rpcOutflowReader } from "../src/rpc-outflow.js";
import { ChainNode, word } from "./support/chain-node.js";
import { alice, chainId, idAt, native, self, usdc } from "./support/contexts.js";

const madeAt = Date.UTC(2026, 5, 1, 12);

let node: ChainNode;
beforeEach(async () => {
  node = await ChainNode.start();
  node.mine(madeAt);
});
afterEach(() => void vi.useRealTimers());

function chains() {
  return new Map([[chainId, { url: node.url, confirmations: 1 }]]);
}

describe("a question to a node", () => {
  it("is answered, and leaves nothing at the signal that could have stopped it", async () => {
    const { signal } = new AbortController();
    expect(await askerOf(node.url, signal)("eth_blockNumber", [])).toBe("0x0");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is given up after ten seconds, by a name that says that", async () => {
    node.silence();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = expect(askerOf(node.url)("eth_blockNumber", [])).rejects.toMatchObject({
      name: "TimeoutError",
      message: "the node did not answer eth_blockNumber within 10 s",
    });
    await expect.poll(() => node.asked).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    await answer;
  });

  it("is stopped by its signal, whoever asks it, and none is asked after it", async () => {
    node.silence();
    const lines = [{ asset: native, amount: "1" }];
    const call = { attemptId: idAt(madeAt), callId: "c", chainId, transactionId: word(1n), reservedAt: madeAt, lines };
    for (const [ask, stopped] of [
      [(signal: AbortSignal) => rpcChainReader(chains()).verdictOn(call, signal), "stop"],
      [(signal: AbortSignal) => rpcOutflowReader(chains())({ chainId, account: self, since: madeAt }, signal), "stop"],
      [(signal: AbortSignal) => rpcChainReader(chains()).latestBlockTime(signal).then(String), "undefined"],
    ] as const) {
      node.asked.length = 0;
      const stopping = new AbortController();
      const answer = ask(stopping.signal).catch((error: unknown) => error);
      await expect.poll(() => node.asked).toHaveLength(1);
      stopping.abort("stop");
      expect(await answer).toBe(stopped);
      expect(await ask(stopping.signal).catch((error: unknown) => error)).toBe(stopped);
      expect(node.asked).toHaveLength(1);
    }
  });
});

describe("what an account has sent", () => {
  it("is what it paid, and not what it granted: that is no payment of anybody's", async () => {
    const token = usdc.slice(usdc.indexOf("0x"));
    const approval = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925";
    const logs = [{ address: token, topics: [approval, word(self), word(alice)], data: word(100n) }];
    node.mine(madeAt + 1_000, { hash: word(1n), from: self, to: token, nonce: 0, input: "0x095ea7b3", logs });
    node.mine(madeAt + 2_000, { hash: word(2n), from: self, to: alice, nonce: 1, value: 5n });
    const outflow = await rpcOutflowReader(chains())({ chainId, account: self, since: madeAt });
    const paid = { asset: native, amount: "5", counterparty: `${chainId}:${alice}` };
    expect(outflow?.transactions.map(({ lines }) => lines)).toEqual([[], [paid]]);
  });

  it("is nobody's knowledge where a receipt does not say whether its transaction was reverted", async () => {
    node.mine(madeAt + 1_000, { hash: word(1n), from: self, to: alice, nonce: 0, value: 5n });
    const receipt = { transactionHash: word(1n), blockNumber: "0x1", blockHash: word(1_001n), logs: [] };
    node.instead = ({ method }) => (method === "eth_getTransactionReceipt" ? receipt : undefined);
    await expect(rpcOutflowReader(chains())({ chainId, account: self, since: madeAt })).rejects.toThrow("nobody says");
  });
});
