import { describe, expect, it } from "vitest";
import { guardWallet } from "../src/with-policy.js";
import { allowAll, silent } from "./support/test-kit.js";
import { alice, testReader, ViemWalletProvider } from "./support/test-wallet.js";

const guardOptions = { reader: testReader, logger: silent };

/** What AgentKit's wallet does whose payments are filled from any chain. By no name: each of these has its own. */
const intents = () =>
  class extends ViemWalletProvider {
    override balance = 0n;

    override getName(): string {
      return "zerodev_wallet_provider";
    }
  };

class ZeroDevWalletProvider extends intents() {}

/** The same class as a bundler leaves it. */
class Renamed extends intents() {}

/** What somebody makes of it. */
class Derived extends ZeroDevWalletProvider {
  override getName(): string {
    throw new Error("this one has no name");
  }
}

describe("a wallet that pays from what it holds on any chain", () => {
  it.each([
    ["known by its class", ZeroDevWalletProvider],
    ["known by the name that it says", Renamed],
    ["known by the class that it extends, and that says no name", Derived],
  ])("may send more than this chain's balance, %s", async (_how, Wallet) => {
    const bare = new Wallet();
    const wallet = guardWallet(bare, allowAll, guardOptions);
    await wallet.nativeTransfer(alice, "5");
    await wallet.sendTransaction({ to: alice, value: 6n });
    expect(bare.sent.map(({ value }) => value)).toEqual([5n, 6n]);
  });
});

it("any other wallet fails a send whose value is not there, under whatever name", async () => {
  class SomeWalletProvider extends ViemWalletProvider {
    override balance = 4n;

    override getName(): string {
      return "zerodev";
    }
  }
  const bare = new SomeWalletProvider();
  const wallet = guardWallet(bare, allowAll, guardOptions);
  await expect(wallet.nativeTransfer(alice, "5")).rejects.toThrow("insufficient funds for transfer");
  expect(bare.sent).toEqual([]);
  await wallet.nativeTransfer(alice, "4");
  expect(bare.sent).toHaveLength(1);
});
