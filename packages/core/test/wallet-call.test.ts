import { describe, expect, it } from "vitest";
import { readWalletCall } from "../src/wallet-call.js";
import { alice, chainId, self } from "./support/test-wallet.js";

const wallet = { chainId, walletAddress: self };

function read(method: "send" | "sign_transaction", fields: object) {
  const walletMethod = method === "send" ? "sendTransaction" : "signTransaction";
  return readWalletCall(
    "019ab0e0-7c00-7abc-8def-0123456789ab",
    method,
    walletMethod,
    [{ to: alice, value: 1n, ...fields }],
    wallet,
  );
}

describe("a transaction to sign", () => {
  it.each([
    ["no chain", {}],
    ["undefined for a chain", { chainId: undefined }],
    ["null for a chain", { chainId: null }],
    ["chain zero, which is how some say no chain", { chainId: 0 }],
    ["another chain", { chainId: 1 }],
    ["a chain that only looks like one", { chainId: { id: 84532 } }],
    ["its chain in a list", { chainId: [84532] }],
    ["its chain where no wallet hands it on", { chain: { id: 84532 } }],
    ["its chain in each of two places that differ", { chainId: 84532, chain: { id: 1 } }],
  ])("with %s is valid on any chain or another, and is one that nobody can read", (_case, fields) => {
    expect(read("sign_transaction", fields).facts.otherFields).toEqual(["chainId"]);
  });

  it.each([84532, 84532n, "84532", "0x14a34"])("for the wallet's own chain, written as %s, is read", (own) => {
    const { facts, args } = read("sign_transaction", { chainId: own, chain: { id: 84532 } });
    expect(facts).toMatchObject({ chainId, to: alice, value: "1" });
    expect(facts).not.toHaveProperty("otherFields");
    expect(args).toEqual([{ to: alice, value: 1n, chainId: own }]);
  });
});

describe("a transaction to send", () => {
  it.each([{}, { chainId: undefined }, { chainId: null }, { chain: null }, { chain: { id: 84532 } }, { chainId: 84532 }])(
    "needs no chain, because its wallet sends on its own: %j",
    (fields) => {
      expect(read("send", fields).facts).not.toHaveProperty("otherFields");
    },
  );

  it.each([{ chainId: 1 }, { chain: { id: 1 } }, { chainId: { id: 84532 } }])(
    "that names another chain, or none that can be read, is one that nobody can read: %j",
    (fields) => {
      expect(read("send", fields).facts.otherFields).toEqual(["chainId"]);
    },
  );
});
