import { type PolicyProvider, UnsettledError } from "@agentkit-policy/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alice, contextOf, transferOf } from "./support/contexts.js";
import { armed, decisionScope, outcomeOf, settled, World } from "./support/processes.js";

const rules = [
  { id: "eth", limit: "native", max: "1", window: "day" },
  { id: "budget", use: "holding" },
  { id: "silent", use: "holding" },
  { id: "mute", use: "holding" },
] as const;

/** So long an engine may take to hear. */
const hearingMs = 2_000;
const never = (): Promise<void> => new Promise(() => undefined);
const hangs: Partial<PolicyProvider> = { settle: never };
const denies: Partial<PolicyProvider> = { beforeAction: () => ({ decision: "deny", code: "no_budget", reason: "no room" }) };

let world: World;
beforeEach(() => {
  world = new World();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => void vi.useRealTimers());

function payment() {
  return contextOf({ effects: [transferOf(alice, "5")] }, world.now);
}

/** Who was told, in order. */
function toldTo(): string[] {
  return world.told.map(({ rule }) => rule);
}

/** An attempt that was settled, with what its settlement came to. */
async function settling(engines: Record<string, Partial<PolicyProvider>>) {
  const policy = await world.open(rules, engines);
  const context = payment();
  const settlements = await armed(policy, context);
  const settle = async () =>
    await policy.settle?.(context, outcomeOf({ spent: [transferOf(alice, "5")] as never }), { settlements, recovered: false });
  const ended = settle().then(
    () => undefined,
    (error: unknown) => error,
  );
  await settled();
  return { policy, context, ended };
}

/** An attempt of a process that died. */
async function crashed(): Promise<string> {
  const context = payment();
  await armed(await world.open(rules), context);
  world.now += 1;
  return context.actionId;
}

describe("an engine that never says that it has heard what became of an attempt", () => {
  it("keeps none before it from hearing at once", async () => {
    await settling({ silent: hangs, mute: hangs });
    expect(toldTo()).toEqual(["budget"]);
  });

  it("has not heard once its time is over, however many there are, and is named", async () => {
    const { context, ended } = await settling({ silent: hangs, mute: hangs });
    vi.advanceTimersByTime(hearingMs);
    const error = await ended;
    expect(UnsettledError.isInstance(error) && !error.isHopeless).toBe(true);
    expect(String(error)).toMatch(/"mute".*2000 ms.*"silent".*2000 ms/);
    await settled();
    expect(world.marks.at(-1)).toBe("later");
    world.pass();
    await (await world.open(rules)).replay?.pass();
    expect(world.told.at(-1)?.context.actionId, "its note is still there").toBe(context.actionId);
  });

  it("is told no more where it has heard after all", async () => {
    let heard = (): void => undefined;
    const hearing = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const slow = { settle: () => hearing };
    const { ended } = await settling({ silent: slow });
    vi.advanceTimersByTime(hearingMs);
    await ended;
    heard();
    await settled();
    expect(world.marks.at(-1)).toBe("told");
    world.pass();
    expect(await (await world.open(rules)).replay?.pass()).toEqual([]);
  });

  it("holds up no denial of one behind it, and no ledger that takes back what it held", async () => {
    const policy = await world.open(rules, { budget: hangs, silent: hangs, mute: denies });
    const deciding = policy.beforeAction(payment(), decisionScope);
    await settled();
    expect((await policy.balances()).map(({ counted }) => counted)).not.toContain("5");
    vi.advanceTimersByTime(200);
    expect(await deciding).toMatchObject({ decision: "deny", code: "no_budget", metadata: { rule: "mute" } });
  });

  it("holds up no other note of a pass, and ends it", async () => {
    const first = await crashed();
    const second = await crashed();
    world.pass();
    const silent: PolicyProvider["settle"] = ({ actionId }) => (actionId === first ? never() : undefined);
    const policy = await world.open(rules, { silent: { settle: silent } });
    const pass = policy.replay?.pass();
    await settled();
    vi.advanceTimersByTime(hearingMs);
    expect(await pass).toEqual([second]);
    expect(world.said.join()).toMatch(new RegExp(`${first} could not be settled with all engines yet: [^,]*"silent"`));
  });

  it("holds up no end of its policy, and nothing is written of it then", async () => {
    await crashed();
    world.pass();
    world.marks.length = 0;
    const policy = await world.open(rules, { silent: hangs });
    const pass = policy.replay?.pass();
    await settled();
    await policy.dispose();
    expect(await pass).toEqual([]);
    await settled();
    expect([world.marks, toldTo()]).toEqual([[], ["mute", "budget"]]);
  });
});
