import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UnsettledError } from "@agentkit-policy/core";
import { type Ledger, openMemoryLedger } from "@agentkit-policy/ledger";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineJournal } from "../src/engine-journal.js";
import { createEngineReplay } from "../src/engine-replay.js";
import { Engines } from "../src/engines.js";
import { alice, contextOf, transferOf } from "./support/contexts.js";
import { armed, outcomeOf, settled, World } from "./support/processes.js";

const quiet = { info: () => undefined, warn: () => undefined };
const busy = [{ rule: "budget", error: new UnsettledError("busy") }];

let now: number;
let ledger: Ledger;
let journal: EngineJournal;
beforeEach(() => {
  now = Date.UTC(2026, 10, 30, 12);
  const clock = { now: () => now, uptime: () => now };
  ledger = openMemoryLedger({ clock });
  journal = new EngineJournal(ledger, quiet, {}, clock);
});

/** An attempt whose note is in the ledger. */
function stored(): string {
  const context = contextOf({ effects: [transferOf(alice, "5")] }, now);
  journal.begun(context, { budget: { held: 1 } });
  journal.stored(context.actionId);
  return context.actionId;
}

describe("what a process knows of the notes of its attempts", () => {
  it("is forgotten of what is set aside for an operator", () => {
    journal.untold(stored(), [{ rule: "budget", error: new UnsettledError("closed", { isHopeless: true }) }]);
    expect(journal.size).toBe(0);
  });

  it("is forgotten once a note is not due in the ledger for long after it was to be told: another process has told it", () => {
    const [told, due] = [stored(), stored()];
    for (const id of [told, due]) journal.untold(id, busy);
    now += 69_000;
    journal.forgetUnless(new Set([due]));
    expect(journal.size, "another process may be telling it").toBe(2);
    now += 2_000;
    journal.forgetUnless(new Set([due]));
    expect(journal.size).toBe(1);
    journal.told(due);
    expect(journal.size).toBe(0);
  });

  it("is forgotten by whoever looks at what is due", async () => {
    const [told, due] = [stored(), stored()];
    for (const id of [told, due]) journal.untold(id, busy);
    const replay = createEngineReplay({ ledger, engines: new Engines([], quiet), journal, evidence: undefined, logger: quiet });
    now += 69_000;
    expect(await replay.pass()).toEqual([]);
    expect(journal.size, "another process may be telling it").toBe(2);
    now += 2_000;
    expect(await replay.pass()).toEqual([]);
    expect(journal.size).toBe(0);
  });

  it("is not forgotten while the attempt is under way, however long that takes", () => {
    stored();
    now += 86_400_000;
    journal.forgetUnless(new Set());
    expect(journal.size).toBe(1);
  });

  it("is forgotten of what was never armed, once it has been told of, whether or not that was heard", () => {
    const context = contextOf({}, now);
    journal.begun(context, { budget: { held: 1 } });
    journal.untold(context.actionId, busy);
    expect(journal.size).toBe(0);
  });

  it("is forgotten of a call that was refused after its attempt had been told, and kept of an attempt that goes on", () => {
    const over = stored();
    journal.told(over);
    const late = contextOf({ actionId: over, layer: "wallet" }, now);
    expect(journal.noteFor(late, [{ budget: { held: 2 } }])).toContain("held");
    journal.refused(over);
    expect(journal.size).toBe(0);
    const context = contextOf({}, now);
    journal.begun(context, { budget: { held: 1 } });
    journal.refused(context.actionId);
    expect(journal.size).toBe(1);
  });

  it("is nothing of its arguments, and an engine that may remember something for long keeps none of them either", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const world = new World();
    const remembering: unknown[] = [];
    const policy = await world.open([{ id: "budget", use: "holding" }], {
      budget: {
        settle: (_context, _outcome, { remember }) => {
          remembering.push(remember);
          throw new UnsettledError("busy");
        },
      },
    });
    const attempt = async (): Promise<WeakRef<object>> => {
      const args = { memo: "x".repeat(1_000) };
      const context = { ...contextOf({ effects: [transferOf(alice, "5")] }, world.now), args };
      const settlements = await armed(policy, context);
      await policy.settle?.(context, outcomeOf(), { settlements, recovered: false })?.catch(() => undefined);
      return new WeakRef(args);
    };
    const args = await attempt();
    await settled();
    collect();
    expect(args.deref()).toBeUndefined();
    expect(remembering).toHaveLength(1);
  });
});
