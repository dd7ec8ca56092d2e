import { randomUUID } from "node:crypto";
import { exchange } from "../../packages/adapter-cycles/dist/index.js";
import { definePolicy, withPolicy } from "../../packages/agentkit-policy/dist/index.js";
import { parseUnits } from "../../packages/effects/dist/index.js";
import { Kit, payment } from "../hook/contestants.mjs";

const silent = { info: () => undefined, warn: () => undefined };
const eth = "eip155:84532/slip44:60";
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

/** The two requests of an attempt once more, bare: with keys of their own, by the platform's own fetch. */
export function barePair(baseUrl, requests) {
  return pairOf(requests, async (path, body) => {
    const response = await fetch(`${baseUrl}/v1${path}`, {
      method: "POST",
      headers: headersOf(body),
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.json();
  });
}

/** The same in the way that the client sends requests, of which it is the floor. */
export function exchangedPair(baseUrl, requests) {
  const { origin } = new URL(baseUrl);
  return pairOf(requests, async (path, body) => {
    const asked = { method: "POST", path: `/v1${path}`, headers: headersOf(body), body: JSON.stringify(body), timeoutMs: 5_000 };
    const { status, text } = await exchange({ origin }, asked);
    if (status !== 200) throw new Error(`the server answered ${status}`);
    return JSON.parse(text);
  });
}

function pairOf([reserve, commit], post) {
  const [reserving, committing] = [JSON.parse(reserve.body), JSON.parse(commit.body)];
  return async () => {
    const key = randomUUID();
    const held = await post("/reservations", { ...reserving, idempotency_key: `${key}.reserve` });
    await post(`/reservations/${held.reservation_id}/commit`, { ...committing, idempotency_key: `${key}.commit` });
  };
}

function headersOf({ idempotency_key: key }) {
  return { "X-Cycles-API-Key": "a-key", "X-Idempotency-Key": key, "content-type": "application/json" };
}
