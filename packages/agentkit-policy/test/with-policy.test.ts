import { describe, expect, it } from "vitest";
import { type ActionContext, allOf, definePolicy, guardActions, type PolicyProvider, withPolicy } from "../src/index.js";

const payment = { to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: "0.007" };

function kitOf(result = "ok") {
  const wallet = {
    getAddress: () => "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    getNetwork: () => ({ protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" }),
  };
  return {
    walletProvider: wallet,
    getActions() {
      void this.walletProvider;
      return [{ name: "WalletActionProvider_native_transfer", invoke: async (_args: unknown) => result }];
    },
  };
}

const logger = { info: () => undefined, warn: () => undefined };

function seeing(contexts: ActionContext[]): PolicyProvider {
  return {
    beforeAction: (context) => {
      contexts.push(context);
      return { decision: "allow" };
    },
  };
}

describe("the front door", () => {
  it("supplies the built-in reader to a policy that carries none", async () => {
    const contexts: ActionContext[] = [];
    await withPolicy(kitOf(), seeing(contexts), { logger }).getActions()[0]?.invoke(payment);
    expect(contexts).toMatchObject([
      {
        canonicalAction: "wallet.native_transfer",
        effects: [{ kind: "transfer", asset: "eip155:84532/slip44:60", amount: "7000000000000000" }],
      },
    ]);
  });

  it("does so for actions without a kit too", async () => {
    const contexts: ActionContext[] = [];
    const kit = kitOf();
    await guardActions(kit.getActions(), seeing(contexts), { logger, walletProvider: kit.walletProvider })[0]?.invoke(payment);
    expect(contexts[0]?.canonicalAction).toBe("wallet.native_transfer");
  });

  it("leaves a policy its own reader, also inside allOf", async () => {
    const contexts: ActionContext[] = [];
    const policy = await definePolicy({
      version: 1,
      ledger: "memory",
      rules: [{ id: "a", limit: "actions", max: 9, window: "day" }],
    });
    const reader = {
      ...policy.reader,
      describe: () => ({ canonicalAction: "mine", effects: [], spends: false, throughWallet: true }),
    };
    await withPolicy(kitOf(), allOf(seeing(contexts), { ...policy, reader } as PolicyProvider), { logger })
      .getActions()[0]
      ?.invoke(payment);
    expect(contexts[0]?.canonicalAction).toBe("mine");
  });

  it("refuses two policies that spend from one ledger", async () => {
    const policy = await definePolicy({
      version: 1,
      ledger: "memory",
      rules: [{ id: "a", limit: "actions", max: 9, window: "day" }],
    });
    expect(() => withPolicy(kitOf(), [policy, { ...policy }], { logger })).toThrow(/one ledger/);
  });

  it("returns the very same kit without a policy", () => {
    const kit = kitOf();
    expect(withPolicy(kit, undefined, { logger })).toBe(kit);
  });
});
