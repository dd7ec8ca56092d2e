import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A transaction of an account that a block holds, as a node shows it. */
export interface Mined {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly nonce: number;
  readonly value?: bigint;
  /** Calldata. */
  readonly input?: string;
  readonly authorizationList?: readonly unknown[];
  readonly reverted?: boolean;
  readonly logs?: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A chain's node that speaks JSON-RPC over HTTP: what its blocks hold, a test says. */
export class ChainNode {
  url = "";
  /** Whatever it was asked. */
  readonly asked: string[] = [];
  /** What it answers in place of what its blocks hold: undefined is nothing else. What throws is an error of the node's. */
  instead: (question: Question) => unknown = () => undefined;
  readonly #blocks: { readonly at: number; readonly transactions: readonly Mined[] }[] = [];

  static async start(): Promise<ChainNode> {
    const node = new ChainNode();
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const question = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Question;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, ...(await node.#answer(question)) }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return node;
  }

  /** @param at the block's time, in milliseconds since 1970 */
  mine(at: number, ...transactions: readonly Mined[]): void {
    this.#blocks.push({ at, transactions });
  }

  /** From now on it says nothing any more. */
  silence(): void {
    this.instead = async () => await new Promise(() => undefined);
  }

  async #answer(question: Question): Promise<{ result: unknown } | { error: { message: string } }> {
    this.asked.push(question.method);
    try {
      const other = await this.instead(question);
      return { result: other === undefined ? this.#shown(question) : other };
    } catch (error) {
      return { error: { message: (error as Error).message } };
    }
  }

  #shown({ method, params }: Question): unknown {
    const [first, second] = params.map(String);
    const latest = this.#blocks.length - 1;
    if (method === "eth_blockNumber") return hex(latest);
    if (method === "eth_getCode") return "0x";
    if (method === "eth_getTransactionCount") {
      const last = second === "latest" || second === "pending" ? latest : Number(second);
      return hex(this.#mined().filter(({ block, from }) => block <= last && from === first).length);
    }
    if (method === "eth_getBlockByNumber") return this.#block(first === "latest" ? latest : Number(first));
    if (method === "eth_getTransactionReceipt") return this.#receipt(first ?? "");
    if (method === "eth_getTransactionByHash") return this.#transaction(first ?? "");
    throw new Error(`the method ${method} does not exist`);
  }

  #mined() {
    return this.#blocks.flatMap(({ transactions }, block) => transactions.map((one) => ({ ...one, block })));
  }

  #block(number: number): unknown {
    const block = this.#blocks[number];
    if (block === undefined) return null;
    const transactions = block.transactions.map(({ hash }) => this.#transaction(hash));
    return { hash: hashOf(number), timestamp: hex(Math.floor(block.at / 1_000)), transactions };
  }

  #transaction(id: string): unknown {
    const one = this.#mined().find(({ hash }) => hash === id);
    if (one === undefined) return null;
    const { hash, from, to, nonce, value = 0n, input = "0x", authorizationList } = one;
    return { hash, from, to, nonce: hex(nonce), value: hex(value), input, authorizationList };
  }

  #receipt(id: string): unknown {
    const one = this.#mined().find(({ hash }) => hash === id);
    if (one === undefined) return null;
    const { hash, block, reverted = false, logs = [] } = one;
    const status = reverted ? "0x0" : "0x1";
    return { transactionHash: hash, status, blockNumber: hex(block), blockHash: hashOf(block), logs: reverted ? [] : logs };
  }
}

/** A word of the EVM. */
export function word(value: bigint | string): string {
  const digits = typeof value === "string" ? value.slice(2).toLowerCase() : value.toString(16);
  return `0x${digits.padStart(64, "0")}`;
}

function hex(number: number | bigint): string {
  return `0x${number.toString(16)}`;
}

function hashOf(block: number): string {
  return word(BigInt(block + 1_000));
}
