import { CyclesClient, type CyclesFilter } from "../../src/index.js";
import { answered } from "../../test/support/server.js";

function named(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is absent: npm run test:cycles-live says what it is`);
  return value;
}

/** The server that the environment names. */
export const baseUrl = named("CYCLES_BASE_URL");
export const apiKey = named("CYCLES_API_KEY");
export const tenant = named("CYCLES_TENANT");

/** How this suite looks at the server; the adapters that are tried have clients of their own. */
export const client = new CyclesClient({ baseUrl, apiKey, timeoutMs: 10_000 });

/** What the tenant's own budget shows, in USD_MICROCENTS. */
export interface Balance {
  readonly spent: bigint;
  readonly reserved: bigint;
  readonly remaining: bigint;
}

/** @throws Error where the tenant has no budget of its own */
export async function balance(): Promise<Balance> {
  for (let cursor: string | null | undefined; ; ) {
    const filter: CyclesFilter = { tenant, ...(cursor == null ? {} : { cursor }) };
    const page = answered(await client.balances(filter));
    const own = page.balances.find(
      ({ scope, remaining }) => scope === `tenant:${tenant.toLowerCase()}` && remaining.unit === "USD_MICROCENTS",
    );
    if (own !== undefined)
      return { spent: own.spent?.amount ?? 0n, reserved: own.reserved?.amount ?? 0n, remaining: own.remaining.amount };
    cursor = page.next_cursor;
    if (cursor == null) throw new Error(`the tenant ${tenant} has no budget of its own in USD_MICROCENTS`);
  }
}

/** What was spent since an earlier look. */
export async function spentSince(before: Balance): Promise<bigint> {
  return (await balance()).spent - before.spent;
}

/** A hold, as an operator finds it. */
export async function holdWith(id: string) {
  return answered(await client.get(id));
}

/** The holds that were made with a key, or for a run. */
export async function holdsOf(filter: { readonly idempotency_key: string } | { readonly workflow: string }) {
  return answered(await client.list({ tenant, ...filter })).reservations;
}

/** Asks the server until something is so. What never comes ends with its test. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
}
