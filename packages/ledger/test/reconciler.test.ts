import { afterEach, describe, expect, it, vi } from "vitest";
import { openBackendLedger } from "../src/backend-ledger.js";
import { ManualClock } from "../src/driver-kit/manual-clock.js";
import type { ChainReader, Ledger } from "../src/ledger.js";
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
