import { beforeEach, describe, expect, it } from "vitest";
import { Grants } from "../src/grants.js";

let grants: Grants;
/** What was told, each time. */
let told: unknown[];
beforeEach(() => {
  grants = new Grants();
  told = [];
});

/** Tells of an attempt whatever was granted to it by now. */
async function tell(actionId: string, { isOver = true, fails = false } = {}): Promise<void> {
  const given = grants.telling(actionId, isOver, () => tell(actionId, { isOver, fails }));
  told.push(structuredClone(given.settlements));
  await Promise.resolve();
  if (fails) throw new Error("not now");
  grants.told(actionId, given);
}

describe("what engines have granted and nobody else knows of", () => {
  it("is forgotten once it is with whoever asked", () => {
    const round = grants.begin("a");
    round["budget"] = { held: 1 };
    grants.returned("a", round);
    expect(grants.size).toBe(0);
  });

  it("is forgotten once its attempt has told it, and before that it is not, whoever denied", async () => {
    const round = grants.begin("a");
    round["budget"] = { held: 1 };
    grants.inVain("a", round);
    expect(grants.size).toBe(1);
    await tell("a");
    expect([told, grants.size]).toEqual([[[{ budget: { held: 1 } }]], 0]);
  });

  it("is told again where its round was under way when its attempt was told of, and forgotten then", async () => {
    const round = grants.begin("a");
    await tell("a");
    expect(grants.size).toBe(1);
    round["budget"] = { held: 1 };
    grants.inVain("a", round);
    await new Promise(setImmediate);
    expect([told, grants.size]).toEqual([[[{}], [{ budget: { held: 1 } }]], 0]);
  });

  it("is kept as long as its attempt is not over, and as nobody could be told", async () => {
    const round = grants.begin("a");
    round["budget"] = { held: 1 };
    grants.inVain("a", round);
    await tell("a", { isOver: false });
    await tell("a", { fails: true }).catch(() => undefined);
    expect(grants.size).toBe(1);
    await tell("a");
    expect(grants.size).toBe(0);
  });

  it("is told where it comes late, and nothing is kept for a late answer that brings nothing", async () => {
    grants.expect("a");
    grants.expect("b");
    await tell("a");
    grants.cameLate("a", { budget: { held: 1 } });
    grants.cameLate("b", undefined);
    await new Promise(setImmediate);
    expect([told, grants.size]).toEqual([[[], [{ budget: { held: 1 } }]], 0]);
  });

  it("is of ten thousand attempts at most, where no engine can be told of any", () => {
    for (let attempt = 0; attempt < 10_001; attempt += 1) {
      const round = grants.begin(String(attempt));
      round["budget"] = null;
      grants.inVain(String(attempt), round);
    }
    expect(grants.size).toBe(10_000);
  });
});
