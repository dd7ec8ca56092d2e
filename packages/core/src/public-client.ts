import { standIn } from "./stand-in.js";
import { isThenable } from "./thenable.js";

/**
 * Node methods that only read. An allow-list, because every vendor has ways of its own to send: names that begin with
 * get, estimate, simulate or trace read by convention, and the rest is listed.
 */
const readingRequests =
  /^([a-zA-Z0-9]+_(get|estimate|simulate|trace)\w*|eth_(accounts|blobBaseFee|blockNumber|call|chainId|createAccessList|feeHistory|gasPrice|maxPriorityFeePerGas|newBlockFilter|newFilter|newPendingTransactionFilter|subscribe|syncing|uninstallFilter|unsubscribe)|net_\w+|web3_(clientVersion|sha3))$/;

/** Functions of viem's clients, and of Solana's connection, by which something leaves. */
const leavingFunctions = /^(send|resend|write|deploy|sign|broadcast|requestAirdrop)/;

/** Parts of a client through which its requests go, too. */
const requestingParts = new Set(["transport", "transports", "value"]);

const clients = new WeakMap<object, object>();

/** The wallet's public client with its writing functions refused. Reads run on the client itself. */
export function guardedPublicClient(client: unknown, refuse: (reason: string) => Error): unknown {
  if (typeof client !== "object" || client === null) return client;
  if (isThenable(client)) return Promise.resolve(client).then((awaited) => guardedPublicClient(awaited, refuse));
  const known = clients.get(client);
  if (known !== undefined) return known;
  const member = (property: string | symbol): unknown => guardedMember(client, property, refuse);
  const proxy = standIn(client, { member, change: () => false });
  clients.set(client, proxy);
  return proxy;
}

function guardedMember(client: object, property: string | symbol, refuse: (reason: string) => Error): unknown {
  const value: unknown = Reflect.get(client, property, client);
  if (typeof value === "function") {
    if (property === "extend") return guardedExtend(value, client, refuse);
    if (property === "request") return guardedRequest(value, client, refuse);
    if (typeof property === "string" && leavingFunctions.test(property)) {
      return () => {
        throw refuse(`the public client's ${property}() sends or signs; use the wallet's own methods`);
      };
    }
    return value;
  }
  if (typeof value !== "object" || value === null) return value;
  const requests = requestingParts.has(String(property)) || typeof (value as { request?: unknown }).request === "function";
  return requests || (Array.isArray(client) && typeof property === "string") ? guardedPublicClient(value, refuse) : value;
}

/** viem's way to add functions to a client hands the client to whoever adds them. */
function guardedExtend(extend: unknown, target: object, refuse: (reason: string) => Error): unknown {
  return (addition: (client: unknown) => unknown) => {
    const guardedAddition = (client: unknown): unknown => addition(guardedPublicClient(client, refuse));
    return guardedPublicClient(Reflect.apply(extend as (...args: unknown[]) => unknown, target, [guardedAddition]), refuse);
  };
}

function guardedRequest(request: unknown, target: object, refuse: (reason: string) => Error): unknown {
  return async (...args: unknown[]) => {
    // Read once: what is checked is what is passed on.
    const parameters = { ...(args[0] as { method?: unknown }) };
    if (typeof parameters.method !== "string" || !readingRequests.test(parameters.method)) {
      throw refuse(`the node method ${String(parameters.method)} is not known to only read; use the wallet's own methods`);
    }
    return await Reflect.apply(request as (...args: unknown[]) => unknown, target, [parameters, ...args.slice(1)]);
  };
}
