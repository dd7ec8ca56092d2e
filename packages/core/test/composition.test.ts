import { describe, expect, it } from "vitest";
import { allOf, failOpen, shadow, when } from "../src/composition.js";
import type { Policy } from "../src/options.js";
import type { PolicyProvider } from "../src/provider.js";
import { waitedOut } from "./support/patience.js";
import { allowAll, guarded, recorder, silent } from "./support/test-kit.js";
import { alice } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function noting(log: string[], line: string, answer: unknown): never {
  log.push(line);
  return answer as never;
}

function saying(answer: unknown, log: string[] = [], name = "p"): PolicyProvider {
  return recorder(name, log, { beforeAction: () => noting(log, `${name}.before`, answer) });
}

const deny = { decision: "deny", reason: "no", code: "closed" };
const boom: PolicyProvider = {
  name: "boom",
  beforeAction: () => {
    throw new Error("the engine is down");
  },
};

/** A policy's run of one payment: its text, and the codes of the events of one type. */
async function paying(policy: Policy, events: string[] = [], logged: string[] = []) {
  const logger = { info: (line: string) => void logged.push(line), warn: (line: string) => void logged.push(line) };
  const { invoke, wallet } = guarded(policy, undefined, {
    logger,
    onEvent: ({ type, provider, code }) => void events.push([type, provider, code].filter(Boolean).join(" ")),
  });
  const text = await invoke("pay", payment);
  return { text, sent: wallet.sent.length };
}

describe("allOf", () => {
  it("nests, and asks and tells the leaves as one list", async () => {
    const log: string[] = [];
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => recorder(name, log)) as [PolicyProvider, ...PolicyProvider[]];
    await paying(allOf(a, allOf(b as PolicyProvider, [c as PolicyProvider]), d as PolicyProvider));
    expect(log.map((line) => line.replace(/:.*/, ""))).toEqual([
      ...["a.before", "b.before", "c.before", "d.before"],
      ...["d.settle", "c.settle", "b.settle", "a.settle"],
    ]);
  });

  it("denies when a leaf inside a nested one denies", async () => {
    expect(await paying(allOf(allowAll, allOf({ ...allowAll }, saying(deny))))).toMatchObject({ sent: 0 });
  });
});

describe("when", () => {
  it("leaves a policy out of an attempt for which its predicate does not hold, to the end", async () => {
    const log: string[] = [];
    const inner = recorder("p", log, { beforeWalletCall: () => noting(log, "p.call", deny) });
    expect(await paying([allowAll, when(() => false, inner)])).toMatchObject({ sent: 1 });
    expect(log).toEqual([]);
    expect(await paying([allowAll, when(() => true, inner)])).toMatchObject({ sent: 0 });
    expect(log).toEqual(["p.before", "p.call", "p.settle:failed"]);
  });

  it("asks its predicate once an attempt, with the context, whatever is under it", async () => {
    const asked: unknown[] = [];
    const predicate = async ({ actionName, args }: { actionName: string; args: unknown }) => {
      asked.push([actionName, args]);
      return true;
    };
    const log: string[] = [];
    await paying(when(predicate, [recorder("a", log), recorder("b", log)]));
    expect(asked).toEqual([["pay", payment]]);
    expect(log).toHaveLength(4);
  });

  it("holds where every one of several nested ones does", async () => {
    const log: string[] = [];
    await paying([
      allowAll,
      when(
        () => true,
        when(() => false, recorder("a", log)),
      ),
    ]);
    await paying([
      allowAll,
      when(
        () => true,
        when(() => true, recorder("b", log)),
      ),
    ]);
    expect(log).toEqual(["b.before", "b.settle:succeeded"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["answers a word", () => "true"],
    ["answers nothing", () => undefined],
  ])("denies when its predicate %s", async (_name, predicate) => {
    const { text, sent } = await paying(when(predicate as never, allowAll));
    expect(text).toBe("Error: denied by policy (policy_error): the condition of a policy failed");
    expect(sent).toBe(0);
  });

  it("denies when its predicate never answers", async () => {
    const { invoke } = guarded(
      when(() => new Promise(() => undefined), allowAll),
      undefined,
      { decisionDeadlineMs: 60_000 },
    );
    expect(await waitedOut(() => invoke("pay", payment))).toMatch(/policy_error/);
  });
});

describe("failOpen", () => {
  it.each([
    ["throws", boom.beforeAction],
    ["answers rubbish", () => ({ decision: "perhaps" })],
  ])("lets an attempt pass when its provider %s, says so, and tells it the real outcome", async (_name, beforeAction) => {
    const [log, events, logged]: [string[], string[], string[]] = [[], [], []];
    const fragile = recorder("fragile", log, { beforeAction } as never);
    expect(await paying(failOpen(fragile), events, logged)).toMatchObject({ sent: 1 });
    expect(log).toEqual(["fragile.settle:succeeded"]);
    expect(events.filter((event) => event.startsWith("provider.failed_open"))).toHaveLength(1);
    expect(logged[0]).toBe('the policy "fragile" fails open: while it fails, it denies nothing');
  });

  it("never overturns a denial, of its own provider's or of another's", async () => {
    expect(await paying(failOpen(saying(deny)))).toMatchObject({ sent: 0 });
    expect(await paying([failOpen(boom), saying(deny)])).toMatchObject({ sent: 0 });
    expect(await paying([saying(deny), failOpen(boom)])).toMatchObject({ sent: 0 });
  });

  it("leaves the others time to answer when its provider hangs, and settles what it answers in the end", async () => {
    const log: string[] = [];
    let answer: (decision: unknown) => void = () => undefined;
    const hanging = {
      ...recorder("hanging", log),
      beforeAction: () => new Promise((resolve) => (answer = resolve)) as never,
      settle: (_context: unknown, outcome: { status: string }, { settlements }: { settlements: readonly unknown[] }) =>
        void log.push(`hanging.settle:${outcome.status} ${JSON.stringify(settlements)}`),
    };
    const { invoke } = guarded([failOpen(hanging), recorder("strict", log)], undefined, { decisionDeadlineMs: 60_000 });
    expect(await waitedOut(() => invoke("pay", payment))).toMatch(/^Transferred/);
    expect(log).toEqual(["strict.before", "strict.settle:succeeded"]);
    answer({ decision: "allow", settlement: { hold: "h1" } });
    await turns();
    expect(log.filter((line) => line.startsWith("hanging"))).toEqual(['hanging.settle:succeeded [{"hold":"h1"}]']);
  });

  it("lets a wallet call pass when its provider fails there, and denies it when it denies there", async () => {
    const failing: PolicyProvider = { ...allowAll, name: "f", beforeWalletCall: boom.beforeAction };
    expect(await paying(failOpen(failing))).toMatchObject({ sent: 1 });
    const denying: PolicyProvider = { ...allowAll, name: "d", beforeWalletCall: () => deny as never };
    expect(await paying(failOpen(denying))).toMatchObject({ sent: 0 });
  });
});

describe("shadow", () => {
  it("denies nothing, and says what it would have denied", async () => {
    const events: string[] = [];
    expect(await paying([shadow(saying(deny, [], "s")), allowAll], events)).toMatchObject({ sent: 1 });
    expect(events.filter((event) => event.startsWith("provider.shadowed"))).toEqual(["provider.shadowed s closed"]);
  });

  it.each([
    ["throws", boom.beforeAction],
    ["hangs", () => new Promise(() => undefined)],
    ["answers rubbish", () => null],
  ])("changes nothing when its provider %s", async (_name, beforeAction) => {
    expect(await paying([shadow({ name: "s", beforeAction } as never), allowAll])).toMatchObject({ sent: 1 });
  });

  it("is told of the outcome where it had allowed, and of nothing where it had denied", async () => {
    const log: string[] = [];
    await paying([shadow(recorder("a", log)), shadow(saying(deny, log, "b")), allowAll]);
    expect(log).toEqual(["a.before", "b.before", "a.settle:succeeded"]);
  });

  it("is told of the denial of another, also when it answers after it", async () => {
    const log: string[] = [];
    let answer: (decision: unknown) => void = () => undefined;
    const slow = recorder("slow", log, { beforeAction: () => new Promise((resolve) => (answer = resolve)) as never });
    expect(await paying([shadow(recorder("quick", log)), shadow(slow), saying(deny)])).toMatchObject({ sent: 0 });
    expect(log).toEqual(["quick.before", "quick.settle:denied"]);
    answer({ decision: "allow" });
    await turns();
    expect(log).toEqual(["quick.before", "quick.settle:denied", "slow.settle:denied"]);
  });

  it("holds nobody up with a settlement that hangs", async () => {
    const hanging: PolicyProvider = { ...allowAll, name: "s", settle: () => new Promise(() => undefined) };
    // Longer than a test may take.
    const { invoke } = guarded([shadow(hanging), { ...allowAll }], undefined, { settleDeadlineMs: 600_000 });
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
  });

  it("is not waited for at a wallet call, where it decides nothing either", async () => {
    const call: PolicyProvider = { ...allowAll, name: "s", beforeWalletCall: () => deny as never };
    expect(await paying([shadow(call), { ...allowAll }])).toMatchObject({ sent: 1 });
  });
});

describe("a composition that could not hold what it says", () => {
  const budget: PolicyProvider = { ...allowAll, spendsFromLedger: true };
  it.each<readonly [string, () => PolicyProvider]>([
    ["failOpen around several", () => failOpen(allOf(allowAll, { ...allowAll }))],
    ["failOpen around a list", () => failOpen([allowAll] as never)],
    ["failOpen around a shadow", () => failOpen(shadow(allowAll))],
    ["failOpen around a condition", () => failOpen(when(() => true, allowAll))],
    ["failOpen around a budget", () => failOpen(budget)],
    ["shadow around several", () => shadow(allOf(allowAll, { ...allowAll }))],
    ["shadow around a budget", () => shadow(budget)],
    ["when around nothing", () => when(() => true, [])],
    ["when without a predicate", () => when(true as never, allowAll)],
    [
      "the same provider twice",
      () =>
        allOf(
          allowAll,
          when(() => true, allowAll),
        ),
    ],
  ])("is refused: %s", (_name, compose) => {
    expect(compose).toThrow(expect.objectContaining({ code: "invalid_policy" }));
  });

  it("is told apart from its nearest neighbours, which hold", () => {
    const compositions = [
      when(() => true, failOpen({ ...allowAll })),
      allOf(shadow({ ...allowAll }), failOpen({ ...allowAll })),
      when(() => true, { ...budget }),
    ];
    for (const policy of compositions) guarded(policy, undefined, { logger: silent });
  });
});
