/** Nobody waits for a chain that does not answer. */
const timeoutMs = 10_000;

/** How a chain is asked. */
export interface RpcChain {
  /** A JSON-RPC endpoint over HTTP. */
  readonly url: string;
  /** Blocks from a transaction's own on, itself included, after which it is final. */
  readonly confirmations: number;
}

export interface Receipt {
  readonly transactionHash: string;
  readonly status: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly logs: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

export interface Block {
  readonly hash: string;
  readonly timestamp: string;
}

/** A block's own timestamp, in milliseconds since 1970. */
export function blockTime({ timestamp }: Block): number {
  return Number(BigInt(timestamp)) * 1_000;
}

/** @throws an Error that says what a node answered, without its address: that may hold a key */
export async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the node answered ${method} with ${response.status}`);
  const answer = (await response.json()) as { result?: unknown; error?: { message?: unknown } };
  if (answer.error !== undefined || answer.result === undefined)
    throw new Error(`the node refused ${method}: ${String(answer.error?.message)}`);
  return answer.result;
}
