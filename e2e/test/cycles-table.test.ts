import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Anvil } from "../world/anvil.mjs";
import { balanceOf, freshAddress } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { weiAUnit } from "./children/cycles-life.mjs";
import type { Contender, Place, Row } from "./cycles/contender.js";
import { OurAdapter } from "./cycles/our-adapter.js";
import { PublishedClient } from "./cycles/published-client.js";
import { temporaryFolder, until } from "./support.js";

// What the published clients of Cycles do with faults, and what ours does with the same: real payments, one server's rules. The figures
// of the published ones were measured on the real server. Where ours is right, what Cycles has booked is what the chain has moved.

type Name = "langchain" | "decorator" | "ours";

/** In units of the budget. */
interface Figures {
  readonly chain: number;
  readonly booked: number;
  readonly held: number;
  /** Whether the scope is over its limit, and lets nobody spend. */
  readonly locked?: boolean;
}

interface Expected extends Figures {
  /** What the agent was told last contains this. */
  readonly says?: string;
  /** The codes of all denials. */
  readonly denials?: readonly string[];
}

interface Table {
  readonly clients: { readonly langchain: string; readonly decorator: string };
  readonly estimate: number;
  readonly actual: number;
  readonly rows: readonly (Row & { readonly expected: { readonly [N in Name]?: Expected } })[];
}

const table = JSON.parse(readFileSync(new URL("./cycles/table.json", import.meta.url), "utf8")) as Table;

let anvil: Anvil;
let published: { readonly langchain: PublishedClient; readonly decorator: PublishedClient };
let ours: OurAdapter;

beforeAll(async () => {
  anvil = await startWorld();
  const [langchain, decorator] = await Promise.all([
    PublishedClient.start({ anvil, client: "langchain", ...table }),
    PublishedClient.start({ anvil, client: "decorator", ...table }),
  ]);
  published = { langchain, decorator };
  ours = await OurAdapter.start({ anvil, ...table });
});
afterAll(async () => {
  for (const contender of [published.langchain, published.decorator, ours]) expect(await contender.stop()).toEqual([]);
  await anvil.stop();
});

function placeOf(name: Name, row: Row): Place {
  const workspace = `${name}-${table.rows.indexOf(row as Table["rows"][number])}`;
  return { workspace, payee: freshAddress(`payee of ${workspace}`), folder: temporaryFolder() };
}

async function figuresOf(contender: Contender, place: Place): Promise<Required<Figures>> {
  const budget = contender.budgetOf(place);
  return {
    chain: Number((await balanceOf(anvil, place.payee)) / weiAUnit),
    booked: Number(budget.spent),
    held: Number(budget.reserved),
    locked: budget.isOverLimit,
  };
}

function rowsOf(name: Name): [name: string, row: Row, expected: Expected][] {
  return table.rows.flatMap((row) => {
    const expected = row.expected[name];
    return expected === undefined ? [] : [[row.name, row, expected]];
  });
}

/** The figures alone, with what they leave out. */
function plain({ chain, booked, held, locked = false }: Expected): Required<Figures> {
  return { chain, booked, held, locked };
}

describe.each(["langchain", "decorator"] as const)("the published client %s", (client) => {
  test("is the one that was measured", () => {
    const [name = "", version] = table.clients[client].split(" ");
    expect(published[client].versions[name]).toBe(version);
  });

  test.each(rowsOf(client))("does as it was seen to: %s", async (_, row, expected) => {
    const place = placeOf(client, row);
    const outcomes = await published[client].play(row, place);
    expect(await figuresOf(published[client], place), outcomes.join("\n")).toEqual(plain(expected));
    expect(published[client].faultsLeft).toBe(0);
    if (expected.says !== undefined) expect(outcomes.at(-1)).toContain(expected.says);
  });
});

describe("our adapter", () => {
  test.each(rowsOf("ours"))("books what the chain has moved: %s", async (_, row, expected) => {
    onTestFinished(async () => await ours.rest());
    const place = placeOf("ours", row);
    const outcomes = await ours.play(row, place);
    const isThere = async (): Promise<boolean> => isDeepStrictEqual(await figuresOf(ours, place), plain(expected));
    // What is wrong in the end is told by the figures.
    await until(async () => ours.isQuiet && (await isThere()), "all is settled", 20_000).catch(() => undefined);
    expect(await figuresOf(ours, place), outcomes.join("\n")).toEqual(plain(expected));
    expect([ours.faultsLeft, ours.isQuiet]).toEqual([0, true]);
    const denials = outcomes.flatMap((text) => /denied by policy \((\w+)\)/.exec(text)?.[1] ?? []);
    expect(denials).toEqual(expected.denials ?? []);
  });
});
