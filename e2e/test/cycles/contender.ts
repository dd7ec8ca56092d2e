import { type Budget, CyclesTestServer, type FaultOptions } from "@agentkit-policy/adapter-cycles/test-server";
import { until } from "../support.js";

/** What a client is told to try in one life of its process. */
export interface Life {
  readonly attempts: readonly { readonly id: string; readonly does: string; readonly cost?: boolean }[];
  readonly atOnce?: boolean;
  /** The same machine does something else: only what the life before has left concerns the row. */
  readonly elsewhere?: boolean;
  readonly killed?: "once it has paid" | "once its commit is under way";
}

/** What happens to a client. */
export interface Row {
  readonly name: string;
  /** In units; 1,000 unless said. */
  readonly budget?: number;
  readonly faults?: readonly FaultOptions[];
  readonly lives: readonly Life[];
  /** So much time passes that no hold lasts. */
  readonly outlived?: "while it waits" | "at the end";
}

/** Where a row happens: a scope, a payee and a folder that are its own. */
export interface Place {
  readonly workspace: string;
  readonly payee: `0x${string}`;
  readonly folder: string;
}

/** A life that has begun. */
export interface Living {
  /** Resolves once the chain has its payment. */
  paid(): Promise<void>;
  goOn(): void;
  kill(): Promise<void>;
  /** Resolves once it has ended by itself. @returns what its attempts came to */
  over(): Promise<readonly string[]>;
}

/** Longer than a hold lasts, and than anything takes to be proven. */
export const muchLaterMs = 2 * 3_600_000;

/** A server for one client, on one port for all rows. Its clock stands still until it is turned, and nothing is swept by itself. */
export class ServerOfOne {
  readonly server: CyclesTestServer;
  readonly #turn: (ms: number) => void;

  private constructor(server: CyclesTestServer, turn: (ms: number) => void) {
    this.server = server;
    this.#turn = turn;
  }

  static async start(): Promise<ServerOfOne> {
    let now = Date.now();
    const server = await CyclesTestServer.start({
      apiKeys: { acme: "a-key" },
      budgets: [{ scope: scopeOf("elsewhere"), unit: "USD_MICROCENTS", allocated: 1_000_000n }],
      sweepMs: 2 ** 31 - 1,
      now: () => now,
    });
    return new ServerOfOne(server, (ms) => {
      now += ms;
    });
  }

  passMuchTime(): void {
    this.#turn(muchLaterMs);
  }
}

function scopeOf(workspace: string): string {
  return `tenant:acme/workspace:${workspace}`;
}

/** A client of Cycles that pays on a chain. */
export abstract class Contender {
  protected readonly of: ServerOfOne;

  protected constructor(of: ServerOfOne) {
    this.of = of;
  }

  protected abstract begin(life: Life, place: Place): Promise<Living>;

  /** Ends what is left of the client itself. */
  protected abstract end(): Promise<void>;

  /** Lives a row. @returns what the attempts came to, as far as anybody was told */
  async play(row: Row, place: Place): Promise<string[]> {
    const { server } = this.of;
    server.budgets.set({ scope: scopeOf(place.workspace), unit: "USD_MICROCENTS", allocated: BigInt(row.budget ?? 1_000) });
    for (const fault of row.faults ?? []) server.faults.add(fault);
    const outcomes: string[] = [];
    for (const life of row.lives) {
      const living = await this.begin(life, place);
      if (life.killed !== undefined) {
        if (life.killed === "once it has paid") await living.paid();
        else await until(() => server.faults.left === 0, "its commit has arrived");
        await living.kill();
        continue;
      }
      if (row.outlived === "while it waits") {
        await living.paid();
        this.of.passMuchTime();
        living.goOn();
      }
      outcomes.push(...(await living.over()));
    }
    if (row.outlived === "at the end") this.of.passMuchTime();
    if (row.outlived !== undefined) server.sweep();
    return outcomes;
  }

  budgetOf({ workspace }: Place): Budget {
    return this.of.server.budgets.get(scopeOf(workspace));
  }

  /** How many faults have not fallen. */
  get faultsLeft(): number {
    return this.of.server.faults.left;
  }

  /** @returns what the server has said that is not the protocol's */
  async stop(): Promise<readonly string[]> {
    await this.end();
    await this.of.server.close();
    return this.of.server.violations;
  }
}
