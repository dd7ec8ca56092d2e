import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Anvil } from "../world/anvil.mjs";
import { setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/hook.md"), "utf8");
// Below this workspace, so that AgentKit and the packages are found.
const folder = mkdtempSync(join(root, "e2e", ".readme-"));
let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await anvil.stop();
});

test("the example of docs/hook.md prints on a real chain what the page says", async () => {
  const [, code = "", said = ""] = /```js\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(join(folder, "example.mjs"), code);
  const key = generatePrivateKey();
  await setBalance(anvil, privateKeyToAddress(key), 10n ** 18n);
  const guard = pathToFileURL(join(root, "e2e/world/network-guard.mjs")).href;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", guard, join(folder, "example.mjs")], {
    env: { ...process.env, RPC_URL: anvil.rpcUrl, PRIVATE_KEY: key },
    timeout: 60_000,
  });
  expect(stdout).toBe(said);
});
