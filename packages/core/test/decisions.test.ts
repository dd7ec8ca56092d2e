import { describe, expect, it } from "vitest";
import { ActionDeniedError } from "../src/errors.js";
import type { PolicyProvider } from "../src/provider.js";
import { waitedOut } from "./support/patience.js";
import { allowAll, guarded, recorder } from "./support/test-kit.js";
import { alice } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

function answering(answer: unknown): PolicyProvider {
  return { name: "odd", beforeAction: () => answer as never };
}

class Answer {
  get decision() {
    return "allow";
  }
}

const rubbish: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["the text allow", "allow"],
  ["an empty object", {}],
  ["an empty list", []],
  ["a list that holds an allow", [{ decision: "allow" }]],
  ["an unknown word", { decision: "approve" }],
  ["an upper-case word", { decision: "ALLOW" }],
  ["a boolean decision", { decision: true }],
  ["a decision that is a list", { decision: ["allow"] }],
  ["allowed: true", { allowed: true }],
  ["an inherited decision", Object.create({ decision: "allow" })],
  ["a decision behind a class's getter", new Answer()],
  ["a negative validity", { decision: "allow", validForMs: -1 }],
  ["a validity that is text", { decision: "allow", validForMs: "1000" }],
  ["metadata that is not text", { decision: "allow", metadata: { a: 1 } }],
  ["a settlement that is a list", { decision: "allow", settlement: [] }],
  ["a function", () => ({ decision: "allow" })],
  ["a number", 1],
  ["a String object", new String("allow")],
  ["a deny without a reason", { decision: "deny" }],
  [
    "a proxy that throws",
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
  ],
];

describe("a decision", () => {
  it("allows, and the action runs with its own result", async () => {
    const { wallet, invoke } = guarded(allowAll);
    expect(await invoke("pay", payment)).toMatch(/^Transferred 5 to/);
    expect(wallet.sent).toHaveLength(1);
  });

  it("denies with readable text, before any code of the action runs", async () => {
    let entered = false;
    const { invoke } = guarded(
      { beforeAction: () => ({ decision: "deny", reason: "not today", code: "closed_day" }) },
      {
        pay: () => {
          entered = true;
        },
      },
    );
    expect(await invoke("pay", payment)).toBe("Error: denied by policy (closed_day): not today");
    expect(entered).toBe(false);
  });

  it("throws the denial where that was asked for", async () => {
    const { invoke } = guarded({ beforeAction: () => ({ decision: "deny", reason: "no" }) }, undefined, { onDeny: "throw" });
    const error = await invoke("pay", payment).catch((thrown: unknown) => thrown);
    expect(ActionDeniedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "denied", reason: "no" });
  });

  it.each(rubbish)("denies when a provider answers %s", async (_name, answer) => {
    const { wallet, invoke } = guarded(answering(answer));
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(invalid_decision\)/);
    expect(wallet.sent).toEqual([]);
  });

  it.each(rubbish)("denies when a provider promises %s", async (_name, answer) => {
    const { wallet, invoke } = guarded(answering(Promise.resolve(answer)));
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(invalid_decision\)/);
    expect(wallet.sent).toEqual([]);
  });

  it("is not read from a polluted Object.prototype", async () => {
    Object.defineProperty(Object.prototype, "decision", { value: "allow", configurable: true });
    try {
      const { invoke } = guarded(answering({}));
      expect(await invoke("pay", payment)).toMatch(/invalid_decision/);
    } finally {
      Reflect.deleteProperty(Object.prototype, "decision");
    }
  });

  it("ignores extra keys of an allow", async () => {
    const { invoke } = guarded(answering({ decision: "allow", note: "hello" }));
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
    ],
  ])("denies when a provider %s", async (_name, beforeAction) => {
    const { wallet, invoke } = guarded({ name: "bad", beforeAction } as PolicyProvider);
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(policy_error\): the policy "bad" failed/);
    expect(wallet.sent).toEqual([]);
  });

  it("denies when a provider never answers, and aborts its signal", async () => {
    let signal: AbortSignal | undefined;
    const { wallet, invoke } = guarded(
      {
        name: "slow",
        beforeAction: (_context, scope) => {
          signal = scope.signal;
          return new Promise(() => undefined);
        },
      },
      undefined,
      { decisionDeadlineMs: 60_000 },
    );
    expect(await waitedOut(() => invoke("pay", payment))).toMatch(/^Error: denied by policy \(policy_timeout\)/);
    expect(signal?.aborted).toBe(true);
    expect(wallet.sent).toEqual([]);
  });

  it("denies when a provider answers at once, and blocked the thread past the deadline to do so", async () => {
    let now = 1_000_000;
    const blocking: PolicyProvider = {
      beforeAction: () => {
        now += 10_000;
        return { decision: "allow" };
      },
    };
    const { wallet, invoke } = guarded(blocking, undefined, { clock: { now: () => now, uptime: () => now } });
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(policy_timeout\)/);
    expect(wallet.sent).toEqual([]);
  });

  it("keeps the bound of an action's arguments that a program leaves out", async () => {
    const { invoke } = guarded(allowAll, { read: async () => "read" }, { argumentBounds: { maxDepth: 3 } });
    expect(await invoke("read", { text: "x".repeat(256 * 1024) })).toContain("(invalid_arguments)");
    expect(await invoke("read", { a: { b: { c: { d: 1 } } } })).toContain("(invalid_arguments)");
    expect(await invoke("read", { text: "x".repeat(1024) })).toBe("read");
  });

  it("denies arguments that the reader cannot read, without asking anybody", async () => {
    const log: string[] = [];
    const { invoke } = guarded(recorder("a", log));
    expect(await invoke("pay", { to: alice, value: 5 })).toBe(
      "Error: denied by policy (invalid_arguments): to and value are text",
    );
    expect(log).toEqual([]);
  });

  it("asks again when the permission ran out while another provider was thinking, and denies when it keeps running out", async () => {
    let now = 1_000_000;
    const clock = { now: () => now, uptime: () => now };
    let asked = 0;
    const hasty: PolicyProvider = {
      beforeAction: () => {
        asked += 1;
        return { decision: "allow", validForMs: 10 };
      },
    };
    const slow: PolicyProvider = {
      beforeAction: () => {
        now += 50;
        return { decision: "allow" };
      },
    };
    const { invoke, wallet } = guarded([hasty, slow], undefined, { clock });
    expect(await invoke("pay", payment)).toMatch(/allow_expired/);
    expect(asked).toBe(3);
    expect(wallet.sent).toEqual([]);
  });

  it("counts a clock that was set back as time that passed", async () => {
    let now = 1_000_000;
    let uptime = 0;
    const clock = { now: () => now, uptime: () => uptime };
    const hasty: PolicyProvider = { beforeAction: () => ({ decision: "allow", validForMs: 10 }) };
    const slow: PolicyProvider = {
      beforeAction: () => {
        now -= 60_000;
        uptime += 50;
        return { decision: "allow" };
      },
    };
    const { invoke } = guarded([hasty, slow], undefined, { clock });
    expect(await invoke("pay", payment)).toMatch(/allow_expired/);
  });
});

describe("several providers", () => {
  it("are asked in order and told in reverse", async () => {
    const log: string[] = [];
    const { invoke } = guarded([recorder("a", log), recorder("b", log), recorder("c", log)]);
    await invoke("pay", payment);
    expect(log).toEqual(["a.before", "b.before", "c.before", "c.settle:succeeded", "b.settle:succeeded", "a.settle:succeeded"]);
  });

  it("stop at the first denial, and whoever had allowed is told", async () => {
    const log: string[] = [];
    const no: PolicyProvider = {
      name: "no",
      beforeAction: () => ({ decision: "deny", reason: "no" }),
      settle: () => void log.push("no.settle"),
    };
    const { invoke } = guarded([recorder("a", log), recorder("b", log), no, recorder("d", log)]);
    await invoke("pay", payment);
    expect(log).toEqual(["a.before", "b.before", "b.settle:denied", "a.settle:denied"]);
  });

  it("tells one that was late once its late answer is known, and not when that answer was a denial", async () => {
    const log: string[] = [];
    const answers: ((answer: unknown) => void)[] = [];
    const late = (name: string): PolicyProvider => ({
      name,
      beforeAction: () => new Promise((resolve) => answers.push(resolve as never)),
      settle: (_context, outcome, { settlements }) => void log.push(`${name}:${outcome.status}:${JSON.stringify(settlements)}`),
    });
    for (const answer of [
      { decision: "allow", settlement: { hold: "h1" } },
      { decision: "deny", reason: "no" },
    ]) {
      const { invoke } = guarded(late("late"), undefined, { decisionDeadlineMs: 60_000 });
      await waitedOut(() => invoke("pay", payment));
      expect(log.filter((line) => line.includes("h1")).length).toBe(log.length);
      answers.at(-1)?.(answer);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(log).toEqual(['late:denied:[{"hold":"h1"}]']);
  });

  it("echo each its own settlements, oldest first", async () => {
    const heard: unknown[] = [];
    const holder: PolicyProvider = {
      beforeAction: () => ({ decision: "allow", settlement: { step: 1 } }),
      beforeWalletCall: (_context, { settlements }) => {
        heard.push([...settlements]);
        return { decision: "allow", settlement: { step: 2 } };
      },
      settle: (_context, _outcome, { settlements }) => void heard.push(settlements),
    };
    const { invoke } = guarded([holder, allowAll]);
    await invoke("pay", payment);
    expect(heard).toEqual([[{ step: 1 }], [{ step: 1 }, { step: 2 }]]);
  });
});
