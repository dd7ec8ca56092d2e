import { afterEach, describe, expect, it, vi } from "vitest";
import { openBackendLedger } from "../src/backend-ledger.js";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { ChainReader, Ledger, UnprovenCall, Verdict } from "../src/ledger.js";
import { openMemoryLedger } from "../src/memory-ledger.js";
import { createReconciler } from "../src/reconciler.js";
import { MapBackend, MapDatabase } from "./support/map-backend.js";
import { alice, attemptAt, limitOf, native, reserveOf, wallet } from "./support/requests.js";

const warn = (): void => undefined;
const limits = [limitOf(1_000_000)];

/** An attempt that has sent a transaction. */
async function sent(ledger: Ledger, chainId: string, now: number): Promise<void> {
  const attemptId = attemptAt(now);
  const lines = [{ asset: native, amount: "1", counterparty: alice }];
  expect(await ledger.reserve(reserveOf({ attemptId, amount: "1", limits, arm: true }))).toMatchObject({ ok: true });
  const calls = [{ callId: "c", chainId, transactionId: `0x${attemptId}`, lines }];
  await ledger.close({ attemptId, scopes: { wallet }, entered: true, inFlight: false, spent: lines, calls });
}

describe("a pass of the reconciler", () => {
  afterEach(() => void vi.useRealTimers());

  it("says what the ledger does not take, and does not tell it as proven", async () => {
    const clock = new ManualClock();
    const ledger = openMemoryLedger({ clock });
    await sent(ledger, "eip155:84532", clock.now());
    const said: string[] = [];
    const chains: ChainReader = {
      verdictOn: async () => ({ kind: "moved", blockTime: 0 }),
      latestBlockTime: async () => undefined,
    };
    expect(await createReconciler({ ledger, chains, warn: (text) => said.push(text) }).pass()).toEqual([]);
    expect(said).toEqual([expect.stringContaining("reserved after the block")]);
    expect(await ledger.unproven(10)).toHaveLength(1);
  });

  it("reaches what can be proven behind hundreds of calls that nobody can prove", async () => {
    const clock = new ManualClock();
    const ledger = openMemoryLedger({ clock, times: { unresolved: "hold" } });
    for (let index = 0; index < 250; index += 1) await sent(ledger, "eip155:1", clock.now());
    for (let index = 0; index < 5; index += 1) await sent(ledger, "eip155:84532", clock.now());
    const asked: string[] = [];
    const chains: ChainReader = {
      async verdictOn({ attemptId, chainId }) {
        asked.push(attemptId);
        return chainId === "eip155:1" ? undefined : { kind: "moved", blockTime: clock.now() };
      },
      latestBlockTime: async () => undefined,
    };
    const reconciler = createReconciler({ ledger, chains, warn });
    expect(await reconciler.pass()).toHaveLength(5);
    expect(new Set(asked).size).toBe(asked.length);
    expect(await reconciler.pass()).toEqual([]);
    expect(await ledger.unproven(1_000)).toHaveLength(250);
  });

  it("compares a block with the time that a ledger's database has now, not with the one of its last verb", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const ledger = await openBackendLedger(new MapBackend(new MapDatabase()));
    const reserve = async () => await ledger.reserve(reserveOf({ attemptId: attemptAt(Date.now()), amount: "1", limits }));
    expect(await reserve()).toMatchObject({ ok: true });
    vi.setSystemTime(Date.now() + 10_000);
    expect(await reserve()).toMatchObject({ code: "clock_jumped" });
    const passAt = async (latest: number) => {
      const chains: ChainReader = { verdictOn: async () => undefined, latestBlockTime: async () => latest };
      await createReconciler({ ledger, chains, warn }).pass();
      return await reserve();
    };
    expect(await passAt(Date.now() - 6_000)).toMatchObject({ code: "clock_jumped" });
    // The database's time goes on while nobody asks for it.
    vi.setSystemTime(Date.now() + 60_000);
    expect(await passAt(Date.now() - 1_000)).toMatchObject({ ok: true });
    await ledger.dispose();
  });
});

describe("a reconciler whose chain does not answer", () => {
  const clock = new ManualClock();
  const none = { latestBlockTime: async () => undefined };

  /** A ledger with so many unproven calls on each of these chains. */
  async function ledgerWith(calls: number, ...chainIds: readonly string[]): Promise<Ledger> {
    const ledger = openMemoryLedger({ clock });
    for (const chainId of chainIds) for (let index = 0; index < calls; index += 1) await sent(ledger, chainId, clock.now());
    return ledger;
  }

  it("stops all the same, asks no more, and drops what is answered later", async () => {
    const ledger = await ledgerWith(3, "eip155:1");
    const answers: ((verdict: Verdict) => void)[] = [];
    const verdictOn = async (): Promise<Verdict> => await new Promise((resolve) => answers.push(resolve));
    const reconciler = createReconciler({ ledger, chains: { verdictOn, ...none }, warn });
    reconciler.start();
    await expect.poll(() => answers.length).toBe(1);
    await reconciler.stop();
    answers[0]?.({ kind: "moved", blockTime: clock.now() });
    await new Promise(setImmediate);
    expect(answers).toHaveLength(1);
    expect(await ledger.unproven(10)).toHaveLength(3);
  });

  it("stops what asks the chain, and does not say that it failed", async () => {
    const ledger = await ledgerWith(3, "eip155:1");
    const said: string[] = [];
    const asked: AbortSignal[] = [];
    const verdictOn = async (_call: UnprovenCall, signal?: AbortSignal): Promise<undefined> => {
      if (signal !== undefined) asked.push(signal);
      await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("it was stopped"))));
    };
    const reconciler = createReconciler({ ledger, chains: { verdictOn, ...none }, warn: (text) => said.push(text) });
    reconciler.start();
    await expect.poll(() => asked.length).toBe(1);
    await reconciler.stop();
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
    expect(said).toEqual([]);
  });

  it("stops while it asks what time it is, and takes no time that comes later", async () => {
    const jumped = new ManualClock();
    const ledger = openMemoryLedger({ clock: jumped });
    jumped.step(60_000);
    const answers: ((time: number) => void)[] = [];
    const latestBlockTime = async (): Promise<number> => await new Promise((resolve) => answers.push(resolve));
    const reconciler = createReconciler({ ledger, chains: { verdictOn: async () => undefined, latestBlockTime }, warn });
    const pass = reconciler.pass();
    await expect.poll(() => answers.length).toBe(1);
    await reconciler.stop();
    answers[0]?.(jumped.now());
    expect(await pass).toEqual([]);
    expect(ledger.clockIsTrusted()).toBe(false);
  });

  it("does nothing any more once it has stopped", async () => {
    const ledger = await ledgerWith(1, "eip155:1");
    const verdictOn = async (): Promise<Verdict> => ({ kind: "moved", blockTime: clock.now() });
    const reconciler = createReconciler({ ledger, chains: { verdictOn, ...none }, warn });
    await reconciler.stop();
    expect(await reconciler.pass()).toEqual([]);
    expect(await ledger.unproven(10)).toHaveLength(1);
  });

  it("asks it once a pass where it has said nothing in time, and the others all the same", async () => {
    const ledger = await ledgerWith(3, "eip155:1", "eip155:10", "eip155:84532");
    const asked: string[] = [];
    const verdictOn = async ({ chainId }: UnprovenCall): Promise<undefined> => {
      asked.push(chainId);
      if (chainId === "eip155:1") throw new DOMException("it did not answer", "TimeoutError");
      if (chainId === "eip155:10") throw new Error("it has not got that");
    };
    const reconciler = createReconciler({ ledger, chains: { verdictOn, ...none }, warn });
    const often = (chainId: string): number => asked.filter((one) => one === chainId).length;
    for (const pass of [1, 2]) {
      await reconciler.pass();
      expect(["eip155:1", "eip155:10", "eip155:84532"].map(often)).toEqual([pass, 3 * pass, 3 * pass]);
    }
  });
});
