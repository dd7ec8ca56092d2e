import type { CyclesAdapterOptions } from "@agentkit-policy/adapter-cycles";
import { type Budget, CyclesTestServer, type FaultOptions, type SeenRequest } from "@agentkit-policy/adapter-cycles/test-server";
import { http, type Transport } from "viem";
import { expect, onTestFinished } from "vitest";
import type { Anvil } from "../../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../../world/recipients.mjs";
import { until } from "../support.js";
import { bookingsAt } from "./bookings.js";
import { payment, scope, underCycles, weiAPayment } from "./under-cycles.js";

/** A minute more than any hold of these tests lasts, its grace included. */
const pastEveryLeaseMs = 20 * 60_000;

export interface RaceOptions {
  readonly agents: number;
  /** The budget has room for so many payments. */
  readonly room: number;
  /** The wallets of these have nothing, so that their payments fail before they leave. */
  readonly isPoor?: (index: number) => boolean;
  readonly cycles?: Partial<CyclesAdapterOptions>;
  /** What the node waits for before it answers an agent whose payment it has taken. */
  readonly beforeAnswer?: (race: Race, index: number) => Promise<void>;
}

interface Racer {
  readonly wallet: string;
  readonly payee: string;
  readonly pay: () => Promise<string>;
}

let serial = 0;

/**
 * Agents as AgentKit makes them, each with a wallet, a payee, a policy and an adapter of its own, as if each ran on a machine of its own;
 * only the budget at Cycles is one. Nothing is swept there, and its clock can be turned on.
 */
export class Race {
  readonly server: CyclesTestServer;
  readonly budget: Budget;
  readonly #anvil: Anvil;
  readonly #options: RaceOptions;
  readonly #turn: (ms: number) => void;
  readonly #racers: Racer[] = [];
  /** What the agents were told, as far as they have been told anything. */
  readonly #told = new Map<number, string>();
  /** How many payments a node has taken. */
  sent = 0;

  private constructor(anvil: Anvil, options: RaceOptions, server: CyclesTestServer, turn: (ms: number) => void) {
    this.#anvil = anvil;
    this.#options = options;
    this.#turn = turn;
    this.server = server;
    this.budget = server.budgets.get(scope);
  }

  static async start(anvil: Anvil, options: RaceOptions): Promise<Race> {
    serial += 1;
    let turnedMs = 0;
    const server = await CyclesTestServer.start({
      apiKeys: { acme: "a-key" },
      budgets: [{ scope, unit: "USD_MICROCENTS", allocated: BigInt(options.room) * payment }],
      sweepMs: 2 ** 31 - 1,
      now: () => Date.now() + turnedMs,
    });
    onTestFinished(async () => {
      await server.close();
      expect(server.violations).toEqual([]);
    });
    const race = new Race(anvil, options, server, (ms) => {
      turnedMs += ms;
    });
    for (let index = 0; index < options.agents; index += 1) race.#racers.push(await race.#racer(index));
    return race;
  }

  get denied(): number {
    return [...this.#told.values()].filter((text) => text.includes("denied by policy")).length;
  }

  /** How many agents have been told anything. */
  get told(): number {
    return this.#told.size;
  }

  /** How many requests of an operation this has gone wrong with. */
  faulty(operation: SeenRequest["operation"], kind: FaultOptions["kind"]): number {
    return this.server.requests.filter((request) => request.operation === operation && request.fault === kind).length;
  }

  /** Every hold that there is has ended, as far as the server is concerned, and is given back. */
  outliveEveryHold(): void {
    this.#turn(pastEveryLeaseMs);
    this.server.sweep();
  }

  /** All agents pay at once. @returns what they were told */
  async run(): Promise<string[]> {
    return await Promise.all(
      this.#racers.map(async ({ pay }, index) => {
        const text = await pay();
        this.#told.set(index, text);
        return text;
      }),
    );
  }

  /** Waits until whoever spent something has heard that it is written, and nothing is repeated any more. */
  async booked(): Promise<void> {
    const isBooked = (): boolean => {
      const { count, areHeard } = bookingsAt(this.server);
      return areHeard && count >= this.sent;
    };
    await until(isBooked, "all that was spent is written at Cycles", 100_000);
  }

  /**
   * What the agents were told, what the chain shows and what Cycles has booked are the same. Call it once all is booked.
   * @returns how many payments there were
   */
  async agree(texts: readonly string[]): Promise<number> {
    const ran = texts.map((text) => text.startsWith("Transferred 0.01 ETH"));
    const shown = await Promise.all(
      this.#racers.map(async ({ wallet, payee }) => ({
        transfers: Number(await this.#anvil.request("eth_getTransactionCount", [wallet, "latest"])),
        received: await balanceOf(this.#anvil, payee),
      })),
    );
    expect(shown).toEqual(ran.map((did) => (did ? { transfers: 1, received: weiAPayment } : { transfers: 0, received: 0n })));
    const count = ran.filter(Boolean).length;
    expect(this.sent).toBe(count);
    expect([this.budget.spent, this.budget.debt, this.budget.isOverLimit]).toEqual([BigInt(count) * payment, 0n, false]);
    // What is held still was held unheard, by one that was denied: it ends with its lease, and changes nothing.
    this.outliveEveryHold();
    expect([this.budget.spent, this.budget.reserved]).toEqual([BigInt(count) * payment, 0n]);
    return count;
  }

  async #racer(index: number): Promise<Racer> {
    const name = `race ${serial} ${index}`;
    const account = freshAccount(name);
    if (this.#options.isPoor?.(index) !== true) await setBalance(this.#anvil, account.address, 10n ** 18n);
    const transport = this.#transport(index);
    const { kit } = await makeKit({ rpcUrl: this.#anvil.rpcUrl, account, transport, receipts: { pollingIntervalMs: 50 } });
    const guarded = await underCycles(kit, this.server, this.#options.cycles);
    const payee = freshAddress(`${name} payee`);
    return {
      wallet: account.address,
      payee,
      pay: async () => await invoke(guarded, nativeTransfer, { to: payee, value: "0.01" }),
    };
  }

  /** The chain's own, which counts what is sent, and answers when it is told to. */
  #transport(index: number): Transport {
    const node = http(this.#anvil.rpcUrl);
    return ((options) => {
      const own = node(options);
      const request = async (asked: { readonly method: string }): Promise<unknown> => {
        const answer: unknown = await own.request(asked as never);
        if (asked.method !== "eth_sendRawTransaction") return answer;
        this.sent += 1;
        await this.#options.beforeAnswer?.(this, index);
        return answer;
      };
      return { ...own, request };
    }) as Transport;
  }
}
