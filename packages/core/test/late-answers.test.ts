import { describe, expect, it, vi } from "vitest";
import { UnsettledError } from "../src/errors.js";
import type { PolicyProvider, SettledOutcome, Settlement } from "../src/provider.js";
import { waitedOut } from "./support/patience.js";
import { allowAll, guarded, pay, recorder } from "./support/test-kit.js";
import { alice } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

/** A promise and the function that keeps it. */
function promised<T>() {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

/** A judge of wallet calls whose answer comes when the test says so, and what it was told. */
function lateJudge() {
  const asked = promised<void>();
  const answer = promised<{ decision: "allow"; settlement: Settlement }>();
  const told: { readonly status: string; readonly settlements: readonly Settlement[] }[] = [];
  const provider: PolicyProvider = {
    name: "judge",
    beforeAction: () => ({ decision: "allow", settlement: { step: "root" } }),
    beforeWalletCall: () => {
      asked.keep();
      return answer.promise;
    },
    settle: (_context, outcome, { settlements }) => void told.push({ status: outcome.status, settlements }),
  };
  return { provider, asked: asked.promise, allow: () => answer.keep({ decision: "allow", settlement: { step: "call" } }), told };
}

describe("an allow of a wallet call that comes", () => {
  it("after the action was sealed is refused, and settled with what it brought", async () => {
    const { provider, asked, allow, told } = lateJudge();
    let sending: Promise<unknown> = Promise.resolve();
    const { invoke, wallet } = guarded(provider, {
      pay: async (own) => {
        sending = own.sendTransaction({ to: alice, value: 5n }).catch((error: unknown) => error);
        await asked;
        return "done";
      },
    });
    await invoke("pay", payment);
    expect(told).toEqual([{ status: "succeeded", settlements: [{ step: "root" }] }]);
    allow();
    expect(await sending).toMatchObject({ code: "attempt_closed" });
    await expect.poll(() => told.at(-1)?.settlements).toEqual([{ step: "root" }, { step: "call" }]);
    expect(wallet.sent).toEqual([]);
  });

  it("after its deadline is refused, and settled with what it brought", async () => {
    const { provider, allow, told } = lateJudge();
    const { invoke, wallet } = guarded(provider, { pay }, { decisionDeadlineMs: 60_000 });
    expect(await waitedOut(() => invoke("pay", payment))).toMatch(/^Error: denied by policy \(policy_timeout\)/);
    expect(told).toEqual([{ status: "failed", settlements: [{ step: "root" }] }]);
    allow();
    await expect.poll(() => told.at(-1)?.settlements).toEqual([{ step: "root" }, { step: "call" }]);
    expect(wallet.sent).toEqual([]);
  });
});

it("the permission of a call outside any action is checked again when its turn has come", async () => {
  let now = 1_000_000;
  const clock = { now: () => now, uptime: () => now };
  const brief: PolicyProvider = { beforeAction: () => ({ decision: "allow", validForMs: 100 }) };
  const { kit, wallet } = guarded(brief, undefined, { clock });
  const release = promised<void>();
  wallet.onSend = () => release.promise;
  const first = kit.walletProvider.sendTransaction({ to: alice, value: 1n });
  const second = kit.walletProvider.sendTransaction({ to: alice, value: 2n }).catch((error: unknown) => error);
  await expect.poll(() => wallet.getBalance).toBeDefined();
  await new Promise((resolve) => setImmediate(resolve));
  now += 400;
  release.keep();
  await first;
  expect(await second).toMatchObject({ code: "allow_expired" });
  expect(wallet.sent).toHaveLength(1);
});

it("a balance that is never told holds up neither the action nor the wallet's turn for ever", async () => {
  const { invoke, wallet } = guarded(allowAll, undefined, { decisionDeadlineMs: 60_000 });
  wallet.getBalance = () => new Promise(() => undefined);
  expect(await waitedOut(() => invoke("pay", payment))).toMatch(/^Transferred 5/);
});

it("a settle that failed is tried again with the newest outcome, never with an older one", async () => {
  const told: string[] = [];
  let failures = 1;
  const flaky: PolicyProvider = {
    ...allowAll,
    settle: (_context, outcome: SettledOutcome) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error("busy");
      }
      told.push(outcome.calls.map((call) => call.state).join());
    },
  };
  const release = promised<void>();
  const { invoke, wallet, events } = guarded(flaky, {
    pay: async (own) => {
      void own.sendTransaction({ to: alice, value: 5n }).catch(() => undefined);
      while (!events.some((event) => event.type === "wallet.handed_over")) await new Promise((resolve) => setImmediate(resolve));
      return "queued";
    },
  });
  wallet.onSend = async () => {
    await release.promise;
    throw Object.assign(new Error("reverted"), { name: "EstimateGasExecutionError" });
  };
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    await invoke("pay", payment);
    release.keep();
    await expect.poll(() => told).toEqual(["never_left"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(["never_left"]);
  } finally {
    vi.useRealTimers();
  }
});

it("a receipt that comes after the action ended is evidence all the same", async () => {
  const outcomes: SettledOutcome[] = [];
  const provider: PolicyProvider = { ...allowAll, settle: (_context, outcome) => void outcomes.push(outcome) };
  const receipt = promised<void>();
  const { invoke, wallet } = guarded(
    provider,
    {
      pay: async (own) => {
        const hash = await own.sendTransaction({ to: alice, value: 5n });
        void own.waitForTransactionReceipt(hash);
        return "sent";
      },
    },
    { confirmations: { "eip155:84532": 1 } },
  );
  const wait = wallet.waitForTransactionReceipt.bind(wallet);
  wallet.receiptStatus = "reverted";
  wallet.waitForTransactionReceipt = async (hash) => {
    await receipt.promise;
    return await wait(hash);
  };
  await invoke("pay", payment);
  expect(outcomes.map(({ spent }) => spent.map(({ amount }) => amount))).toEqual([["5"]]);
  receipt.keep();
  await expect.poll(() => outcomes.at(-1)?.spent).toEqual([]);
});

it("keys of a decision that nobody knows are ignored with an event", async () => {
  const { invoke, events } = guarded({ name: "chatty", beforeAction: () => ({ decision: "allow", note: "hi" }) as never });
  await invoke("pay", payment);
  expect(events.filter((event) => event.type === "decision.extra_keys")).toMatchObject([{ provider: "chatty", detail: "note" }]);
});

it("a framework's interrupt passes unchanged, also after a denied wallet call", async () => {
  const interrupt = Object.assign(new Error("ask"), { name: "GraphInterrupt" });
  const log: string[] = [];
  const { invoke } = guarded(recorder("a", log, { beforeWalletCall: () => ({ decision: "deny", reason: "no" }) }), {
    pay: async (own) => {
      await own.sendTransaction({ to: alice, value: 5n }).catch(() => undefined);
      throw interrupt;
    },
  });
  await expect(invoke("pay", payment)).rejects.toBe(interrupt);
  expect(log).toEqual(["a.before", "a.settle:cancelled"]);
});

it("a denial is told as text, whatever the action's own result is made of", async () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  for (const own of [{ amount: 5n }, cyclic]) {
    const { invoke } = guarded(
      { ...allowAll, beforeWalletCall: () => ({ decision: "deny", reason: "no" }) },
      {
        pay: async (wallet) => {
          await wallet.sendTransaction({ to: alice, value: 5n }).catch(() => undefined);
          return own;
        },
      },
    );
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(denied\): no\n/);
  }
});

it.each([
  ["only an operator can help is not tried again", { isHopeless: true }, 1],
  ["something may help by itself is tried again", { isHopeless: false }, 4],
])("a settle that failed, and which %s", async (_, options, times) => {
  let tries = 0;
  const failing: PolicyProvider = {
    ...allowAll,
    settle: () => {
      tries += 1;
      throw new UnsettledError("its budget was closed", options);
    },
  };
  const { invoke } = guarded(failing);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    await invoke("pay", payment);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries).toBe(times);
  } finally {
    vi.useRealTimers();
  }
});
