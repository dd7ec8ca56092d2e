import { describe, expect, test } from "vitest";
import { createActionReader } from "../src/index.js";
import { chainId, factsOf, noRead, payee, unlistedToken, usdc } from "./support.js";

const reader = createActionReader();
const checksummedUsdc = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

/** The two languages' spellings of the same arguments. */
function typescriptTransfer(amount: unknown, token = usdc, recipient = payee) {
  return { amount, tokenAddress: token, destinationAddress: recipient };
}

function pythonTransfer(amount: unknown, token = usdc, recipient = payee) {
  return { amount, contract_address: token, destination_address: recipient };
}

function describeTransfer(args: unknown, read: (request: { token: string }) => Promise<number> = noRead, from = reader) {
  return from.describe(factsOf("ERC20ActionProvider_transfer", args), read);
}

function describeApprove(args: unknown) {
  return reader.describe(factsOf("ERC20ActionProvider_approve", args), noRead);
}

function described(kind: "transfer" | "approval", amount: string | undefined, token: string = usdc) {
  return {
    canonicalAction: kind === "transfer" ? "erc20.transfer" : "erc20.approve",
    effects: [
      {
        kind,
        asset: `${chainId}/erc20:${token}`,
        ...(amount === undefined ? {} : { amount }),
        counterparty: `${chainId}:${payee}`,
        contract: `${chainId}:${token}`,
        basis: "declared",
      },
    ],
    spends: true,
    throughWallet: true,
  };
}

const refused = { invalid: expect.any(String) };

describe("a token transfer", () => {
  test.each([
    ["TypeScript", typescriptTransfer],
    ["Python", pythonTransfer],
  ])("in %s's spelling moves the token's atomic units", (_language, write) => {
    expect(describeTransfer(write("10.5"))).toEqual(described("transfer", "10500000"));
    expect(describeTransfer(write("0.000001", checksummedUsdc))).toEqual(described("transfer", "1"));
    expect(describeTransfer(write({ $decimal: "10.50" }))).toEqual(described("transfer", "10500000"));
  });

  test.each(["0", "0.00", "-1", "1e3", "max", "all", "", "0.0000001", " 1", "1,0", null, undefined, 5, { $int: "5" }])(
    "of %j is invalid",
    (amount) => {
      expect(describeTransfer(typescriptTransfer(amount))).toEqual(refused);
      expect(describeTransfer(pythonTransfer(amount))).toEqual(refused);
    },
  );

  test("a mixture of both spellings has two readings and is invalid", () => {
    expect(describeTransfer({ ...typescriptTransfer("1"), contract_address: unlistedToken })).toEqual(refused);
    expect(describeTransfer({ amount: "1", tokenAddress: usdc, destination_address: payee })).toEqual(refused);
    expect(describeTransfer({ ...typescriptTransfer("1"), ...pythonTransfer("1") })).toEqual(refused);
  });

  test("a wrong checksum of token or recipient is invalid", () => {
    expect(describeTransfer(typescriptTransfer("1", checksummedUsdc.replace("CbD", "cbD")))).toEqual(refused);
    expect(describeTransfer(typescriptTransfer("1", usdc, "0x70997970C51812dc3A010C7d01b50e0d17dc79c8"))).toEqual(refused);
    expect(describeTransfer(typescriptTransfer("1", usdc, payee.slice(2)))).toEqual(refused);
  });

  test("decimals of an unlisted token are read from the wallet", async () => {
    const asked: unknown[] = [];
    const read = (request: unknown) => {
      asked.push(request);
      return Promise.resolve(8);
    };
    await expect(describeTransfer(typescriptTransfer("1.5", unlistedToken), read)).resolves.toEqual(
      described("transfer", "150000000", unlistedToken),
    );
    expect(asked).toEqual([{ kind: "decimals", chainId, token: unlistedToken }]);
    await expect(describeTransfer(typescriptTransfer("0.000000001", unlistedToken), read)).resolves.toEqual(refused);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("no such contract"))],
    ["throws", noRead],
    ["answers rubbish", () => Promise.resolve("6" as unknown as number)],
    ["answers too much", () => Promise.resolve(256)],
    ["answers a fraction", () => Promise.resolve(0.5)],
  ])("a wallet that %s leaves the amount undeclared", async (_how, read) => {
    await expect(describeTransfer(typescriptTransfer("1.5", unlistedToken), read)).resolves.toEqual(
      described("transfer", undefined, unlistedToken),
    );
  });

  test("decimals that the user gave come before the table and the wallet", () => {
    const own = createActionReader({
      tokens: {
        [`${chainId}/erc20:${unlistedToken}`]: { decimals: 2 },
        [`${chainId}/erc20:${checksummedUsdc}`]: { decimals: 3 },
      },
    });
    expect(describeTransfer(typescriptTransfer("1.5", unlistedToken), noRead, own)).toEqual(
      described("transfer", "150", unlistedToken),
    );
    expect(describeTransfer(typescriptTransfer("1.5"), noRead, own)).toEqual(described("transfer", "1500"));
  });

  test("an amount beyond 256 bits is invalid", () => {
    expect(describeTransfer(typescriptTransfer("9".repeat(80)))).toEqual(refused);
  });

  test("on another chain than an EVM one is of unknown effect", () => {
    const facts = factsOf("ERC20ActionProvider_transfer", typescriptTransfer("1"), { chainId: "solana:abc" });
    expect(reader.describe(facts, noRead)).toMatchObject({ effects: [{ kind: "unknown", basis: "declared" }], spends: true });
  });
});

describe("a token approval", () => {
  const args = (amount: unknown) => ({ amount, tokenAddress: usdc, spenderAddress: payee });

  test("in either spelling exposes its amount, and zero takes it back", () => {
    expect(describeApprove(args("100"))).toEqual(described("approval", "100000000"));
    expect(describeApprove({ amount: "100", contract_address: usdc, spender_address: payee })).toEqual(
      described("approval", "100000000"),
    );
    // Nobody gets anything.
    const [{ counterparty: _, ...revoked } = {}] = described("approval", "0").effects;
    expect(describeApprove(args("0"))).toMatchObject({ effects: [revoked] });
    expect(describeApprove(args("0.00"))).not.toHaveProperty("effects.0.counterparty");
  });

  test.each([
    "max",
    "all",
    "unlimited",
    "115792089237316195423570985008687907853269984665640564039457584007913129.639935",
    "1461501637330902918203684832716283019655932.542975",
    "340282366920938463463374607431768.211456",
  ])("of %s is unlimited", (amount) => {
    expect(describeApprove(args(amount))).toEqual(described("approval", "unlimited"));
  });

  test("of one atomic unit less than no token has is that amount", () => {
    expect(describeApprove(args("340282366920938463463374607431768.211455"))).toEqual(
      described("approval", (2n ** 128n - 1n).toString()),
    );
  });

  test.each([
    "MAX",
    "-1",
    "1e18",
    "",
    null,
    undefined,
    5,
    "115792089237316195423570985008687907853269984665640564039457584007913129.639936",
  ])("of %j is invalid", (amount) => {
    expect(describeApprove(args(amount))).toEqual(refused);
  });

  test("to a recipient instead of a spender is invalid", () => {
    expect(describeApprove(typescriptTransfer("1"))).toEqual(refused);
  });
});
