import { createActionReader, parseUnits } from "@agentkit-policy/effects";
import { describe, expect, it } from "vitest";
import { definePolicy, type PolicyProvider, runWithContext, withPolicy } from "../src/index.js";

/*
 * Tricks with arguments, each beside the nearest call that must pass. "Not executed" is counted at the wallet, and at the ledger
 * by what it still has room for.
 */

const known = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const transfer = "WalletActionProvider_native_transfer";
const batch = "ShopActionProvider_pay_all";
const logger = { info: () => undefined, warn: () => undefined };

/** The classes by whose names the guard knows AgentKit's wallets. */
class WalletProvider {}
class EvmWalletProvider extends WalletProvider {
  readonly sent: bigint[] = [];

  getAddress(): string {
    return "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
  }

  getNetwork() {
    return { protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" };
  }

  async getBalance(): Promise<bigint> {
    return 10n ** 24n;
  }

  async sendTransaction({ value }: { to: string; value: bigint }): Promise<string> {
    this.sent.push(value);
    return `0x${this.sent.length.toString(16).padStart(64, "0")}`;
  }
}

interface Payment {
  readonly to: string;
  readonly value: string;
}

const wei = (ether: string): bigint => parseUnits(ether, 18);

class Kit {
  walletProvider = new EvmWalletProvider();

  getActions() {
    const wallet = this.walletProvider;
    const send = ({ to, value }: Payment) => wallet.sendTransaction({ to, value: wei(value) });
    return [
      {
        name: transfer,
        invoke: async (args: Payment): Promise<string> => {
          await send(args);
          return "Transferred";
        },
      },
      {
        name: batch,
        invoke: async ({ payments }: { payments: Payment[] }): Promise<string> => {
          for (const payment of payments) await send(payment);
          return "Paid all";
        },
      },
    ];
  }
}

/** At most 0.05 an action and 0.1 a day, to one payee. */
const capAndDay = [
  { id: "cap", limit: "native", max: "0.05", window: "attempt" },
  { id: "day", limit: "native", max: "0.1", per: ["wallet"], window: "day" },
  { id: "payee", allow: { recipients: [known] } },
];

async function world(others: readonly PolicyProvider[] = [], rules: readonly object[] = capAndDay, describesBatch = true) {
  const policy = await definePolicy({ version: 1, ledger: "memory", rules } as never, { actions: [batch] });
  const kit = new Kit();
  const reader = createActionReader({
    describe: describesBatch
      ? {
          [batch]: (args) => ({
            effects: (args as unknown as { payments: Payment[] }).payments.map(({ to, value }) => ({
              kind: "transfer",
              asset: "eip155:84532/slip44:60",
              amount: wei(value).toString(),
              counterparty: `eip155:84532:${to.toLowerCase()}`,
              basis: "declared",
            })),
            spends: true,
            throughWallet: true,
          }),
        }
      : {},
  });
  const guarded = withPolicy(kit, [...others, policy], { logger, reader });
  const invoke = async (name: string, args: unknown): Promise<unknown> =>
    await guarded
      .getActions()
      .find((action) => action.name === name)
      ?.invoke(args as never);
  const { sent } = kit.walletProvider;
  return {
    pay: (args: unknown) => invoke(transfer, args),
    payAll: (payments: readonly Payment[]) => invoke(batch, { payments }),
    sent,
    /** The ledger holds nothing: the whole day's budget is still there, and not a wei more. */
    async hasTheWholeDay(): Promise<void> {
      sent.splice(0);
      for (const value of ["0.05", "0.05", "0.000000000000000001"]) await invoke(transfer, { to: known, value });
      expect(sent).toEqual([wei("0.05"), wei("0.05")]);
    },
  };
}

const invalid = /^Error: denied by policy \(invalid_arguments\)/;
const over = /^Error: denied by policy \(over_limit\)/;
const payment = { to: known, value: "0.05" };

describe("D01 keys of an envelope among the arguments", () => {
  const envelope = { action: "x", agentId: "root", wallet: "0x1", policy: "none", approved: true, dryRun: true };

  it("decide nothing: they admit no wei above the cap, and their payment counts like any other", async () => {
    const { pay, sent } = await world();
    expect(await pay({ to: known, value: "0.050000000000000001", ...envelope })).toMatch(over);
    expect(sent).toEqual([]);
    expect(await pay({ ...payment, ...envelope })).toBe("Transferred");
    expect(await pay({ ...payment, ...envelope })).toBe("Transferred");
    expect(await pay({ ...payment, ...envelope })).toMatch(over);
    expect(sent).toEqual([wei("0.05"), wei("0.05")]);
  });

  it("say nothing of who acts; the program does", async () => {
    const agents: unknown[] = [];
    const seeing: PolicyProvider = {
      beforeAction: ({ agentId }) => {
        agents.push(agentId);
        return { decision: "allow" };
      },
    };
    const { pay } = await world([seeing]);
    await pay({ ...payment, ...envelope });
    await runWithContext({ agentId: "a1" }, () => pay({ ...payment, ...envelope }));
    expect(agents).toEqual([undefined, "a1"]);
  });
});

describe("D02 keys that reach for a prototype", () => {
  it.each([
    ["__proto__", `{"to":"${known}","value":"0.05","__proto__":{"allowed":true}}`],
    ["constructor.prototype", `{"to":"${known}","value":"0.05","memo":{"constructor":{"prototype":{"allowed":true}}}}`],
    ["prototype", `{"to":"${known}","value":"0.05","memo":[{"prototype":{"allowed":true}}]}`],
  ])("%s is invalid, pollutes nothing and costs nothing", async (_key, json) => {
    const { pay, sent, hasTheWholeDay } = await world();
    expect(await pay(JSON.parse(json))).toMatch(invalid);
    expect(sent).toEqual([]);
    expect(({} as { allowed?: unknown }).allowed).toBeUndefined();
    await hasTheWholeDay();
  });

  it("are told from keys that only look like them", async () => {
    const { pay, sent } = await world();
    expect(await pay({ ...payment, memo: { proto: 1, constructors: 2, prototypes: 3 } })).toBe("Transferred");
    expect(sent).toEqual([wei("0.05")]);
  });
});

describe("D03 arguments that answer differently each time", () => {
  const turning = (first: string, then: string) => {
    let looks = 0;
    const value = (): string => {
      looks += 1;
      return looks === 1 ? first : then;
    };
    return [
      Object.defineProperty({ to: known }, "value", { enumerable: true, get: value }),
      new Proxy({ to: known, value: first }, { get: (target, key) => (key === "value" ? value() : Reflect.get(target, key)) }),
    ] as const;
  };

  it("pay what was judged: a small amount first is the one that is sent, a large one first is denied", async () => {
    for (const kind of [0, 1] as const) {
      const { pay, sent } = await world();
      expect(await pay(turning("0.01", "1000000")[kind])).toBe("Transferred");
      expect(sent).toEqual([wei("0.01")]);
      expect(await pay(turning("1000000", "0.01")[kind])).toMatch(over);
      expect(sent).toEqual([wei("0.01")]);
    }
  });

  it("have no other form of themselves: toJSON is never asked", async () => {
    const { pay, sent, hasTheWholeDay } = await world();
    class Shown {
      to = known;
      value = "1000000";
      toJSON(): object {
        return payment;
      }
    }
    expect(await pay(new Shown())).toMatch(invalid);
    expect(await pay({ ...payment, toJSON: () => ({ ...payment, value: "0.01" }) })).toMatch(invalid);
    expect(sent).toEqual([]);
    await hasTheWholeDay();
  });
});

describe("D05 a policy that changes arguments", () => {
  const changing = (guardedly: boolean): PolicyProvider => ({
    beforeAction: ({ args }) => {
      try {
        (args as { value: string }).value = "1000000";
      } catch (error) {
        if (!guardedly) throw error;
      }
      return { decision: "allow" };
    },
  });

  it("cannot: they are frozen, and what was asked for is what is sent", async () => {
    const { pay, sent } = await world([changing(true)]);
    expect(await pay({ ...payment })).toBe("Transferred");
    expect(sent).toEqual([wei("0.05")]);
  });

  it("fails at it, which denies", async () => {
    const { pay, sent } = await world([changing(false)]);
    expect(await pay({ ...payment })).toMatch(/\(policy_error\)/);
    expect(sent).toEqual([]);
  });
});

describe("D06 a caller that changes its arguments while a policy thinks", () => {
  it("changes nothing: what was judged is sent", async () => {
    const args = { ...payment };
    const thinking: PolicyProvider = {
      beforeAction: async () => {
        await Promise.resolve();
        Object.assign(args, { to: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", value: "1000000" });
        return { decision: "allow" };
      },
    };
    const { pay, sent } = await world([thinking]);
    expect(await pay(args)).toBe("Transferred");
    expect(args.value).toBe("1000000");
    expect(sent).toEqual([wei("0.05")]);
  });
});

describe("D08 arguments that are too much", () => {
  const cyclic: { [key: string]: unknown } = { ...payment };
  cyclic["memo"] = cyclic;
  const deep = (levels: number): unknown => {
    let value: unknown = "x";
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };

  it.each<[string, unknown]>([
    ["a megabyte of text", { ...payment, memo: "x".repeat(2 ** 20) }],
    ["a megabyte of small values", { ...payment, memo: Array.from({ length: 2 ** 17 }, () => 1) }],
    ["ten thousand levels", { ...payment, memo: deep(10_000) }],
    ["a cycle", cyclic],
  ])("such as %s are refused, and the ledger is as before", async (_what, args) => {
    const { pay, sent, hasTheWholeDay } = await world();
    expect(await pay(args)).toMatch(invalid);
    expect(sent).toEqual([]);
    await hasTheWholeDay();
  });

  it("are told from what is merely large or deep", async () => {
    const { pay, sent } = await world();
    expect(await pay({ to: known, value: "0.01", memo: "x".repeat(200_000) })).toBe("Transferred");
    expect(await pay({ to: known, value: "0.01", memo: deep(31) })).toBe("Transferred");
    expect(sent).toHaveLength(2);
  });
});

describe("D10 amounts as numbers", () => {
  it.each<[string, unknown]>([
    ["2^53 + 1", 2 ** 53 + 2],
    ["a number that a double holds", 0.05],
    ["a whole number", 1],
    ["a bigint", 1n],
    ["a number that is none", Number.NaN],
  ])("%s is invalid, sent by nobody and counted nowhere", async (_what, value) => {
    const { pay, sent, hasTheWholeDay } = await world();
    expect(await pay({ to: known, value })).toMatch(invalid);
    expect(sent).toEqual([]);
    await hasTheWholeDay();
  });

  it("as text are exact beyond 2^53", async () => {
    const { pay, sent } = await world();
    expect(await pay({ to: known, value: "0.009007199254740993" })).toBe("Transferred");
    expect(sent).toEqual([9_007_199_254_740_993n]);
  });
});

describe("D11 an argument that the action is not known to take", () => {
  it("is invalid: a fork of the action might use it", async () => {
    const { pay, sent, hasTheWholeDay } = await world();
    for (const extra of [{ data: "0x" }, { recipient: known }, { amount: "1" }, { Value: "1" }]) {
      expect(await pay({ ...payment, ...extra })).toMatch(invalid);
    }
    expect(sent).toEqual([]);
    await hasTheWholeDay();
  });

  it("is told from what models add to any call", async () => {
    const { pay, sent } = await world();
    expect(await pay({ ...payment, memo: "rent", note: "for May" })).toBe("Transferred");
    expect(sent).toEqual([wei("0.05")]);
  });
});

describe("D12 a batch of 200 payments", () => {
  const address = (index: number): string => `0x${(index + 1).toString(16).padStart(40, "0")}`;
  const payments = (value: string, more: Readonly<Record<number, string>> = {}): Payment[] =>
    Array.from({ length: 200 }, (_, index) => ({ to: address(index), value: more[index] ?? value }));
  const rules = [
    { id: "a-payee", limit: "native", max: "0.001", per: ["counterparty"], window: "attempt" },
    { id: "day", limit: "native", max: "0.1", per: ["wallet"], window: "day" },
    { id: "batches", limit: "actions", max: 2, per: ["wallet"], window: "day" },
    { id: "shop", allow: { actions: [batch] } },
  ];

  it("is reserved as one or denied as one, by its sum, by its largest payment and by how often", async () => {
    const { payAll, sent } = await world([], rules);
    expect(await payAll(payments("0.000500000000000001"))).toMatch(/over_limit.*"day"/);
    expect(await payAll(payments("0.0001", { 199: "0.001000000000000001" }))).toMatch(/over_limit.*"a-payee"/);
    expect(sent).toEqual([]);
    // Nothing of either was held: the whole day is still there, for exactly as much.
    expect(await payAll(payments("0.0004"))).toBe("Paid all");
    expect(await payAll(payments("0.0001"))).toBe("Paid all");
    expect(sent).toHaveLength(400);
    expect(sent.reduce((sum, value) => sum + value, 0n)).toBe(wei("0.1"));
    expect(await payAll([])).toMatch(/over_limit.*"batches"/);
  });

  it("of which nobody could tell what it moves is stopped at the first payment that has no room", async () => {
    const { payAll, sent } = await world([], rules, false);
    expect(await payAll(payments("0.0006"))).toMatch(over);
    expect(sent).toHaveLength(166);
    expect(sent.reduce((sum, value) => sum + value, 0n)).toBe(wei("0.0996"));
  });
});
