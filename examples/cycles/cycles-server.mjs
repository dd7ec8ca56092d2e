import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { CyclesClient } from "@agentkit-policy/adapter-cycles";
import { CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import { cyclesVariables } from "../../scripts/lib/cycles-variables.mjs";

const unit = "USD_MICROCENTS";
const tenDollars = 10n * 10n ** 8n;
/** An agent books what it spent before it ends, or in the background; after so long it has not. */
const settlesWithinMs = 30_000;

/** A Cycles server as its operator sees it: a live one that the environment names, or else one for tests on this machine. */
export class CyclesServer {
  /** What it is, as a sentence. */
  is;
  /** The variables by which the policy file finds it. */
  variables;
  #client;
  #tenant;
  #own;

  /** @throws Error when some of the three variables are set and others are not: a live server was meant, and none is named */
  static async open() {
    const { values, areNone, absent } = cyclesVariables();
    if (!areNone && absent !== undefined) throw new Error(`a live Cycles server is half named\n${absent}`);
    if (!areNone) return new CyclesServer(values, `a live one at ${values.CYCLES_BASE_URL}, tenant ${values.CYCLES_TENANT}`);
    const key = randomBytes(16).toString("hex");
    const own = await CyclesTestServer.start({
      apiKeys: { example: key },
      budgets: [{ scope: "tenant:example", unit, allocated: tenDollars }],
    });
    const variables = { CYCLES_BASE_URL: own.baseUrl, CYCLES_API_KEY: key, CYCLES_TENANT: "example" };
    const names = Object.keys(variables).join(", ");
    return new CyclesServer(variables, `our server for tests, on this machine (a live one where ${names} are set)`, own);
  }

  constructor(variables, is, own) {
    this.variables = variables;
    this.is = is;
    this.#own = own;
    this.#tenant = variables.CYCLES_TENANT;
    this.#client = new CyclesClient({ baseUrl: variables.CYCLES_BASE_URL, apiKey: variables.CYCLES_API_KEY });
  }

  /**
   * What the tenant's budget shows, in USD_MICROCENTS.
   * @returns {Promise<{spent: bigint, remaining: bigint}>}
   * @throws Error when the tenant has none
   */
  async budget() {
    for (let cursor; ; ) {
      const page = answered(await this.#client.balances({ tenant: this.#tenant, ...(cursor == null ? {} : { cursor }) }));
      const own = page.balances.find(
        ({ scope, remaining }) => scope === `tenant:${this.#tenant.toLowerCase()}` && remaining.unit === unit,
      );
      if (own !== undefined) return { spent: own.spent?.amount ?? 0n, remaining: own.remaining.amount };
      if (page.has_more !== true) throw new Error(`the tenant ${this.#tenant} has no budget in ${unit} of its own`);
      cursor = page.next_cursor;
    }
  }

  /**
   * What the server keeps of a run once nothing of it is held any more: each of its holds, and what was booked for it. What stays held is
   * shown as it is, in the end.
   */
  async entriesOf(run) {
    for (const startedAt = performance.now(); ; await delay(200)) {
      const entries = await this.#entriesOf(run);
      if (entries.every(({ status }) => status !== "ACTIVE") || performance.now() - startedAt > settlesWithinMs) return entries;
    }
  }

  async #entriesOf(run) {
    const { reservations, has_more: hasMore } = answered(await this.#client.list({ tenant: this.#tenant, workflow: run }));
    if (hasMore === true) throw new Error(`${run} has more holds than one page shows`);
    return await Promise.all(
      reservations.map(async ({ reservation_id: id }) => {
        const { status, committed } = answered(await this.#client.get(id));
        return { status, committed: committed?.amount ?? 0n };
      }),
    );
  }

  async close() {
    await this.#own?.close();
  }
}

function answered(result) {
  if (result.kind === "answered") return result.body;
  throw new Error(`Cycles did not answer: ${result.kind === "refused" ? `${result.code}: ${result.message}` : result.problem}`);
}
