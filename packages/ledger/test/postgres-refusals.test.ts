import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Ledger, ScopeValues } from "../src/ledger.js";
import { openPostgresLedger } from "../src/postgres-ledger.js";
import { migrations, migrationTable } from "../src/postgres-tables.js";
import { postgresOfTests } from "./support/postgres.js";
import { attemptAt, closeOf, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const server = postgresOfTests();
const limits = [limitOf(10)];

/** A text that no database can shorten. */
function chance(length: number): string {
  return Array.from({ length: Math.ceil(length / 25) }, () => crypto.randomUUID().slice(0, 25))
    .join("")
    .slice(0, length);
}

describe("what a PostgreSQL cannot hold", () => {
  let url: string;

  beforeEach(async () => {
    url = await server().newDatabase();
  });

  async function open(): Promise<Ledger> {
    const ledger = await openPostgresLedger(url);
    onTestFinished(async () => await ledger.dispose());
    return ledger;
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(async () => await client.end());
    return client;
  }

  const spend = async (ledger: Ledger, amount = "1", attemptId = attemptAt(Date.now())) =>
    await ledger.reserve(reserveOf({ attemptId, amount, limits, arm: true }));
  const counted = async (ledger: Ledger) => (await ledger.balances({ limits, scopes: { wallet } }))[0]?.counted;

  it("is a text too long for its indexes: the verb is refused at once, and nothing that was written is lost", async () => {
    const ledger = await open();
    const pay = async (asset?: string) => {
      const { lines, ...request } = reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [limitOf(100)] });
      const other = asset === undefined ? [] : [{ unit: "amount", asset, amount: "1" } as const];
      expect(await ledger.reserve({ ...request, lines: [...lines, ...other] })).toMatchObject({ ok: true });
    };
    let refused = 0;
    for (let length = 1_000; length < 4_000; length += 200) {
      // Once two verbs have gone by undisturbed, the next is decided on what is known.
      await pay();
      await pay();
      // Chance, so that the database cannot shorten it.
      await pay(chance(length)).catch((error: unknown) => {
        expect(error).toMatchObject({ code: "ledger_unreachable" });
        refused += 1;
      });
    }
    expect(refused).toBeGreaterThan(3);
    // Another process reads all that was granted.
    expect(await counted(await open())).toBe(String(3 * 15 - refused));
  });

  it.each([
    ["the text of one cannot be in an index", "", () => ({ asset: chance(4_000) })],
    [
      "one names a user in letters that it does not have",
      "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
      () => ({ user: "中" }),
    ],
  ])("takes no other verb along where %s: the others are answered, over the same connection", async (_why, as, evil) => {
    const admin = await connect();
    if (as !== "") {
      await admin.query(`CREATE DATABASE narrow ${as}`);
      url = url.replace(/\w+$/, "narrow");
    }
    const ledger = await open();
    const held = attemptAt(Date.now());
    await spend(ledger, "1", held);
    const connections = async () =>
      (await admin.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'agentkit-policy'")).rows;
    const before = await connections();
    const { asset = native, user = "u" } = evil() as { asset?: string; user?: string };
    const { lines: _lines, ...request } = reserveOf({
      attemptId: attemptAt(Date.now()),
      amount: "1",
      limits: [],
      scopes: { user },
    });
    for (const alone of [false, true]) {
      const refused = ledger.reserve({
        ...request,
        limits: [limitOf(9, { per: ["user"], asset })],
        lines: [{ unit: "amount", asset, amount: "1" }],
      });
      const others = alone ? [] : [spend(ledger), ledger.close(closeOf(held, "1")), spend(ledger)];
      const outcomes = await Promise.allSettled([...others.slice(0, 1), refused, ...others.slice(1)]);
      expect(outcomes.map(({ status }) => status)).toEqual(
        alone ? ["rejected"] : ["fulfilled", "rejected", "fulfilled", "fulfilled"],
      );
      await expect(refused).rejects.toMatchObject({ code: "ledger_unreachable", isRefusal: true });
    }
    expect(await connections()).toEqual(before);
    expect(await counted(ledger)).toBe("3");
  });

  it("tells balances and intents apart by ids of 512 letters, which are longer than an entry of an index", async () => {
    const ledger = await open();
    const long = (name: string) =>
      `${name}${chance(511)}`.replaceAll(/[0-9a-f]/g, (digit) => String.fromCodePoint(0x4e00 + digit.charCodeAt(0)));
    const users = ["x", "y"].map((name) => ({ user: long(name), session: long(name), run: long(name) }));
    const perUser = limitOf(5, { per: ["user", "session", "run"], window: { kind: "lifetime" } });
    const pay = async (on: Ledger, scopes: ScopeValues, amount: string, key?: string) => {
      const request = reserveOf({ attemptId: attemptAt(Date.now()), amount, limits: [perUser], scopes, arm: true });
      return await on.reserve(key === undefined ? request : { ...request, intent: { key, content: "paid once" } });
    };
    const [one = {}, other = {}] = users;
    const key = chance(4_000);
    // Before any limit asks for them, so that the balances are made from what is stored.
    expect(
      await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits: [], scopes: one, arm: true })),
    ).toMatchObject({ ok: true });
    expect(await pay(ledger, one, "3", key)).toMatchObject({ ok: true });
    expect(await pay(ledger, other, "5")).toMatchObject({ ok: true });
    for (const again of [ledger, await open()]) {
      expect(await pay(again, one, "2")).toMatchObject({ code: "over_limit" });
      expect(await pay(again, other, "1")).toMatchObject({ code: "over_limit" });
      expect(await pay(again, one, "1", key)).toMatchObject({ code: "intent_executed" });
      expect(await again.balances({ limits: [perUser], scopes: one })).toMatchObject([{ counted: "4", scope: one }]);
    }
  });

  it("was more in an earlier version's tables: the first that opens them changes them, once", async () => {
    const earlier = await connect();
    await earlier.query(
      `BEGIN; ${migrationTable}; ${migrations[0]}; INSERT INTO agentkit_policy.migrations (version) VALUES (1); COMMIT`,
    );
    const ledgers = await Promise.all([open(), open()]);
    for (const ledger of ledgers) expect(await spend(ledger)).toMatchObject({ ok: true });
    const { rows } = await earlier.query("SELECT version FROM agentkit_policy.migrations ORDER BY version");
    expect(rows).toEqual(migrations.map((_migration, index) => ({ version: index + 1 })));
  });
});
