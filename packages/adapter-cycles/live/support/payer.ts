import { randomUUID } from "node:crypto";
import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { onTestFinished } from "vitest";
import { type CyclesAdapterOptions, CyclesClient, cyclesAdapter } from "../../src/index.js";
import { Attempt, contextOf, usdc } from "../../test/support/attempt.js";
import { apiKey, baseUrl, holdsOf, tenant } from "./live-server.js";
import { Wire } from "./wire.js";

/** What a test says otherwise. */
type PayerOptions = Partial<Pick<CyclesAdapterOptions, "apiKey" | "tenant" | "ttlMs">>;

/** An agent's process as this suite plays it: an adapter, its wire, and a run of its own at the server. */
export class Payer {
  readonly run: string;
  readonly wire = new Wire();
  readonly said: string[] = [];
  readonly #adapter: ReturnType<typeof cyclesAdapter>;

  /** An atomic unit of the token is worth a microcent. What a suite that is broken off leaves held ends within a minute. */
  constructor(options: PayerOptions = {}, run = `live-${randomUUID()}`) {
    this.run = run;
    const prices = { [usdc]: { worth: "1", decimals: 8 } };
    const settings = { baseUrl, apiKey, tenant, prices, ttlMs: 60_000, ...options };
    const log = (message: string): void => void this.said.push(message);
    this.#adapter = cyclesAdapter(settings, {
      client: new CyclesClient({ ...settings, timeoutMs: 10_000, exchange: this.wire.exchange }),
      logger: { info: log, warn: log },
    });
    onTestFinished(async () => {
      const held = (await holdsOf({ workflow: run })).filter(({ status }) => status === "ACTIVE");
      if (held.length > 0) throw new Error(`${held.length} holds were left at the server`);
    });
  }

  /** An attempt that would move these. */
  attempt(effects: Effect[], more: Partial<ActionContext> = {}): Attempt {
    const context = contextOf(effects, { actionId: randomUUID(), runId: this.run, agentId: "live", ...more });
    return new Attempt(this.#adapter, context);
  }
}

/** The id of the hold that an attempt was last given. @throws Error where it holds nothing */
export function holdIdOf({ settlements }: Attempt): string {
  const id = settlements.at(-1)?.["reservationId"];
  if (typeof id !== "string") throw new Error("the attempt holds nothing");
  return id;
}
