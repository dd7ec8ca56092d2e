// @ts-check
import { startAnvil } from "./anvil.mjs";
import { installMulticall3 } from "./multicall3.mjs";
import { installTestToken } from "./test-token.mjs";

/**
 * A fresh chain with Multicall3 and the test token on it.
 * @returns {Promise<import("./anvil.mjs").Anvil>}
 */
export async function startWorld() {
  const anvil = await startAnvil();
  try {
    await installMulticall3(anvil);
    await installTestToken(anvil);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
  return anvil;
}
