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

/** What a node answered in place of what it was asked for: asked again, it most likely says the same. */
export class NodeRefusal extends Error {
  override readonly name = "NodeRefusal";
}

/**
 * One question to a node. It throws a NodeRefusal that says what the node answered, without its address, which may hold a key; an Error
 * where there is no answer, named TimeoutError if none came in time; and the reason of whoever stopped it.
 */
export type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** Asks a node, until the signal fires. */
export function askerOf(url: string, signal?: AbortSignal): Ask {
  return async (method, params) => {
    signal?.throwIfAborted();
    // By hand: what AbortSignal.any makes of a time-out holds on to neither, and the time-out may be collected before it fires.
    const end = new AbortController();
    const stop = (): void => end.abort(signal?.reason);
    const tooLate = new DOMException(`the node did not answer ${method} within ${timeoutMs / 1_000} s`, "TimeoutError");
    const timer = setTimeout(() => end.abort(tooLate), timeoutMs).unref();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await answerOf(url, method, params, end.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  };
}

async function answerOf(url: string, method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal,
  });
  if (!response.ok) throw new Error(`the node answered ${method} with ${response.status}`);
  const answer = (await response.json()) as { result?: unknown; error?: { message?: unknown } };
  if (answer.error !== undefined || answer.result === undefined)
    throw new NodeRefusal(`the node refused ${method}: ${String(answer.error?.message)}`);
  return answer.result;
}
