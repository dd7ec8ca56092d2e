// @ts-check
// A chain for tests and agents in other languages: says where it is in one line of JSON, and ends with its standard input.
import "./network-guard.mjs";
import { testTokenAddress } from "./test-token.mjs";
import { startWorld } from "./world.mjs";

const anvil = await startWorld();
process.stdout.write(`${JSON.stringify({ rpcUrl: anvil.rpcUrl, token: testTokenAddress })}\n`);
process.stdin.resume().once("end", async () => {
  await anvil.stop();
  process.exit(0);
});
