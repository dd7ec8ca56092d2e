import type { Effect } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../src/compile-policy.js";
import { parsePolicy } from "../src/parse-policy.js";
import { sourceOfData } from "../src/policy-source.js";
import { judgeStateless, type StatelessRule } from "../src/stateless-rules.js";
import { alice, bob, chainId, contextOf, decoded, transferOf, usdc } from "./support/contexts.js";

function rulesOf(...rules: object[]): readonly StatelessRule[] {
  const source = sourceOfData({
    version: 1,
    ledger: "memory",
    rules: rules.map((rule, index) => ({ id: `r${index}`, ...rule })),
  });
  return compilePolicy(parsePolicy(source), source, { actions: ["MyAction"] }).statelessRules;
}

function verdict(rules: object[], effects: Effect[], more: Parameters<typeof contextOf>[0] = {}): string {
  return (
    judgeStateless(rulesOf({ limit: "actions", max: 1, window: "day" }, ...rules), contextOf({ effects, ...more }))?.code ??
    "allow"
  );
}

const approval = (to: string, amount = "1"): Effect => ({
  kind: "approval",
  asset: usdc,
  amount,
  counterparty: `${chainId}:${to}`,
  contract: `${chainId}:0x036cbd53842c5426634e7929541ec2318f3dcf7e`,
  basis: "declared",
});
const unknown: Effect = { kind: "unknown", basis: "declared" };
const opaque: Effect = { kind: "contract_call", contract: `${chainId}:${bob}`, method: "0x12345678", basis: "decoded" };
const zero = `0x${"0".repeat(40)}`;

describe("without allow rules", () => {
  it("everything passes that nothing denies", () => {
    expect(verdict([], [transferOf(alice, "1")])).toBe("allow");
    expect(verdict([], [])).toBe("allow");
  });

  it.each([
    ["an unknown effect", unknown, "unknown_effect"],
    ["an opaque call", opaque, "unknown_effect"],
    ["a signature of a bare hash", { kind: "sign_hash", basis: "decoded" } as Effect, "unknown_effect"],
    ["an escape", { kind: "escape", basis: "decoded" } as Effect, "escape_denied"],
    ["an unlimited approval", approval(alice, "unlimited"), "unlimited_amount"],
    ["a delegation of whatever", { kind: "delegation", basis: "declared" } as Effect, "unknown_effect"],
    ["an operator of whatever", { kind: "operator_approval", asset: usdc, basis: "declared" } as Effect, "unknown_effect"],
    ["a payment to the zero address", transferOf(zero, "1"), "misdirected"],
    [
      "a payment to the token's own contract",
      { ...transferOf(alice, "1", usdc), contract: `${chainId}:${alice}` },
      "misdirected",
    ],
  ])("%s is denied", (_name, effect, code) => {
    expect(verdict([], [transferOf(alice, "1"), effect])).toBe(code);
  });

  it("an amount that nobody can tell passes where the wallet call will show it, and nowhere else", () => {
    const { amount: _amount, ...open } = transferOf(alice, "1");
    expect(verdict([], [open])).toBe("allow");
    expect(verdict([], [open], { moneyVisible: false })).toBe("unknown_effect");
    expect(verdict([], [open], { layer: "wallet", excess: [open] })).toBe("unknown_effect");
  });

  it("what the envelope covers needs no name, and the rest does", () => {
    expect(verdict([], [opaque], { layer: "wallet", excess: [] })).toBe("allow");
    expect(verdict([], [opaque], { layer: "wallet", excess: [opaque] })).toBe("unknown_effect");
  });
});

describe("an allow rule", () => {
  it("for recipients admits only payments and approvals to them, and leaves reads alone", () => {
    const rules = [{ allow: { recipients: [alice] } }];
    expect(verdict(rules, [transferOf(alice, "1")])).toBe("allow");
    expect(verdict(rules, [approval(alice)])).toBe("allow");
    expect(verdict(rules, [transferOf(bob, "1")])).toBe("not_allowed");
    expect(verdict(rules, [approval(bob)])).toBe("not_allowed");
    expect(verdict(rules, [transferOf(alice, "1"), transferOf(bob, "1")])).toBe("not_allowed");
    expect(verdict(rules, [])).toBe("allow");
  });

  it("for recipients admits no deployment that carries money, and one that carries none", () => {
    const rules = [{ allow: { recipients: [alice] } }];
    const deploy = (value: string) => decoded({ data: "0x6080", value });
    expect(verdict(rules, deploy("1000"), { layer: "wallet", excess: [] })).toBe("not_allowed");
    expect(verdict(rules, deploy("0"), { layer: "wallet", excess: [] })).toBe("allow");
  });

  it("takes an address of any case, and a bare one on every chain", () => {
    expect(verdict([{ allow: { recipients: [`0x${alice.slice(2).toUpperCase()}`] } }], [transferOf(alice, "1")])).toBe("allow");
    expect(verdict([{ allow: { recipients: [`eip155:1:${alice}`] } }], [transferOf(alice, "1")])).toBe("not_allowed");
  });

  it("does not take an address for another that ends alike", () => {
    const short = `eip155:84532:${alice}`;
    expect(verdict([{ deny: { recipients: [short] } }], [transferOf(alice, "1")])).toBe("denied_by_rule");
    expect(verdict([{ deny: { recipients: [bob] } }], [transferOf(alice, "1")])).toBe("allow");
  });

  it("for actions admits only them", () => {
    const rules = [{ allow: { actions: ["wallet.native_transfer"] } }];
    expect(verdict(rules, [transferOf(alice, "1")])).toBe("allow");
    expect(verdict(rules, [], { actionName: "ERC20ActionProvider_get_balance", canonicalAction: "erc20.get_balance" })).toBe(
      "not_allowed",
    );
  });

  it("may be one of several", () => {
    const rules = [{ allow: { recipients: [alice] } }, { allow: { recipients: [bob], assets: ["native"] } }];
    expect(verdict(rules, [transferOf(bob, "1")])).toBe("allow");
    expect(verdict(rules, [transferOf(bob, "1", usdc)])).toBe("not_allowed");
  });

  it("that names the contract admits an opaque call to it, and to no other", () => {
    expect(verdict([{ allow: { contracts: [bob] } }], [opaque])).toBe("allow");
    expect(verdict([{ allow: { contracts: [alice] } }], [opaque])).toBe("unknown_effect");
  });

  it("that names a contract admits neither coins to another, nor its token's money in odd calldata", () => {
    const rules = [{ allow: { contracts: [bob] } }];
    expect(verdict(rules, [transferOf(alice, "1")])).toBe("not_allowed");
    expect(verdict(rules, [transferOf(bob, "1")])).toBe("allow");
    const words = `${alice.slice(2).padStart(64, "0")}${"1".padStart(64, "0")}`;
    for (const selector of ["a9059cbb", "095ea7b3"]) {
      const odd = decoded({ to: bob, data: `0x${selector}${words}00` });
      expect(verdict(rules, odd, { layer: "wallet", excess: odd })).toBe("unknown_effect");
    }
  });

  it("that names what cannot be read, and whom or what it may be about, admits nothing of which that cannot be told", () => {
    const single: Effect = {
      kind: "unknown",
      contract: `${chainId}:${bob}`,
      counterparty: `${chainId}:${alice}`,
      basis: "decoded",
    };
    const rule = { allow: { effects: ["unknown"], contracts: [bob], recipients: [alice] } };
    const atWallet = (effect: Effect) => verdict([rule], [effect], { layer: "wallet", excess: [effect] });
    const { contract: _contract, ...ofNoContract } = single;
    const { counterparty: _counterparty, ...toNobody } = single;
    expect(atWallet(single)).toBe("allow");
    for (const effect of [unknown, ofNoContract, toNobody, { ...single, counterparty: `${chainId}:${bob}` }])
      expect(atWallet(effect), JSON.stringify(effect)).toBe("unknown_effect");
    expect(verdict([rule], [unknown], { moneyVisible: false })).toBe("unknown_effect");
    // Of an action whose calls come by, the calls are judged.
    expect(verdict([rule], [unknown])).toBe("allow");
  });

  it("that names an unknown action in full admits it where the wallet shows its money, and a pattern does not", () => {
    const mine = { actionName: "MyAction" };
    const { canonicalAction: _canonical, ...context } = contextOf({ effects: [unknown], ...mine });
    const judged = (rule: object, more: object = {}): string =>
      judgeStateless(rulesOf(rule), { ...context, ...more } as typeof context)?.code ?? "allow";
    expect(judged({ allow: { actions: ["MyAction"] } })).toBe("allow");
    expect(judged({ allow: { actions: ["*"] } })).toBe("unknown_effect");
    expect(judged({ allow: { actions: ["MyAction"] } }, { moneyVisible: false })).toBe("unknown_effect");
    expect(judged({ allow: { actions: ["MyAction"] } }, { layer: "wallet", excess: [unknown] })).toBe("unknown_effect");
    expect(judged({ allow: { effects: ["unknown"] } }, { layer: "wallet", excess: [unknown] })).toBe("allow");
  });

  it("admits an unlimited approval only where it names approvals", () => {
    expect(verdict([{ allow: { effects: ["approval"], recipients: [alice] } }], [approval(alice, "unlimited")])).toBe("allow");
    expect(verdict([{ allow: { recipients: [alice] } }], [approval(alice, "unlimited")])).toBe("unlimited_amount");
    expect(verdict([{ allow: { effects: ["approval"], recipients: [alice] } }], [approval(bob, "unlimited")])).toBe(
      "unlimited_amount",
    );
  });

  it("that names what hands authority on admits that, and no other kind of it", () => {
    const [delegation, operator] = [
      { kind: "delegation", basis: "declared" },
      { kind: "operator_approval", asset: usdc, basis: "declared" },
    ] satisfies [Effect, Effect];
    const rules = [{ allow: { effects: ["delegation"] } }];
    expect([verdict(rules, [delegation]), verdict(rules, [operator])]).toEqual(["allow", "unknown_effect"]);
  });

  it("admits the zero address only by name", () => {
    expect(verdict([{ allow: { recipients: [zero] } }], [transferOf(zero, "1")])).toBe("allow");
    expect(verdict([{ allow: { assets: ["native"] } }], [transferOf(zero, "1")])).toBe("misdirected");
  });
});

describe("a deny rule", () => {
  it("needs one effect that matches in all it names", () => {
    const rules = [{ deny: { recipients: [bob], assets: ["native"] } }];
    expect(verdict(rules, [transferOf(alice, "1"), transferOf(bob, "1")])).toBe("denied_by_rule");
    expect(verdict(rules, [transferOf(alice, "1"), transferOf(bob, "1", usdc)])).toBe("allow");
  });

  it("wins over any allow, whatever their order", () => {
    const deny = { deny: { recipients: [alice] } };
    const allow = { allow: { recipients: [alice] } };
    expect(verdict([deny, allow], [transferOf(alice, "1")])).toBe("denied_by_rule");
    expect(verdict([allow, deny], [transferOf(alice, "1")])).toBe("denied_by_rule");
  });

  it("applies only where its `when` says", () => {
    const rules = [{ deny: { effects: ["transfer"] }, when: { networks: ["eip155:1", "base-mainnet"] } }];
    expect(verdict(rules, [transferOf(alice, "1")])).toBe("allow");
    expect(verdict(rules, [transferOf(alice, "1")], { chainId: "eip155:1" })).toBe("denied_by_rule");
    expect(verdict(rules, [transferOf(alice, "1")], { chainId: "eip155:8453", network: "base-mainnet" })).toBe("denied_by_rule");
  });

  it.each([
    ["the wallet says no name", { chainId: "eip155:8453", network: undefined }],
    ["the wallet says the name of a default", { chainId: "eip155:8453", network: "base-sepolia" }],
    ["the wallet says a name only", { chainId: undefined, network: "base-mainnet" }],
  ])("knows a network by its chain, where %s", (_, where) => {
    const payment = [transferOf(alice, "1")];
    for (const mainnet of ["base-mainnet", "eip155:8453"]) {
      expect(verdict([{ deny: { networks: [mainnet] } }], payment, where)).toBe("denied_by_rule");
      expect(verdict([{ deny: { effects: ["transfer"] }, when: { networks: [mainnet] } }], payment, where)).toBe(
        "denied_by_rule",
      );
      expect(verdict([{ allow: { networks: [mainnet] } }], payment, where)).toBe("allow");
    }
    for (const testnet of ["base-sepolia", "eip155:84532"]) {
      expect(verdict([{ allow: { networks: [testnet] } }], payment, where)).toBe("not_allowed");
      expect(verdict([{ deny: { networks: [testnet] } }], payment, where)).toBe("allow");
    }
  });

  it("sees a wallet call whole, whatever the action called itself", () => {
    const call = decoded({
      to: "0x036cbd53842c5426634e7929541ec2318f3dcf7e",
      data: `0xa9059cbb${bob.slice(2).padStart(64, "0")}${"1".padStart(64, "0")}`,
    });
    expect(verdict([{ deny: { recipients: [bob] } }], call, { layer: "wallet", excess: [] })).toBe("denied_by_rule");
  });
});

it("the order of rules never changes a verdict, and a further deny never turns one into an allow", () => {
  const match = fc.oneof(
    fc.record({ recipients: fc.subarray([alice, bob], { minLength: 1 }) }),
    fc.record({ assets: fc.subarray(["native", usdc], { minLength: 1 }) }),
    fc.record({ effects: fc.subarray(["transfer", "approval"], { minLength: 1 }) }),
  );
  const rule = fc.oneof(
    match.map((allow) => ({ allow })),
    match.map((deny) => ({ deny })),
  );
  const effect = fc.constantFrom(transferOf(alice, "1"), transferOf(bob, "1"), transferOf(bob, "1", usdc), approval(alice));
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), fc.array(effect, { maxLength: 3 }), match, (rules, effects, deny) => {
      const judged = verdict(rules, effects);
      expect(verdict([...rules].reverse(), effects)).toBe(judged);
      if (judged !== "allow") expect(verdict([...rules, { deny }], effects)).not.toBe("allow");
    }),
    { numRuns: Math.ceil(200 * Number(process.env["TEST_SCALE"] ?? 1)) },
  );
});
