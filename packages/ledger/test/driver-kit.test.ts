import { join } from "node:path";
import { type DriverCheck, processChecks } from "@agentkit-policy/ledger/driver-kit";
import { beforeAll, describe, expect, it } from "vitest";
import type { Assumed, Changes, Fetched, Known } from "../src/backend.js";
import { backendChecks } from "../src/driver-kit/backend-checks.js";
import { ledgerChecks } from "../src/driver-kit/ledger-checks.js";
import type { LedgerOptions } from "../src/ledger-options.js";
import type { Needs } from "../src/needs.js";
import { PostgresBackend } from "../src/postgres-backend.js";
import { PostgresConnection } from "../src/postgres-connection.js";
import { openSqliteLedger } from "../src/sqlite-ledger.js";
import { MapBackend, MapDatabase, type Rows } from "./support/map-backend.js";
import { emptiedPostgres } from "./support/postgres.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const scale = Number(process.env["TEST_SCALE"] ?? 1);

/** Ways in which a backend may be wrong, each with the beginning of the sentence that it breaks. */
const wrongBackends: readonly (readonly [what: string, sentence: string, wrong: typeof MapBackend])[] = [
  [
    "lets everybody in at once",
    "lets one transaction in at a time",
    class extends MapBackend {
      protected override lock = async () => () => undefined;
    },
  ],
  [
    "tells a time from before it was let in",
    "lets one transaction in at a time",
    class extends MapBackend {
      override async begin(needs: Needs, known: Known): Promise<Fetched> {
        const now = known.now ?? Date.now();
        return { ...(await super.begin(needs, known)), now };
      }
    },
  ],
  [
    "reads before it is let in",
    "grants exactly the maximum",
    class extends MapBackend {
      override async begin(needs: Needs, known: Known): Promise<Fetched> {
        const before = structuredClone(this.database.rows);
        await super.begin(needs, known);
        this.rows = before;
        return this.read(before, needs, known);
      }
    },
  ],
  [
    "does not let go of the lock when it is abandoned",
    "lets the next one in when a transaction is abandoned",
    class extends MapBackend {
      override async abandon(): Promise<void> {
        this.rows = undefined;
      }
    },
  ],
  [
    "writes at once what it has to undo",
    "has all or nothing of a transaction that broke off",
    class extends MapBackend {
      override async write(changes: Changes): Promise<void> {
        this.apply(this.database.rows, changes);
        this.apply(this.open(), changes);
      }
    },
  ],
  [
    "writes in place of what a date has",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override sumOfDate = (_known: bigint | undefined, amount: string) => BigInt(amount);
    },
  ],
  [
    "counts in numbers",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override sumOfDate = (known: bigint | undefined, amount: string) => BigInt(Number(known ?? 0n) + Number(amount));
    },
  ],
  [
    "does not tell of what is overdue",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override overdue = () => [];
    },
  ],
  [
    "calls some dates of a window all of them",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override knownBefore = () => null;
    },
  ],
  [
    "keeps the generation when freezes change",
    "answers and counts as one ledger",
    class extends MapBackend {
      protected override apply(rows: Rows, changes: Changes): void {
        const { generation } = rows;
        super.apply(rows, changes);
        if (changes.kinds === undefined) rows.generation = generation;
      }
    },
  ],
  [
    "keeps freezes that were lifted",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override apply(rows: Rows, { unfreezes: _lifted, ...changes }: Changes): void {
        super.apply(rows, changes);
      }
    },
  ],
  [
    "writes what others may have changed since",
    "answers and counts as one ledger",
    class extends MapBackend {
      protected override holds(rows: Rows, assumed: Assumed, told: number): boolean {
        return super.holds(rows, { ...assumed, mark: rows.mark }, told);
      }
    },
  ],
  [
    "does not look whether an attempt is there already",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override holds(rows: Rows, assumed: Assumed, told: number): boolean {
        return super.holds(rows, { ...assumed, absent: [] }, told);
      }
    },
  ],
  [
    "does not look whether an intent has another holder",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override holds(rows: Rows, assumed: Assumed, told: number): boolean {
        return super.holds(rows, { ...assumed, intents: [] }, told);
      }
    },
  ],
  [
    "forgets the high-water mark",
    "answers and counts on random ways",
    class extends MapBackend {
      protected override apply(rows: Rows, changes: Changes): void {
        super.apply(rows, { ...changes, highWater: 0 });
      }
    },
  ],
];

describe("the checks of a driver find one that", () => {
  it.each(wrongBackends)("%s", async (_what, sentence, Wrong) => {
    const check = backendChecks(backendsOf(Wrong), { seed: 1, scale: 10, endOnFailure: true }).find(({ name }) =>
      name.startsWith(sentence),
    );
    await expect(check?.run()).rejects.toThrow();
  });

  it("is another ledger in each process, with real processes", async () => {
    for (const { run } of processChecks(moduleOf("memory-driver"))) await expect(run()).rejects.toThrow(/granted/);
  });
});

describe("what every driver keeps: a ledger in", () => {
  const folder = temporaryFolder({ inMemory: true });
  const { server, empty } = emptiedPostgres({ fsync: "off" });
  let current = "";

  /** One place at a time, in the one database. */
  class PlacedBackend extends PostgresBackend {
    readonly #place: string;
    constructor(place: string) {
      super(new PostgresConnection(server().url, 4_000));
      this.#place = place;
    }
    override async begin(needs: Needs, known: Known): Promise<Fetched> {
      if (this.#place !== current) {
        current = this.#place;
        await empty();
      }
      return await super.begin(needs, known);
    }
  }

  const sqlite = { open: (place: string, options?: LedgerOptions) => openSqliteLedger(join(folder, `${place}.db`), options) };
  const all: Readonly<Record<string, readonly DriverCheck[]>> = {
    maps: backendChecks(backendsOf(MapBackend), { scale }),
    postgres: backendChecks({ backend: (place) => new PlacedBackend(place) }, { scale: scale / 2 }),
    sqlite: ledgerChecks(sqlite, { scale }),
    "postgres, of processes": processChecks(moduleOf("postgres-driver"), { scale }),
    "sqlite, of processes": processChecks(moduleOf("sqlite-driver"), { scale }),
  };
  beforeAll(() => {
    // Where the modules of the processes look.
    process.env["DRIVER_KIT_FOLDER"] = folder;
    process.env["DRIVER_KIT_POSTGRES"] = server().url;
  });

  describe.each(Object.entries(all))("%s", (_store, checks) => {
    it.each(checks)("$name", { timeout: 60_000 * Math.max(1, scale) }, async ({ run }) => await run());
  });
});

function moduleOf(name: string): URL {
  return new URL(`support/${name}.mjs`, import.meta.url);
}

function backendsOf(Backend: typeof MapBackend): Parameters<typeof backendChecks>[0] {
  const databases = new Map<string, MapDatabase>();
  return {
    backend(place) {
      const database = databases.get(place) ?? new MapDatabase();
      databases.set(place, database);
      return new Backend(database);
    },
  };
}
