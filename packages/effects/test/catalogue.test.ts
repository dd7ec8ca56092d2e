import { describe, expect, test } from "vitest";
import { catalogue } from "../src/catalogue.js";
import { describers } from "../src/describe/describers.js";
import { canonicalActionOf, canonicalActions, createActionReader, isKnownAction } from "../src/index.js";
import { factsOf, noRead } from "./support.js";

describe("the catalogue", () => {
  test("has every built-in action of both languages", () => {
    expect(catalogue).toHaveLength(217);
    expect(catalogue.filter((entry) => entry.language === "typescript")).toHaveLength(140);
    expect(catalogue.filter((entry) => entry.language === "python")).toHaveLength(77);
  });

  test.each(["typescript", "python"] as const)("has each name and each canonical id once in %s", (language) => {
    const entries = catalogue.filter((entry) => entry.language === language);
    expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
    expect(new Set(entries.map((entry) => entry.canonical)).size).toBe(entries.length);
  });

  test("gives a name that both languages have one meaning", () => {
    const [typescript, python] = (["typescript", "python"] as const).map((language) =>
      catalogue.filter((entry) => entry.language === language),
    );
    let shared = 0;
    for (const entry of python ?? []) {
      const twin = typescript?.find((candidate) => candidate.name === entry.name);
      if (twin === undefined) continue;
      shared += 1;
      expect({ ...twin, language: undefined }).toEqual({ ...entry, language: undefined });
    }
    expect(shared).toBe(34);
  });

  test("writes canonical ids as provider and action in snake case", () => {
    for (const id of canonicalActions) expect(id).toMatch(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/);
    expect(canonicalActions).toEqual([...new Set(canonicalActions)].sort());
  });

  test("has every action that a describer is for, and those spend", () => {
    for (const canonical of describers.keys()) {
      const entries = catalogue.filter((entry) => entry.canonical === canonical);
      expect(entries.map((entry) => entry.language).sort()).toEqual(["python", "typescript"]);
      expect(entries.every((entry) => entry.spends && entry.throughWallet === true)).toBe(true);
    }
  });

  test.each([
    ["ERC20ActionProvider_get_erc20_token_address", "ERC20ActionProvider_get_token_address", "erc20.get_token_address"],
    ["X402ActionProvider_retry_http_request_with_x402", "x402ActionProvider_retry_with_x402", "x402.retry_with_x402"],
    ["SuperfluidStreamActionProvider_create_stream", "SuperfluidActionProvider_create_flow", "superfluid.create_stream"],
    ["WethActionProvider_wrap_eth", "WethActionProvider_wrap_eth", "weth.wrap_eth"],
  ])("calls %s and %s alike %s", (typescript, python, canonical) => {
    expect(canonicalActionOf(typescript)).toBe(canonical);
    expect(canonicalActionOf(python)).toBe(canonical);
  });

  test.each([
    "constructor",
    "toString",
    "__proto__",
    "hasOwnProperty",
    "",
    "native_transfer",
    "t_native_transfer",
    "walletactionprovider_native_transfer",
    "WalletActionProvider_native_transfer ",
    "WalletActionProvider_native_transfer_",
    "wallet.native_transfer",
    "CustomActionProvider_native_transfer",
  ])("does not know %j, which may do anything", (name) => {
    expect(isKnownAction(name)).toBe(false);
    expect(canonicalActionOf(name)).toBeUndefined();
    expect(createActionReader().describe(factsOf(name, {}), noRead)).toEqual({
      effects: [{ kind: "unknown", basis: "declared" }],
      spends: true,
      throughWallet: true,
    });
  });
});
