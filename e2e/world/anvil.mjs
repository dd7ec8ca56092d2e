// @ts-check
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { mnemonicToAccount } from "viem/accounts";

const require = createRequire(import.meta.url);

/** What anvil funds with 10,000 ETH each; the phrase stands in its own documentation. */
const developmentMnemonic = "test test test test test test test test test test test junk";

/** Base Sepolia's chain id, so that AgentKit calls the network `base-sepolia`; with anvil's own it is undefined. */
export const chainId = 84532;

/** The chain as the contract writes it. */
export const caipChainId = `eip155:${chainId}`;

/** How long a chain may take to answer for the first time, in milliseconds. */
const startLimitMs = 20_000;

/**
 * One of anvil's ten funded development accounts.
 * @param {number} index 0 to 9
 */
export function developmentAccount(index) {
  return mnemonicToAccount(developmentMnemonic, { addressIndex: index });
}

/**
 * A chain of one machine, on loopback.
 * @typedef {object} Anvil
 * @property {string} rpcUrl
 * @property {number} pid
 * @property {(method: string, params?: readonly unknown[]) => Promise<any>} request asks the node; rejects with its message
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a fresh chain and waits until it answers. It ends with `stop()`, and with this process at the latest.
 * @returns {Promise<Anvil>}
 * @throws Error when there is no binary for this machine, or when the chain does not come up
 */
export async function startAnvil() {
  const port = await freePort();
  const binary = anvilBinary();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const child = spawn(
    binary,
    ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId), "--mnemonic", developmentMnemonic, "--silent"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaint = (complaint + text).slice(-2_000);
  });
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  let endedBecause = /** @type {string | undefined} */ (undefined);
  void ended.then((reason) => {
    endedBecause = reason;
  });
  const killChild = () => {
    child.kill("SIGKILL");
  };
  process.once("exit", killChild);
  // Neither the child nor its pipe keeps a finished test or demo alive.
  child.unref();
  /** @type {import("node:net").Socket} */ (/** @type {unknown} */ (child.stderr)).unref();

  const request = requester(rpcUrl);
  const startedAt = performance.now();
  for (;;) {
    if (endedBecause !== undefined) throw new Error(`anvil did not start: ${endedBecause}\n${complaint}`);
    const answer = await request("eth_chainId").catch(() => undefined);
    if (answer === `0x${chainId.toString(16)}`) break;
    if (performance.now() - startedAt > startLimitMs) {
      killChild();
      throw new Error(`anvil did not answer within ${startLimitMs} ms\n${complaint}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    rpcUrl,
    pid: /** @type {number} */ (child.pid),
    request,
    stop: async () => {
      process.removeListener("exit", killChild);
      // From here on the child does keep this process alive: what awaits its end must not be cut off.
      child.ref();
      killChild();
      await ended;
    },
  };
}

/**
 * Asks a node by JSON-RPC, past every client and its retries.
 * @param {string} rpcUrl
 * @returns {Anvil["request"]}
 */
export function requester(rpcUrl) {
  let id = 0;
  return async (method, params = []) => {
    id += 1;
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
    });
    const answer = /** @type {any} */ (await response.json());
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  };
}

/**
 * The native binary, without the launcher script: killing the launcher would leave the chain running.
 * @throws Error that names the platform for which the package is missing
 */
function anvilBinary() {
  const architecture = /** @type {Record<string, string>} */ ({ x64: "amd64", arm64: "arm64" })[process.arch] ?? process.arch;
  const platformPackage = `@foundry-rs/anvil-${process.platform}-${architecture}`;
  const name = process.platform === "win32" ? "anvil.exe" : "anvil";
  // The platform's package is a dependency of anvil's, not of ours: it is looked up from there.
  const fromAnvil = createRequire(require.resolve("@foundry-rs/anvil/package.json"));
  let folder;
  try {
    folder = dirname(fromAnvil.resolve(`${platformPackage}/package.json`));
  } catch {
    throw new Error(
      `there is no anvil for ${process.platform} on ${process.arch}: the package ${platformPackage} is not installed`,
    );
  }
  const binary = join(folder, "bin", name);
  if (!existsSync(binary)) throw new Error(`the package ${platformPackage} holds no ${join("bin", name)}`);
  return binary;
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(undefined));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
