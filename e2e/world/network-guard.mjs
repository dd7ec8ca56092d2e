// @ts-check
// Import this before AgentKit: AgentKit posts analytics, un-awaited and uncaught, at every wallet and every action, and
// without a network that ends the process. Whatever does not go through `fetch` is stopped where it looks a host's name up.

import dns from "node:dns";

const analyticsHost = "cca-lite.coinbase.com";
const allowedHosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Lets one more host through, which a program is there to talk to.
 * @param {string} hostname
 */
export function allowHost(hostname) {
  allowedHosts.add(hostname);
}

const ownFetch = globalThis.fetch;

/** Hosts that were refused, in order, for tests that want to know. */
export const refusedHosts = /** @type {string[]} */ ([]);

/** @type {typeof globalThis.fetch} */
const guardedFetch = async (input, options) => {
  const url = new URL(input instanceof Request ? input.url : String(input));
  if (allowedHosts.has(url.hostname)) return await ownFetch(input, options);
  if (url.hostname === analyticsHost) {
    return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
  }
  refusedHosts.push(url.hostname);
  throw new TypeError(`network guard: ${url.hostname} is not this machine`);
};

globalThis.fetch = guardedFetch;

const ownLookup = dns.lookup;

/**
 * @param {string} hostname
 * @param {...any} rest options, if any, and the callback
 */
function guardedLookup(hostname, ...rest) {
  if (allowedHosts.has(hostname)) return Reflect.apply(ownLookup, dns, [hostname, ...rest]);
  refusedHosts.push(hostname);
  const callback = /** @type {(error: Error) => void} */ (rest.at(-1));
  process.nextTick(callback, new Error(`network guard: ${hostname} is not this machine`));
}

dns.lookup = /** @type {any} */ (guardedLookup);
