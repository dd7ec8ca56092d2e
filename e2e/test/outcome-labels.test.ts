import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type KitLike, labelOf, type PolicyProvider, type SettledOutcome, withPolicy } from "@agentkit-policy/core";
import { canonicalActionOf, createActionReader } from "@agentkit-policy/effects";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Anvil } from "../world/anvil.mjs";
import { drivableActions, drive } from "../world/driven-actions.mjs";
import { startWorld } from "../world/world.mjs";
import { silentLogger } from "./support.js";

/*
 * How right the outcome label is about the actions of the installed AgentKit. Every action that can be constructed runs on a real
 * chain and servers that answer with nothing of use, and from its 1st, 2nd or 3rd call on every call fails. Where it came that
 * far, it has failed, whatever it says.
 */

type Driven = Awaited<ReturnType<typeof drive>> & { readonly outcome: SettledOutcome | undefined };

const page = readFileSync(join(fileURLToPath(new URL("../..", import.meta.url)), "docs/outcome-labels.md"), "utf8");
const reader = createActionReader();
let anvil: Anvil;
let actions: Awaited<ReturnType<typeof drivableActions>>;
let runs: Driven[];
let later: Driven[];

beforeAll(async () => {
  anvil = await startWorld();
  actions = await drivableActions(anvil);
  runs = await driveAll(actions.callable, [1, 2, 3]);
  // Money leaves later than that, where it does.
  const long = new Set(runs.filter(({ failsAt, calls }) => failsAt === 3 && calls >= 3).map(({ action }) => action));
  later = await driveAll(
    [...long],
    Array.from({ length: 17 }, (_, index) => index + 4),
  );
}, 120_000);
afterAll(async () => {
  await anvil.stop();
});

/** A dozen at a time: most of a run is waiting. */
async function driveAll(names: readonly string[], failing: readonly number[]): Promise<Driven[]> {
  const jobs = names.flatMap((name) => failing.map((failsAt) => ({ name, failsAt })));
  const driven: Driven[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
      let outcome: SettledOutcome | undefined;
      const policy: PolicyProvider = {
        beforeAction: () => ({ decision: "allow" }),
        settle: (_context, settled) => {
          outcome = settled;
        },
      };
      const guard = (kit: KitLike) => withPolicy(kit, policy, { reader, logger: silentLogger });
      driven.push({ ...(await drive(anvil, job.name, job.failsAt, guard)), outcome });
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  return driven.filter(({ calls, failsAt }) => calls >= failsAt);
}

/** What its text alone says of a run that failed. */
function byText({ action, returned, thrown }: Driven): "right" | "wrong" {
  return thrown !== undefined || labelOf(returned, canonicalActionOf(action)) === "failed" ? "right" : "wrong";
}

/** What text and journal together say: unknown is the answer where a transaction may have left. */
function byJournal({ outcome, sent }: Driven): "right" | "wrong" | "undecided" {
  if (outcome?.status === "failed") return sent.length === 0 ? "right" : "wrong";
  if (outcome?.status === "unknown") return sent.length > 0 ? "right" : "undecided";
  return "wrong";
}

function row(language: string, where: string, driven: readonly Driven[]): string {
  const count = (of: (run: Driven) => string, what: string): number => driven.filter((run) => of(run) === what).length;
  const text = [count(byText, "right"), count(byText, "wrong")];
  const journal = [count(byJournal, "right"), count(byJournal, "wrong"), count(byJournal, "undecided")];
  return `| ${[language, where, driven.length, ...text, ...journal].join(" | ")} |`;
}

describe("the outcome labels of AgentKit 0.10.4", () => {
  test("are told for every action that can be constructed", () => {
    expect(actions.callable.length).toBeGreaterThan(100);
    expect(page).toContain(`${actions.callable.length} actions of TypeScript`);
    for (const name of [...actions.uncallable, ...actions.refused]) expect(page).toContain(`\`${name}\``);
    expect(runs.filter(({ unfinished }) => unfinished)).toEqual([]);
  });

  test("are as right as the page says", () => {
    for (const failsAt of [1, 2, 3]) {
      const driven = runs.filter((run) => run.failsAt === failsAt);
      expect(page).toContain(row("TypeScript", `call ${failsAt}`, driven));
    }
  });

  test("are wrong by text alone for no other actions than the page names, with what they said", () => {
    const wrong = [...runs, ...later].filter((run) => byText(run) === "wrong");
    for (const { action, returned } of wrong) expect(page).toContain(`\`${action}\`: \`${String(returned).slice(0, 40)}`);
  });

  test("are right with the journal from a later call on too, or say that nobody can tell", () => {
    expect(later.length).toBeGreaterThan(100);
    expect(later.filter((run) => byText(run) === "wrong" || byJournal(run) === "wrong")).toEqual([]);
  });

  test("never say of money that left, or may have left, that the action failed and nothing happened", () => {
    const left = later.filter(({ sent }) => sent.length > 0);
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter(({ outcome }) => outcome?.status === "failed" || outcome?.transactions.length === 0)).toEqual([]);
  });
});
