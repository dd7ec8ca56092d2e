import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { CyclesClient, type ReserveRequest } from "../../src/index.js";
import type { BudgetOptions } from "../../src/test-server/budget.js";
import type { CyclesTestServerOptions } from "../../src/test-server/cycles-test-server.js";
import { CyclesTestServer } from "../../src/test-server/index.js";

export const scope = "tenant:acme";
export const subject = { tenant: "acme" };
export const action = { kind: "payment.charge", name: "native_transfer" };
export const apiKey = "a-key";

/** Amounts in USD_MICROCENTS. */
export function money(amount: bigint) {
  return { unit: "USD_MICROCENTS" as const, amount };
}

/** A server with a budget of 1,000, a clock that stands still until it is told to go, and no sweep of its own. */
export async function startServer(budget: Partial<BudgetOptions> = {}, options: Pick<CyclesTestServerOptions, "maxTtlMs"> = {}) {
  let now = 1_800_000_000_000;
  const server = await CyclesTestServer.start({
    apiKeys: { acme: apiKey, other: "another-key" },
    budgets: [{ scope, unit: "USD_MICROCENTS", allocated: 1_000n, ...budget }],
    sweepMs: 2 ** 31 - 1,
    now: () => now,
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    if (server.violations.length > 0) throw new Error(`the server broke the protocol: ${server.violations.join("\n")}`);
  });
  const client = new CyclesClient({ baseUrl: server.baseUrl, apiKey });
  return {
    server,
    client,
    budget: server.budgets.get(scope, budget.unit),
    pass: (ms: number): void => {
      now += ms;
    },
  };
}

export function reserveOf(key: string, amount: bigint, more: Partial<ReserveRequest> = {}): ReserveRequest {
  return { idempotency_key: key, subject, action, estimate: money(amount), ...more };
}

/** The body of what was answered. @throws Error where it was not */
export function answered<Body>(result: { kind: string; body?: Body }): Body {
  if (result.kind !== "answered") throw new Error(`not answered: ${JSON.stringify(result)}`);
  return result.body as Body;
}

/** Makes a reservation. @returns its id */
export async function hold(
  client: CyclesClient,
  key: string,
  amount: bigint,
  more: Partial<ReserveRequest> = {},
): Promise<string> {
  return answered(await client.reserve(reserveOf(key, amount, more))).reservation_id ?? "";
}

/** A server that answers as it likes. @returns its address */
export async function serverThat(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
