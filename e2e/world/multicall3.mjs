// @ts-check
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where Multicall3 stands on every chain that has it. */
export const multicall3Address = "0xcA11bde05977b3631167028862bE2a173976CA11";

/**
 * Puts Multicall3 where every chain has it. Without it each of AgentKit's token actions answers "Could not fetch token
 * details".
 * @param {import("./anvil.mjs").Anvil} anvil
 */
export async function installMulticall3(anvil) {
  // The node runs the creation code without a recipient, and answers with the code that it would place.
  const runtimeCode = await anvil.request("eth_call", [{ data: await creationCode() }]);
  await anvil.request("anvil_setCode", [multicall3Address, runtimeCode]);
}

/** viem carries the creation code and does not export it; the version is pinned exactly, so the path holds. */
async function creationCode() {
  const folder = dirname(createRequire(import.meta.url).resolve("viem/package.json"));
  const module = await import(pathToFileURL(join(folder, "_esm", "constants", "contracts.js")).href);
  if (typeof module.multicall3Bytecode !== "string") throw new Error("viem no longer carries Multicall3's code where it used to");
  return /** @type {string} */ (module.multicall3Bytecode);
}
