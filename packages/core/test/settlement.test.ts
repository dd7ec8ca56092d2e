import type { ActionContext, ActionOutcome } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { AttemptMachine } from "../src/attempt-machine.js";
import { currentScope } from "../src/attempt-scope.js";
import { ActionDeniedError, ActionFailedError } from "../src/errors.js";
import type { PolicyProvider } from "../src/provider.js";
import { createRuntime } from "../src/runtime.js";
import { waitedOut } from "./support/patience.js";
import { type ActionBody, allowAll, guarded, pay, recorder, silent } from "./support/test-kit.js";
import { alice, testReader } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

/** The RFC's own hooks, which know nothing of money. */
function rfcProvider(log: unknown[][]): PolicyProvider {
  return {
    beforeAction: async () => ({ decision: "allow" }),
    afterAction: async (_context: ActionContext, result: unknown, outcome: ActionOutcome) =>
      void log.push(["after", result, outcome.status]),
    onActionError: async (_context: ActionContext, error: unknown, outcome: ActionOutcome) =>
      void log.push(["error", error, outcome.status]),
  };
}

describe("a provider of the RFC's own interface", () => {
  it("hears of success with the result", async () => {
    const log: unknown[][] = [];
    const { invoke } = guarded(rfcProvider(log));
    const result = await invoke("pay", payment);
    expect(log).toEqual([["after", result, "succeeded"]]);
  });

  it("hears of an error only when it is proven that nothing left", async () => {
    const log: unknown[][] = [];
    const { invoke, wallet } = guarded(rfcProvider(log));
    wallet.balance = 0n;
    const text = await invoke("pay", payment);
    expect(log).toMatchObject([["error", { name: "ActionFailedError", result: text }, "failed"]]);
    expect(ActionFailedError.isInstance(log[0]?.[1])).toBe(true);
  });

  it("hears afterAction when the text says failure and money may have left", async () => {
    const log: unknown[][] = [];
    const { invoke, wallet } = guarded(rfcProvider(log));
    wallet.onSend = () => {
      throw new Error("503");
    };
    const text = await invoke("pay", payment);
    expect(log).toEqual([["after", text, "unknown"]]);
  });

  it("hears afterAction with undefined when the action threw after money left", async () => {
    const log: unknown[][] = [];
    const thrown = new Error("receipt timeout");
    const body: ActionBody = async (wallet) => {
      await wallet.sendTransaction({ to: alice, value: 5n });
      throw thrown;
    };
    const { invoke } = guarded(rfcProvider(log), { pay: body });
    await expect(invoke("pay", payment)).rejects.toBe(thrown);
    expect(log).toEqual([["after", undefined, "unknown"]]);
  });

  it("hears the denial of a later provider as an error", async () => {
    const log: unknown[][] = [];
    const { invoke } = guarded([rfcProvider(log), { beforeAction: () => ({ decision: "deny", reason: "no" }) }]);
    await invoke("pay", payment);
    expect(log).toMatchObject([["error", { code: "denied" }, "denied"]]);
    expect(ActionDeniedError.isInstance(log[0]?.[1])).toBe(true);
  });

  it("works with nothing but beforeAction", async () => {
    const { invoke } = guarded({ beforeAction: async () => ({ decision: "allow" as const }) });
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
  });
});

describe("settlement", () => {
  it("never changes the result, however it fails, and says so", async () => {
    const bad: PolicyProvider = {
      ...allowAll,
      name: "bad",
      settle: () => {
        throw new Error("disk full");
      },
    };
    const log: string[] = [];
    const { invoke, events } = guarded([recorder("a", log), bad]);
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
    expect(events.filter((event) => event.type === "settlement.failed")).toMatchObject([
      { provider: "bad", reason: "bad.settle: disk full" },
    ]);
    expect(log).toEqual(["a.before", "a.settle:succeeded"]);
  });

  it("that failed is tried again", async () => {
    let tries = 0;
    const flaky: PolicyProvider = {
      ...allowAll,
      settle: () => {
        tries += 1;
        if (tries === 1) throw new Error("busy");
      },
    };
    const { invoke } = guarded(flaky);
    await invoke("pay", payment);
    await expect.poll(() => tries).toBe(2);
  });

  it("that hangs is given up after its deadline", async () => {
    const { invoke, events } = guarded({ ...allowAll, settle: () => new Promise(() => undefined) }, undefined, {
      settleDeadlineMs: 60_000,
    });
    expect(await waitedOut(() => invoke("pay", payment))).toMatch(/^Transferred/);
    expect(events.map((event) => event.type)).toContain("settlement.failed");
  });

  it("happens when the action throws, and its own error comes back untouched", async () => {
    const log: string[] = [];
    const thrown = { not: "an error" };
    const { invoke } = guarded(recorder("a", log), {
      pay: () => {
        throw thrown;
      },
    });
    await expect(invoke("pay", payment)).rejects.toBe(thrown);
    expect(log).toEqual(["a.before", "a.settle:failed"]);
  });

  it("calls a control-flow exception cancelled when nothing was spent", async () => {
    const log: string[] = [];
    const interrupt = Object.assign(new Error("ask"), { name: "GraphInterrupt" });
    const { invoke } = guarded(recorder("a", log), {
      pay: () => {
        throw interrupt;
      },
    });
    await expect(invoke("pay", payment)).rejects.toBe(interrupt);
    expect(log).toEqual(["a.before", "a.settle:cancelled"]);
  });

  it("is not disturbed by a listener that breaks its promise, by a logger that throws, or by an error without a text", async () => {
    const broken = {
      info: () => {
        throw new Error("no");
      },
      warn: () => {
        throw new Error("no");
      },
    };
    const failing: PolicyProvider = {
      ...allowAll,
      settle: () => {
        throw new Error("disk full");
      },
    };
    const { invoke } = guarded(
      failing,
      { pay },
      {
        logger: broken,
        onEvent: (async () => {
          throw new Error("no");
        }) as never,
      },
    );
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
    const odd = guarded(allowAll, {
      pay: async (wallet) =>
        String(await wallet.sendTransaction({ to: alice, value: 1n }).catch((error: Error) => error.message)),
    });
    odd.wallet.onSend = () => {
      throw Object.assign(new Error("x"), { message: { secret: 1 } });
    };
    expect(await odd.invoke("pay", payment)).toBe("[object Object]");
  });

  it("hides from the model what a policy's own error says", async () => {
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
    const leaky: PolicyProvider = {
      name: "db",
      beforeAction: () => {
        throw new Error("postgres://user:hunter2@host");
      },
    };
    const { invoke } = guarded(leaky, { pay }, { logger });
    expect(await invoke("pay", payment)).toBe('Error: denied by policy (policy_error): the policy "db" failed');
    expect(warnings).toEqual(["db.beforeAction failed: postgres://user:hunter2@host"]);
  });

  it("is not disturbed by a listener that throws", async () => {
    const log: string[] = [];
    const { invoke } = guarded(
      recorder("a", log),
      { pay },
      {
        onEvent: () => {
          throw new Error("no");
        },
      },
    );
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
    expect(log).toEqual(["a.before", "a.settle:succeeded"]);
  });
});

const facts = {
  actionId: "019ab0e0-7c00-7abc-8def-0123456789ab",
  layer: "action" as const,
  actionName: "pay",
  args: payment,
  identity: {},
  guarded: true,
  requestedAt: 0,
};
const noWallet = (): Promise<never> => Promise.reject(new Error("no wallet"));

it.each([
  ["is kept from the wallet that is near, in whatever it awaits", false, "hook"],
  ["is not followed where the wallet is in another process", true, undefined],
])("a hook %s", async (_name, walletElsewhere, kind) => {
  const seen: unknown[] = [];
  const provider: PolicyProvider = {
    ...allowAll,
    beforeAction: async () => {
      await Promise.resolve();
      seen.push(currentScope()?.kind);
      return { decision: "allow" };
    },
    settle: () => void seen.push(currentScope()?.kind),
  };
  const machine = new AttemptMachine(createRuntime(provider, { logger: silent, reader: testReader }, { walletElsewhere }));
  await machine.openAttempt(facts, noWallet);
  await machine.settle({ actionId: facts.actionId, stage: "before", durationMs: 1, walletTouched: false, journal: [] });
  expect(seen).toEqual([kind, kind]);
});

it("an attempt that another process opened is settled with what was echoed, said to be recovered, and without arguments", async () => {
  const heard: unknown[] = [];
  const provider: PolicyProvider = {
    ...allowAll,
    settle: (context, outcome, scope) => void heard.push([context.args, outcome.status, scope]),
  };
  const machine = new AttemptMachine(createRuntime(provider, { logger: silent, reader: testReader }));
  const settled = { actionId: facts.actionId, stage: "returned" as const, durationMs: 1, walletTouched: true, journal: [] };
  await machine.settleRecovered(facts, settled, [{ step: "root" }], noWallet);
  expect(heard).toEqual([[null, "succeeded", { settlements: [{ step: "root" }], recovered: true }]]);
  expect(machine.isOpen(facts.actionId)).toBe(false);
});
