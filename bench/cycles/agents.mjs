import { randomUUID } from "node:crypto";
import { exchange } from "../../packages/adapter-cycles/dist/index.js";
import { definePolicy, withPolicy } from "../../packages/agentkit-policy/dist/index.js";
import { parseUnits } from "../../packages/effects/dist/index.js";
import { Kit, payment } from "../hook/contestants.mjs";

const silent = { info: () => undefined, warn: () => undefined };
const eth = "eip155:84532/slip44:60";
const headers = { "X-Cycles-API-Key": "a-key", "content-type": "application/json" };
let serial = 0;

/** A kit whose native_transfer hands its transaction to the wallet. */
class PayingKit extends Kit {
  constructor() {
    super();
    this.walletProvider.getBalance = async () => 10n ** 24n;
    this.walletProvider.sendTransaction = async () => `0x${(++serial).toString(16).padStart(64, "0")}`;
  }

  getActions() {
    const wallet = this.walletProvider;
    const invoke = async ({ to, value }) => {
      await wallet.sendTransaction({ to, value: parseUnits(value, 18) });
      return `Transferred ${value} ETH to ${to}`;
    };
    return [{ name: "WalletActionProvider_native_transfer", invoke }];
  }
}

/** One payment, guarded by a policy with a limit on a ledger in memory, and by Cycles where a server is given. */
export async function guardedPayment(baseUrl) {
  const limit = { id: "daily", limit: "native", max: "1000000", per: ["wallet"], window: "day" };
  const options = { baseUrl, apiKey: "a-key", tenant: "bench", prices: { [eth]: { worth: "2000", decimals: 18 } } };
  const uses = baseUrl === undefined ? [] : [{ id: "cycles", use: "cycles", with: options }];
  const policy = await definePolicy({ version: 1, ledger: "memory", rules: [limit, ...uses] }, { logger: silent });
  const [action] = withPolicy(new PayingKit(), policy, { logger: silent }).getActions();
  return (more = {}) => action.invoke({ ...payment, ...more });
}

/** A bare reserve and commit, with the platform's own fetch. */
export function barePair(baseUrl) {
  return pairOf(async (path, body) => {
    const response = await fetch(`${baseUrl}/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.json();
  });
}

/** The same in the way that the client sends requests, of which it is the floor. */
export function exchangedPair(baseUrl) {
  const { protocol, hostname, port } = new URL(baseUrl);
  return pairOf(async (path, body) => {
    const asked = { method: "POST", path: `/v1${path}`, headers, body: JSON.stringify(body), timeoutMs: 5_000 };
    const { status, text } = await exchange({ protocol, hostname, port }, asked);
    if (status !== 200) throw new Error(`the server answered ${status}`);
    return JSON.parse(text);
  });
}

function pairOf(post) {
  return async () => {
    const key = randomUUID();
    const amount = { unit: "USD_MICROCENTS", amount: 200_000 };
    const action = { kind: "payment.charge", name: "native_transfer" };
    const subject = { tenant: "bench", agent: "floor" };
    const held = await post("/reservations", { idempotency_key: key, subject, action, estimate: amount, ttl_ms: 960_000 });
    await post(`/reservations/${held.reservation_id}/commit`, { idempotency_key: key, actual: amount });
  };
}
