// @ts-check
import { createServer } from "node:http";
import { requester } from "./anvil.mjs";

/**
 * A node that takes transactions and may say that it failed to.
 * @typedef {object} FlakyNode
 * @property {string} rpcUrl
 * @property {"honest" | "takes_and_fails" | "mines_and_fails"} mode takes_and_fails: a raw transaction is passed on, then
 *   answered with 503; mines_and_fails: the same, after the transaction was mined
 * @property {readonly string[]} taken the raw transactions that were passed on and then answered with 503
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a proxy before a node. It passes every request on; in the other modes it answers 503 to `eth_sendRawTransaction`
 * *after* the node has taken the transaction.
 * @param {string} nodeUrl
 * @returns {Promise<FlakyNode>}
 */
export async function startFlakyNode(nodeUrl) {
  const taken = /** @type {string[]} */ ([]);
  const server = createServer((request, response) => {
    void pass(request, response).catch((error) => {
      response.writeHead(502).end(String(error));
    });
  });

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async function pass(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const answer = await fetch(nodeUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await answer.text();
    const call = JSON.parse(body);
    if (node.mode !== "honest" && call.method === "eth_sendRawTransaction") {
      taken.push(call.params[0]);
      if (node.mode === "mines_and_fails") await mined(JSON.parse(text).result);
      response.writeHead(503, { "content-type": "text/plain" }).end("upstream is busy");
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  }

  /** @param {string} hash */
  async function mined(hash) {
    const ask = requester(nodeUrl);
    while ((await ask("eth_getTransactionReceipt", [hash])) === null) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(undefined));
  });
  server.unref();
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  /** @type {FlakyNode} */
  const node = {
    rpcUrl: `http://127.0.0.1:${port}`,
    mode: "honest",
    taken,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return node;
}
