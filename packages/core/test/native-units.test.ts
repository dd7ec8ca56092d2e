import { describe, expect, it } from "vitest";
import type { PolicyProvider } from "../src/provider.js";
import { guardWallet } from "../src/with-policy.js";
import { guarded, silent } from "./support/test-kit.js";
import { alice, testReader, transferOf, ViemWalletProvider } from "./support/test-wallet.js";

const ether = 10n ** 18n;

/** AgentKit's class hands its value on to Coinbase, which takes it for whole ETH. By no name: each of these has its own. */
const legacy = () =>
  class extends ViemWalletProvider {
    readonly transferred: { readonly to: string; readonly amount: string }[] = [];

    override getName(): string {
      return "legacy_cdp_wallet_provider";
    }

    override async nativeTransfer(to: string, value: string): Promise<string> {
      this.transferred.push({ to, amount: value });
      return `0x${"1".repeat(64)}`;
    }
  };

class LegacyCdpWalletProvider extends legacy() {}

/** The same class as a bundler leaves it. */
class Renamed extends legacy() {}

/** What somebody makes of it. */
class Derived extends LegacyCdpWalletProvider {
  override getName(): string {
    throw new Error("this one has no name");
  }
}

function judge(max: bigint) {
  const amounts: unknown[] = [];
  const provider: PolicyProvider = {
    beforeAction: () => ({ decision: "allow" }),
    beforeWalletCall: ({ effects, excess }) => {
      amounts.push([effects, excess]);
      const total = effects.reduce((sum, { amount }) => sum + BigInt(amount ?? 0), 0n);
      return total <= max ? { decision: "allow" } : { decision: "deny", code: "over_limit", reason: "too much" };
    },
  };
  return { provider, amounts };
}

describe("a native transfer through a wallet that takes whole units for atomic ones", () => {
  it.each([
    ["known by its class", LegacyCdpWalletProvider],
    ["known by the name that it says", Renamed],
    ["known by the class that it extends, and that says no name", Derived],
  ])("is judged as what it would move, %s", async (_case, Wallet) => {
    const bare = new Wallet();
    bare.balance = 10n * ether;
    const { provider, amounts } = judge(5n);
    const wallet = guardWallet(bare, provider, { reader: testReader, logger: silent });
    await expect(wallet.nativeTransfer(alice, "5")).rejects.toMatchObject({ code: "over_limit" });
    expect(amounts).toEqual([[[transferOf(alice, (5n * ether).toString(), "decoded")], []]]);
    expect(bare.transferred).toEqual([]);
  });

  it("passes where that much may be moved, and is handed over as it came", async () => {
    const bare = new LegacyCdpWalletProvider();
    bare.balance = 10n * ether;
    const wallet = guardWallet(bare, judge(5n * ether).provider, { reader: testReader, logger: silent });
    await wallet.nativeTransfer(alice, "5");
    expect(bare.transferred).toEqual([{ to: alice, amount: "5" }]);
  });

  it("is more than an action that asked for atomic units has said", async () => {
    const { provider, amounts } = judge(5n);
    const { bare, invoke } = guarded(provider);
    const wallet = new LegacyCdpWalletProvider();
    wallet.balance = 10n * ether;
    bare.walletProvider = wallet;
    expect(await invoke("pay", { to: alice, value: "5" })).toMatch(/^Error: denied by policy \(over_limit\)/);
    expect(amounts).toMatchObject([[[{}], [{ amount: (5n * ether - 5n).toString() }]]]);
    expect(wallet.transferred).toEqual([]);
  });

  it("fails before it leaves where the wallet does not hold that much", async () => {
    const bare = new LegacyCdpWalletProvider();
    bare.balance = 4n * ether;
    const wallet = guardWallet(bare, judge(5n * ether).provider, { reader: testReader, logger: silent });
    await expect(wallet.nativeTransfer(alice, "5")).rejects.toThrow(/^insufficient funds/);
    expect(bare.transferred).toEqual([]);
  });
});

it.each(["legacy_cdp_smart_wallet_provider", "a wallet of one's own"])(
  "a native transfer through any other wallet is in atomic units: %s",
  async (name) => {
    class LegacyCdpSmartWalletProvider extends ViemWalletProvider {
      override getName(): string {
        return name;
      }

      override async nativeTransfer(_to: string, _value: string): Promise<string> {
        return `0x${"1".repeat(64)}`;
      }
    }
    const { provider, amounts } = judge(5n);
    const wallet = guardWallet(new LegacyCdpSmartWalletProvider(), provider, { reader: testReader, logger: silent });
    await wallet.nativeTransfer(alice, "5");
    expect(amounts).toEqual([[[transferOf(alice, "5", "decoded")], []]]);
  },
);

it("a transaction through a wallet that takes whole units for a native transfer is in atomic units all the same", async () => {
  const { provider, amounts } = judge(5n);
  const wallet = guardWallet(new LegacyCdpWalletProvider(), provider, { reader: testReader, logger: silent });
  await wallet.sendTransaction({ to: alice, value: 5n });
  expect(amounts).toEqual([[[transferOf(alice, "5", "decoded")], []]]);
});
