/** Methods of a node by which authority leaves, or which ask the node to use a key of its own. */
const refusedRequests = /^(eth_send|eth_sign|personal_|wallet_)/;

/** Functions of viem's clients that make such a request. */
const refusedFunctions = new Set([
  "sendRawTransaction",
  // Solana's connection.
  "sendEncodedTransaction",
  "requestAirdrop",
  "sendRawTransactionSync",
  "sendTransaction",
  "sendTransactionSync",
  "sendUserOperation",
  "writeContract",
  "writeContractSync",
  "deployContract",
  "sendCalls",
  "signMessage",
  "signTransaction",
  "signTypedData",
  "signAuthorization",
]);

const clients = new WeakMap<object, object>();

/** The wallet's public client with its writing functions refused. Reads run on the client itself. */
export function guardedPublicClient(client: unknown, refuse: (reason: string) => Error): unknown {
  if (typeof client !== "object" || client === null) return client;
  const known = clients.get(client);
  if (known !== undefined) return known;
  const proxy = new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof property === "string" && refusedFunctions.has(property)) {
        return () => {
          throw refuse(`the public client's ${property}() sends or signs; use the wallet's own methods`);
        };
      }
      if (property === "extend" && typeof value === "function") return guardedExtend(value, target, refuse);
      if (property === "request" && typeof value === "function") return guardedRequest(value, target, refuse);
      if (property === "transport" && typeof value === "object" && value !== null) return guardedPublicClient(value, refuse);
      return value;
    },
  });
  clients.set(client, proxy);
  return proxy;
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
    if (typeof parameters.method !== "string" || refusedRequests.test(parameters.method)) {
      throw refuse(`the node method ${String(parameters.method)} sends or signs; use the wallet's own methods`);
    }
    return await Reflect.apply(request as (...args: unknown[]) => unknown, target, [parameters, ...args.slice(1)]);
  };
}
