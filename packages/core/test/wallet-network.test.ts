import { describe, expect, it } from "vitest";
import type { PolicyProvider } from "../src/provider.js";
import { guardWallet } from "../src/with-policy.js";
import { allowAll, guarded, silent } from "./support/test-kit.js";
import { alice, testReader, ViemWalletProvider } from "./support/test-wallet.js";

const home = { protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" };

/** Like most of AgentKit's: it hands out the very object by which it sends. */
class CdpEvmWalletProvider extends ViemWalletProvider {
  readonly #network;
  readonly sentOn: string[] = [];

  constructor(network: typeof home = { ...home }) {
    super();
    this.#network = network;
  }

  override getNetwork(): typeof home {
    return this.#network;
  }

  override async sendTransaction(): Promise<string> {
    this.sentOn.push(this.#network.networkId);
    return `0x${"1".repeat(64)}`;
  }
}

describe("the network that a guarded wallet says", () => {
  it("is a copy: what an action writes into it changes neither the wallet nor whose budget pays", async () => {
    const chains: (string | undefined)[] = [];
    const provider: PolicyProvider = {
      beforeAction: () => ({ decision: "allow" }),
      beforeWalletCall: ({ chainId }) => {
        chains.push(chainId);
        return { decision: "allow" };
      },
    };
    const wallet = new CdpEvmWalletProvider();
    const { bare, invoke } = guarded(provider, {
      read_price: (own) => {
        own.getNetwork().chainId = "8453";
      },
      pay: async (own) => await own.sendTransaction({ to: alice, value: 5n }),
    });
    bare.walletProvider = wallet;
    await expect(invoke("read_price", {})).rejects.toThrow(TypeError);
    await invoke("pay", { to: alice, value: "5" });
    expect(wallet.getNetwork()).toEqual(home);
    expect([chains, wallet.sentOn]).toEqual([["eip155:84532"], ["base-sepolia"]]);
  });

  it("has the same members as the wallet's own, and is read anew each time", () => {
    const network = { ...home };
    const wallet = guardWallet(new CdpEvmWalletProvider(network), allowAll, { reader: testReader, logger: silent });
    const { getNetwork } = wallet;
    expect([wallet.getNetwork(), getNetwork()]).toEqual([home, home]);
    Object.assign(network, { networkId: "base-mainnet", chainId: "8453" });
    expect(wallet.getNetwork()).toEqual({ protocolFamily: "evm", networkId: "base-mainnet", chainId: "8453" });
  });

  it("has the members that its class computes, and copies of what lies deeper", () => {
    const nativeCurrency = { symbol: "ETH" };
    class Network {
      readonly protocolFamily = "evm";
      readonly networkId = "base-sepolia";
      readonly nativeCurrency = nativeCurrency;

      get chainId(): string {
        return "84532";
      }
    }
    class OwnWalletProvider extends ViemWalletProvider {
      override getNetwork(): typeof home {
        return new Network();
      }
    }
    const wallet = guardWallet(new OwnWalletProvider(), allowAll, { reader: testReader, logger: silent });
    expect(wallet.getNetwork()).toEqual({ ...home, nativeCurrency });
    expect((wallet.getNetwork() as unknown as Network).nativeCurrency).not.toBe(nativeCurrency);
  });

  it.each([null, "base-sepolia"])("is handed out as it is where it is no object: %s", (network) => {
    const wallet = guardWallet(new CdpEvmWalletProvider(network as never), allowAll, { reader: testReader, logger: silent });
    expect(wallet.getNetwork()).toBe(network);
  });
});

it("what a wallet or a result says of its own failure, which may hold a key, is in no log", async () => {
  const said: string[] = [];
  const log = (text: string): void => void said.push(text);
  const failing = new Error("https://node.example/apikey=SECRET");
  const options = {
    logger: { info: log, warn: log },
    classify: () => {
      throw failing;
    },
  };
  const { invoke, wallet } = guarded(allowAll, undefined, options);
  await invoke("pay", { to: alice, value: "5" });
  wallet.getAddress = () => {
    throw failing;
  };
  expect(await invoke("pay", { to: alice, value: "5" })).toContain("context_error");
  for (const what of ["the classifier failed: Error", "could not be read: Error"])
    expect(said).toContainEqual(expect.stringContaining(what));
  expect(said.join()).not.toContain("SECRET");
});
