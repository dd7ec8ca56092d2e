import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ActionDeniedError, InsufficientFundsError, PolicySetupError } from "../src/errors.js";
import type { PolicyProvider, SettledOutcome } from "../src/provider.js";
import { guardWallet, withPolicy } from "../src/with-policy.js";
import { type ActionBody, allowAll, guarded, silent } from "./support/test-kit.js";
import { alice, bob, testReader, transferOf, ViemWalletProvider } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

/** The names that Python's guard is held to as well. */
const { vectors: fields } = JSON.parse(
  readFileSync(new URL("../../../schemas/v1/vectors/wallet-fields.json", import.meta.url), "utf8"),
) as { readonly vectors: readonly { readonly name: string; readonly handedOut: boolean }[] };

/** A provider with a say over wallet calls; it keeps every context and outcome that it saw. */
function judge(overrides: Partial<PolicyProvider> = {}) {
  const calls: Parameters<NonNullable<PolicyProvider["beforeWalletCall"]>>[0][] = [];
  const outcomes: SettledOutcome[] = [];
  const provider: PolicyProvider = {
    name: "judge",
    beforeAction: () => ({ decision: "allow" }),
    beforeWalletCall: (context) => {
      calls.push(context);
      return { decision: "allow" };
    },
    settle: (_context, outcome) => void outcomes.push(outcome),
    ...overrides,
  };
  return { provider, calls, outcomes };
}

function sends(...transactions: { to: string; value: bigint }[]): ActionBody {
  return async (wallet) => {
    const results: string[] = [];
    for (const transaction of transactions) {
      results.push(await wallet.sendTransaction(transaction).catch((error: Error) => `refused: ${error.message}`));
    }
    return results.join("\n");
  };
}

describe("a wallet call inside an action", () => {
  it("is judged with what the attempt's envelope does not cover", async () => {
    const { provider, calls } = judge();
    const { invoke } = guarded(provider, {
      pay_more: sends({ to: alice, value: 5n }, { to: alice, value: 3n }, { to: bob, value: 1n }),
    });
    await invoke("pay_more", { to: alice, value: "6" });
    expect(calls.map(({ layer, excess }) => ({ layer, excess }))).toEqual([
      { layer: "wallet", excess: [] },
      { layer: "wallet", excess: [transferOf(alice, "2", "decoded")] },
      { layer: "wallet", excess: [transferOf(bob, "1", "decoded")] },
    ]);
  });

  it("is denied, and with it every later one of the attempt, asking nobody", async () => {
    let asked = 0;
    const { provider, outcomes } = judge({
      beforeWalletCall: () => {
        asked += 1;
        return { decision: "deny", reason: "enough", code: "over_limit" };
      },
    });
    const { invoke, wallet } = guarded(provider, { pay_twice: sends({ to: alice, value: 5n }, { to: alice, value: 5n }) });
    const text = String(await invoke("pay_twice", payment));
    expect(text.split("\n")).toEqual([
      "Error: denied by policy (over_limit): enough",
      "refused: denied by policy (over_limit): enough",
      "refused: denied by policy (over_limit): enough",
    ]);
    expect(asked).toBe(1);
    expect(wallet.sent).toEqual([]);
    expect(outcomes).toMatchObject([{ status: "failed", entered: true, spent: [], calls: [] }]);
  });

  it("settles with what left, by the journal and not by the text", async () => {
    const { provider, outcomes } = judge();
    const { invoke } = guarded(provider, {
      pay_lie: async (wallet) => {
        await wallet.sendTransaction({ to: alice, value: 5n });
        return "Error: nothing happened";
      },
    });
    await invoke("pay_lie", payment);
    expect(outcomes).toMatchObject([{ status: "unknown", spent: [{ amount: "5" }], transactions: [{ status: "submitted" }] }]);
  });

  it("says success_without_send when a spending action sends nothing", async () => {
    const { provider, outcomes } = judge();
    const { invoke, events } = guarded(provider, { pay_nothing: async () => "Transferred" });
    await invoke("pay_nothing", payment);
    expect(outcomes).toMatchObject([{ status: "succeeded", spent: [] }]);
    expect(events.map((event) => event.type)).toContain("success_without_send");
  });

  it("counts as gone when its broadcast fails", async () => {
    const { provider, outcomes } = judge();
    const { wallet, invoke } = guarded(provider);
    wallet.onSend = () => {
      throw new Error("nonce too low");
    };
    expect(await invoke("pay", payment)).toMatch(/nonce too low/);
    expect(outcomes).toMatchObject([{ status: "unknown", spent: [{ amount: "5" }], calls: [{ state: "live", final: false }] }]);
  });

  it("is free again when gas estimation failed, which is before anything was signed", async () => {
    const { provider, outcomes } = judge();
    const { wallet, invoke } = guarded(provider);
    wallet.onSend = () => {
      const cause = Object.assign(new Error("execution reverted"), { name: "EstimateGasExecutionError" });
      throw new Error("the transaction failed", { cause });
    };
    await invoke("pay", payment);
    expect(outcomes).toMatchObject([{ status: "failed", spent: [], calls: [{ state: "never_left" }] }]);
  });

  it("takes a gas estimation error as no proof from a wallet that it does not know", async () => {
    class OtherWalletProvider extends ViemWalletProvider {
      override async sendTransaction(): Promise<string> {
        throw Object.assign(new Error("reverted"), { name: "EstimateGasExecutionError" });
      }
    }
    const { provider, outcomes } = judge();
    const { bare, invoke } = guarded(provider);
    bare.walletProvider = new OtherWalletProvider();
    await invoke("pay", payment);
    expect(outcomes).toMatchObject([{ status: "unknown", spent: [{ amount: "5" }] }]);
  });

  it("fails before it is sent when the wallet does not hold the value, and is proven not to have left", async () => {
    const { provider, outcomes, calls } = judge();
    const { wallet, invoke } = guarded(provider);
    wallet.balance = 4n;
    expect(await invoke("pay", payment)).toMatch(/^Error during transaction: insufficient funds/);
    expect(wallet.sent).toEqual([]);
    expect(calls).toEqual([]);
    expect(outcomes).toMatchObject([{ status: "failed", spent: [], calls: [{ state: "never_left" }] }]);
  });

  it("passes when the wallet holds exactly the value", async () => {
    const { wallet, invoke } = guarded(judge().provider);
    wallet.balance = 5n;
    expect(await invoke("pay", payment)).toMatch(/^Transferred/);
  });

  it("of another chain, another account or with fields of unknown meaning is unknown", async () => {
    const { provider, calls } = judge();
    const odd = [
      { chainId: 1 },
      { from: bob },
      { account: { address: bob } },
      { authorizationList: [] },
      { type: "eip7702" },
      { blobs: [] },
    ];
    const { invoke } = guarded(provider, {
      pay_odd: async (wallet) => {
        for (const fields of odd) await wallet.sendTransaction({ to: alice, value: 1n, ...fields } as never);
        await wallet.sendTransaction({
          to: alice,
          value: 1n,
          chainId: 84532,
          from: wallet.getAddress(),
          type: "eip1559",
        } as never);
      },
    });
    await invoke("pay_odd", payment);
    expect(calls.map((context) => context.effects[0]?.kind)).toEqual([...odd.map(() => "unknown"), "transfer"]);
  });

  it("is refused when its permission ran out between the decision and the call", async () => {
    let now = 1_000_000;
    const { provider } = judge({ beforeWalletCall: () => ({ decision: "allow", validForMs: 10 }) });
    const { wallet, invoke } = guarded(provider, undefined, {
      clock: { now: () => now, uptime: () => now },
      onEvent: (event) => {
        if (event.type === "wallet.allowed") now += 50;
      },
    });
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(allow_expired\)/);
    expect(wallet.sent).toEqual([]);
  });

  it("runs on what was judged, whatever becomes of the caller's object meanwhile", async () => {
    const transaction = { to: alice, value: 5n };
    const { provider } = judge({
      beforeWalletCall: async () => {
        transaction.to = bob;
        transaction.value = 500n;
        await Promise.resolve();
        return { decision: "allow" };
      },
    });
    const { wallet, invoke } = guarded(provider, { pay_mutating: async (own) => await own.sendTransaction(transaction) });
    await invoke("pay_mutating", payment);
    expect(wallet.sent).toEqual([{ to: alice, value: 5n }]);
  });

  it("gives back what it drew when it never left", async () => {
    const { provider, calls } = judge();
    const { wallet, invoke } = guarded(provider, { pay_retry: sends({ to: alice, value: 5n }, { to: alice, value: 5n }) });
    let first = true;
    wallet.onSend = () => {
      if (first) {
        first = false;
        throw Object.assign(new Error("reverted"), { name: "EstimateGasExecutionError" });
      }
    };
    await invoke("pay_retry", payment);
    expect(calls.map((context) => context.excess)).toEqual([[], []]);
  });

  it("keeps what it drew when its end is not known", async () => {
    const { provider, calls, outcomes } = judge();
    const { wallet, invoke } = guarded(provider, { pay_retry: sends({ to: alice, value: 5n }, { to: alice, value: 5n }) });
    let first = true;
    wallet.onSend = () => {
      if (first) {
        first = false;
        throw new Error("503");
      }
    };
    await invoke("pay_retry", payment);
    expect(calls.map((context) => context.excess)).toEqual([[], [transferOf(alice, "5", "decoded")]]);
    expect(outcomes).toMatchObject([{ spent: [{ amount: "5" }, { amount: "5" }] }]);
  });

  it("that the action did not await and that waits for its turn is refused by the seal", async () => {
    const { provider, outcomes } = judge();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late: Promise<unknown>[] = [];
    const { wallet, invoke, events } = guarded(provider, {
      pay_and_go: async (own) => {
        late.push(
          own.sendTransaction({ to: alice, value: 5n }),
          own.sendTransaction({ to: bob, value: 7n }).catch((error: unknown) => error),
        );
        // Ends once the first call is with the wallet; the second still waits for its turn.
        while (!events.some((event) => event.type === "wallet.handed_over"))
          await new Promise((resolve) => setImmediate(resolve));
        return "done";
      },
    });
    wallet.onSend = () => held;
    expect(await invoke("pay_and_go", payment)).toBe("done");
    expect(outcomes).toMatchObject([{ spent: [{ amount: "5" }], calls: [{ state: "in_flight" }] }]);
    release();
    await late[0];
    expect(await late[1]).toMatchObject({ code: "attempt_closed" });
    await expect.poll(() => outcomes.length).toBe(2);
    expect(outcomes[1]).toMatchObject({
      spent: [{ amount: "5" }],
      calls: [{ state: "live" }],
      transactions: [{ status: "submitted" }],
    });
    expect(wallet.sent).toHaveLength(1);
  });

  it("of an action that has ended is refused", async () => {
    let keep: (() => Promise<unknown>) | undefined;
    const { wallet, invoke } = guarded(judge().provider, {
      pay_later: async (own) => {
        const { AsyncResource } = await import("node:async_hooks");
        keep = AsyncResource.bind(async () => await own.sendTransaction({ to: alice, value: 5n }));
      },
    });
    await invoke("pay_later", payment);
    await expect(keep?.()).rejects.toMatchObject({ code: "attempt_closed" });
    expect(wallet.sent).toEqual([]);
  });

  it("believes a reverted receipt only where the chain is final", async () => {
    for (const [confirmations, amounts] of [
      [{ "eip155:84532": 1 }, []],
      [{}, ["5"]],
      [{ "eip155:84532": 12 }, ["5"]],
    ] as const) {
      const { provider, outcomes } = judge();
      const { wallet, invoke } = guarded(provider, undefined, { confirmations });
      wallet.receiptStatus = "reverted";
      await invoke("pay", payment);
      expect(outcomes[0]?.spent.map((line) => line.amount)).toEqual(amounts);
      expect(outcomes[0]?.transactions).toMatchObject([{ status: "reverted" }]);
    }
  });

  it("ignores the receipt of another transaction, such as a replacement", async () => {
    const { provider, outcomes } = judge();
    const { wallet, invoke } = guarded(provider, undefined, { confirmations: { "eip155:84532": 1 } });
    wallet.waitForTransactionReceipt = async () => ({ transactionHash: "0xother", status: "reverted" });
    await invoke("pay", payment);
    expect(outcomes).toMatchObject([{ spent: [{ amount: "5" }], transactions: [{ status: "submitted" }] }]);
  });
});

describe("parallel sends", () => {
  it("from one wallet go one at a time, first come first served", async () => {
    const { wallet, invoke } = guarded(judge().provider);
    let inside = 0;
    wallet.onSend = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4, 5].map((value) => invoke("pay", { to: alice, value: String(value) })));
    expect(wallet.sent.map((transaction) => transaction.value)).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it("are refused when the turn does not come in time", async () => {
    const { provider, outcomes } = judge();
    const { wallet, invoke } = guarded(provider, undefined, { queueWaitMs: 5 });
    let release: () => void = () => undefined;
    wallet.onSend = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const first = invoke("pay", payment);
    expect(await invoke("pay", payment)).toMatch(/^Error: denied by policy \(queue_timeout\)/);
    expect(outcomes).toMatchObject([{ spent: [] }]);
    release();
    expect(await first).toMatch(/^Transferred/);
  });

  it("from inside the wallet's own send are refused at once instead of waiting for themselves", async () => {
    const { kit, wallet, invoke } = guarded(judge().provider);
    let inner: unknown;
    wallet.onSend = async () => {
      wallet.onSend = () => undefined;
      inner = await kit.walletProvider.sendTransaction({ to: bob, value: 1n }).catch((error: unknown) => error);
    };
    await invoke("pay", payment);
    expect(inner).toMatchObject({ code: "wallet_busy" });
  });
});

describe("a guarded wallet", () => {
  it("is still an instance of its classes, reads freely, and keeps private fields working", async () => {
    const { kit } = guarded(allowAll);
    const wallet = kit.walletProvider;
    expect(wallet).toBeInstanceOf(ViemWalletProvider);
    expect(wallet.getName()).toBe("viem_wallet_provider");
    expect(wallet.getNetwork()).toEqual({ protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" });
    expect(await wallet.getBalance()).toBe(10n ** 18n);
  });

  it("judges a call outside any action as an attempt of its own, by every provider", async () => {
    const { provider, calls, outcomes } = judge();
    const seen: unknown[] = [];
    const other: PolicyProvider = {
      beforeAction: (context) => {
        seen.push([context.layer, context.actionName, context.canonicalAction, context.effects]);
        return { decision: "allow" };
      },
    };
    const wallet = guardWallet(new ViemWalletProvider(), [other, provider], { reader: testReader, logger: silent });
    await wallet.nativeTransfer(alice, "5");
    // By no name that a pattern for a provider's actions, such as `wallet.*`, has too.
    expect(seen).toEqual([["wallet", "WalletProvider.sendTransaction", "direct.send", [transferOf(alice, "5", "decoded")]]]);
    expect(calls.map((context) => context.excess)).toEqual([[]]);
    expect(outcomes).toMatchObject([{ status: "succeeded", spent: [{ amount: "5" }] }]);
  });

  it("throws its denial where a call outside any action is denied", async () => {
    const bare = new ViemWalletProvider();
    const wallet = guardWallet(
      bare,
      { beforeAction: () => ({ decision: "deny", reason: "no" }) },
      { reader: testReader, logger: silent },
    );
    await expect(wallet.nativeTransfer(alice, "5")).rejects.toSatisfy((error: unknown) => ActionDeniedError.isInstance(error));
    expect(bare.sent).toEqual([]);
  });

  it.each([
    ["a signature of a bare hash", (wallet: ViemWalletProvider) => wallet.sign("0xff"), "sign_hash"],
    ["a signed message", (wallet: ViemWalletProvider) => wallet.signMessage("hi"), "sign_message"],
    [
      "a message signed through the derived signer",
      (wallet: ViemWalletProvider) => wallet.toSigner().signMessage("hi"),
      "sign_message",
    ],
    ["a method that nobody knows", (wallet: ViemWalletProvider) => wallet.exportKey(), "unknown"],
  ])("judges %s", async (_name, call, method) => {
    const { provider, calls } = judge();
    const { kit } = guarded(provider);
    await call(kit.walletProvider);
    expect(calls.map((context) => (context.args as { method: string }).method)).toEqual([method]);
  });

  it("hands out no client or account through its fields, whichever way they are read", () => {
    const client = { address: alice, sendTransaction: async () => "0xsent", transport: { request: async () => "0xraw" } };
    class ClientWalletProvider extends ViemWalletProvider {
      readonly client = client;
      readonly limit = 5;
      readonly apiSecret = "hush";
    }
    const wallet = guardWallet(new ClientWalletProvider(), allowAll, { reader: testReader, logger: silent });
    const copy = { address: alice };
    expect(wallet.client).toEqual(copy);
    expect(Object.getOwnPropertyDescriptor(wallet, "client")?.value).toEqual(copy);
    expect(Reflect.getOwnPropertyDescriptor(wallet, "limit")?.value).toBe(5);
    expect(Object.keys(wallet)).not.toContain("apiSecret");
    expect({ ...wallet }).toMatchObject({ client: copy, limit: 5 });
    expect(() => wallet.apiSecret).toThrow(/escape_denied/);
  });

  it.each(fields)("of a plain field called $name tells what it holds: $handedOut", ({ name, handedOut }) => {
    const bare = Object.assign(new ViemWalletProvider(), { [name]: "the value", client: { [name]: "the value" } });
    const wallet = guardWallet(bare, allowAll, { reader: testReader, logger: silent });
    const read = (): unknown => Reflect.get(wallet, name);
    if (handedOut) expect(read()).toBe("the value");
    else expect(read).toThrow(/escape_denied/);
    expect(Object.keys(wallet).includes(name)).toBe(handedOut);
    expect(wallet.client).toEqual(handedOut ? { [name]: "the value" } : {});
  });

  it("never hands out the bare wallet, and cannot be changed", async () => {
    const bare = new ViemWalletProvider();
    class ChainableWalletProvider extends ViemWalletProvider {
      readonly own: unknown = this;
      override getName(): string {
        return this as never;
      }
      [Symbol.iterator](): unknown {
        return this;
      }
    }
    const wallet = guardWallet(new ChainableWalletProvider(), allowAll, { reader: testReader, logger: silent });
    for (const leaked of [wallet.valueOf(), wallet.getName(), wallet[Symbol.iterator]()]) expect(leaked).toBe(wallet);
    expect(wallet.own).not.toHaveProperty("sendTransaction");
    for (const change of [
      () => Object.assign(wallet, { getName: bare.getName }),
      () => Object.defineProperty(wallet, "getName", { value: bare.getName }),
      () => Object.setPrototypeOf(wallet, bare),
    ]) {
      expect(change).toThrow(/cannot be changed/);
    }
  });

  it("of which a field can never change is guarded like any other, and a frozen one too", () => {
    const client = { sendTransaction: async () => "0xsent" };
    const bare = Object.freeze(Object.defineProperty(new ViemWalletProvider(), "client", { value: client }));
    const wallet = guardWallet(bare, allowAll, { reader: testReader, logger: silent });
    expect(Object.getOwnPropertyDescriptor(wallet, "client")?.value).toEqual({});
    expect(wallet.getName()).toBe("viem_wallet_provider");
  });

  it("treats a signer that a subclass hands out as an escape", () => {
    class RawSignerWalletProvider extends ViemWalletProvider {
      override toSigner() {
        return { signMessage: async () => "0xraw" };
      }
    }
    const wallet = guardWallet(new RawSignerWalletProvider(), allowAll, { reader: testReader, logger: silent });
    expect(() => wallet.toSigner()).toThrow(/escape_denied/);
  });

  it("keeps only the hash of a signature", async () => {
    const { provider, outcomes } = judge();
    const { kit, events } = guarded(provider);
    await kit.walletProvider.signMessage("hi");
    expect(JSON.stringify([outcomes, events])).not.toContain("0xsigned");
  });

  it("refuses to send or sign through its public client, and reads through it", async () => {
    const { kit, wallet } = guarded(allowAll);
    const client = kit.walletProvider.getPublicClient() as ReturnType<typeof wallet.getPublicClient> & {
      getBlockNumber(): Promise<bigint>;
      sendRawTransaction(): Promise<string>;
      request(parameters: { method: string }): Promise<string>;
    };
    expect(await client.getBlockNumber()).toBe(7n);
    expect(await client.request({ method: "eth_chainId" })).toBe("eth_chainId");
    expect(() => client.sendRawTransaction()).toThrow(/denied by policy|escape_denied/);
    for (const method of [
      "eth_sendRawTransaction",
      "eth_sendTransaction",
      "eth_signTypedData_v4",
      "personal_sign",
      "wallet_sendCalls",
    ]) {
      await expect(client.request({ method })).rejects.toMatchObject({ code: "escape_denied" });
    }
  });

  it("refuses the same through every part of its public client, whichever way it is reached", async () => {
    const request = async ({ method }: { method: string }) => method;
    const inner = { request, config: { retryCount: 0 } };
    const client = {
      request,
      transport: { request, transports: [inner] },
      chain: { id: 84532 },
      extend: (add: (base: unknown) => object) => add({ request }),
    };
    const bare = new ViemWalletProvider();
    bare.getPublicClient = async () => client;
    const wallet = guardWallet(bare, allowAll, { reader: testReader, logger: silent });
    const guardedClient = (await wallet.getPublicClient()) as typeof client;
    expect(guardedClient.chain).toEqual({ id: 84532 });
    const ways: unknown[] = [
      guardedClient.request,
      Object.getOwnPropertyDescriptor(guardedClient, "request")?.value,
      guardedClient.transport.request,
      Object.getOwnPropertyDescriptor(guardedClient.transport, "request")?.value,
      guardedClient.transport.transports[0]?.request,
      [...guardedClient.transport.transports][0]?.request,
      (guardedClient.extend((base) => base as object) as typeof client).request,
    ];
    for (const way of ways as (typeof request)[]) {
      expect(await way({ method: "eth_chainId" })).toBe("eth_chainId");
      await expect(way({ method: "eth_sendRawTransaction" })).rejects.toMatchObject({ code: "escape_denied" });
    }
  });

  it("that changes its chain or address in the middle of an action or of a decision is refused", async () => {
    const elsewhere = { protocolFamily: "evm", networkId: "base-mainnet", chainId: "8453" };
    const inAction = guarded(judge().provider, {
      pay_switch: async (own) => {
        inAction.wallet.getNetwork = () => elsewhere;
        return await own.sendTransaction({ to: alice, value: 5n }).catch((error: Error) => error.message);
      },
    });
    expect(await inAction.invoke("pay_switch", payment)).toMatch(/^Error: denied by policy \(context_changed\)/);
    const inDecision = guarded(
      judge({
        beforeWalletCall: () => {
          inDecision.wallet.getAddress = () => bob;
          return { decision: "allow" };
        },
      }).provider,
    );
    expect(await inDecision.invoke("pay", payment)).toMatch(/^Error: denied by policy \(context_changed\)/);
    expect([...inAction.wallet.sent, ...inDecision.wallet.sent]).toEqual([]);
  });

  it("that an action never touched may be the wrong one: then what the action declared counts", async () => {
    const { provider, outcomes } = judge();
    const bareWallet = new ViemWalletProvider();
    const memoised = [
      { name: "pay", invoke: async (_args: never) => await bareWallet.sendTransaction({ to: alice, value: 5n }) },
    ];
    const kit = withPolicy(
      {
        walletProvider: bareWallet,
        getActions() {
          void this.walletProvider;
          return memoised;
        },
      },
      provider,
      { reader: testReader, logger: silent },
    );
    await kit.getActions()[0]?.invoke(payment as never);
    expect(outcomes).toMatchObject([{ status: "succeeded", journalComplete: false, spent: [{ amount: "5" }] }]);
  });

  it("is in reach again for work that a policy started and that outlives its answer", async () => {
    let work: Promise<unknown> = Promise.resolve();
    let answered: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => {
      answered = resolve;
    });
    let first = true;
    const { kit, invoke } = guarded({
      beforeAction: () => {
        if (first) {
          first = false;
          work = waits.then(async () => await kit.walletProvider.sendTransaction({ to: bob, value: 1n }));
        }
        return { decision: "allow" };
      },
    });
    await invoke("pay", payment);
    answered();
    expect(await work).toMatch(/^0x/);
  });

  it("is out of reach for a policy that is deciding", async () => {
    const errors: unknown[] = [];
    const { kit, invoke } = guarded({
      beforeAction: async () => {
        errors.push(await kit.walletProvider.nativeTransfer(bob, "1").catch((error: unknown) => error));
        return { decision: "allow" };
      },
    });
    expect(await invoke("pay", payment)).toMatch(/^Transferred 5/);
    expect(errors).toMatchObject([{ code: "reentrant" }]);
  });

  it("cannot be guarded twice, nor can its kit", () => {
    const { kit } = guarded(allowAll);
    const twice = [
      () => guarded(allowAll).kit && guardWallet(kit.walletProvider, allowAll, { logger: silent }),
      () => guardWallet(guardWallet(new ViemWalletProvider(), allowAll, { logger: silent }), allowAll, { logger: silent }),
    ];
    for (const attempt of twice) {
      expect(attempt).toThrow(PolicySetupError);
    }
  });
});

it("an action that bypasses the wallet counts what it declared, whatever it says", async () => {
  const outcomes: SettledOutcome[] = [];
  const provider: PolicyProvider = {
    beforeAction: () => ({ decision: "allow" }),
    settle: (_context, outcome) => void outcomes.push(outcome),
  };
  const { invoke } = guarded(provider, { pay: async () => "Error: failed" }, { wallet: false });
  await invoke("pay", payment);
  expect(outcomes).toMatchObject([{ status: "unknown", journalComplete: false, spent: [{ amount: "5" }] }]);
});

it("the guard's own error for missing funds is the wallet's kind of error", () => {
  expect(new InsufficientFundsError(4n, 5n).message).toBe(
    "insufficient funds for transfer: the wallet holds 4 and the transaction's value is 5 (atomic units)",
  );
});
