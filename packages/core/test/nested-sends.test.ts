import { describe, expect, it } from "vitest";
import type { PolicyProvider } from "../src/provider.js";
import { guarded, pay } from "./support/test-kit.js";
import { alice, bob } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

const judge: PolicyProvider = {
  beforeAction: () => ({ decision: "allow" }),
  beforeWalletCall: () => ({ decision: "allow" }),
};

/** Long enough for any wait that ends, and red in no time where one cannot. */
const options = { queueWaitMs: 500 };

describe("a guarded action that is called from inside the wallet's own sending", () => {
  it.each(["pay", "pay_nested"])("is denied its send at once, as any send from there: %s", async (name) => {
    const { wallet, invoke } = guarded(
      judge,
      { pay, pay_nested: async (_own, args) => `nested: ${await invoke("pay", args)}` },
      options,
    );
    let inner: unknown;
    wallet.onSend = async () => {
      wallet.onSend = () => undefined;
      inner = await invoke(name, { to: bob, value: "1" });
    };
    expect(await invoke("pay", payment)).toMatch(/^Transferred 5/);
    expect(inner).toMatch(/Error: denied by policy \(wallet_busy\)/);
    expect(wallet.sent).toEqual([{ to: alice, value: 5n }]);
  });

  it("sends from another wallet", async () => {
    const first = guarded(judge, { pay }, options);
    const second = guarded(judge, { pay }, options);
    second.wallet.getAddress = () => bob;
    let inner: unknown;
    first.wallet.onSend = async () => {
      inner = await second.invoke("pay", { to: alice, value: "1" });
    };
    expect(await first.invoke("pay", payment)).toMatch(/^Transferred 5/);
    expect(inner).toMatch(/^Transferred 1/);
  });

  it("and outlives that sending sends when the wallet is free", async () => {
    const { wallet, invoke } = guarded(judge, { pay }, options);
    let sent: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => {
      sent = resolve;
    });
    let later: Promise<unknown> = Promise.resolve();
    wallet.onSend = () => {
      wallet.onSend = () => undefined;
      later = isFree.then(async () => await invoke("pay", { to: bob, value: "1" }));
    };
    await invoke("pay", payment);
    sent();
    expect(await later).toMatch(/^Transferred 1/);
    expect(wallet.sent).toHaveLength(2);
  });
});

it("a guarded action that is called from another's body waits for its turn like any other", async () => {
  const { wallet, invoke } = guarded(
    judge,
    { pay, pay_both: async (own, { to }: { to: string }) => [await own.nativeTransfer(to, "2"), await invoke("pay", payment)] },
    options,
  );
  expect(await invoke("pay_both", { to: bob, value: "2" })).toMatchObject(
    [/^0x/, /^Transferred 5/].map((text) => expect.stringMatching(text)),
  );
  expect(wallet.sent.map(({ value }) => value)).toEqual([2n, 5n]);
});
