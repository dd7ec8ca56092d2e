import type { JournalCall, SettleParams } from "@agentkit-policy/schema";
import { afterEach, describe, expect, it } from "vitest";
import { Sidecar } from "../src/sidecar.js";
import { alice, callOf, chainId, factsOf, policyFile } from "./support.js";

const opened: Sidecar[] = [];
afterEach(async () => {
  for (const sidecar of opened.splice(0)) await sidecar.dispose();
});

async function open(policy = policyFile()): Promise<Sidecar> {
  const sidecar = await Sidecar.open({ protocolVersion: "1", policy, host: "test" });
  opened.push(sidecar);
  return sidecar;
}

const deadlineMs = 1_000;

function settling(
  sidecar: Sidecar,
  facts: SettleParams["facts"],
  journal: JournalCall[],
  more: Partial<SettleParams> = {},
): SettleParams {
  return {
    facts,
    ledgerId: sidecar.description.ledgerId,
    stage: "returned",
    result: "Transferred",
    durationMs: 5,
    walletTouched: true,
    journal,
    settlements: [{ step: "root" }],
    ...more,
  };
}

describe("a sidecar", () => {
  it("decides, judges and settles one transfer by its facts", async () => {
    const sidecar = await open();
    const facts = factsOf("0.05");
    expect(await sidecar.beforeAction({ facts, deadlineMs })).toMatchObject({
      decision: { decision: "allow", settlement: { step: "root" }, validForMs: expect.any(Number) },
    });
    const call = callOf("50000000000000000");
    expect(await sidecar.beforeWalletCall({ actionId: facts.actionId, call, deadlineMs })).toMatchObject({
      decision: { decision: "allow" },
    });
    const { outcome } = await sidecar.settle(
      settling(sidecar, facts, [{ facts: call, state: "returned", transactionId: "0x1" }]),
    );
    expect(outcome).toMatchObject({ status: "succeeded", spent: [{ amount: "50000000000000000" }] });
    expect(outcome).not.toHaveProperty("calls");
    expect(await sidecar.beforeAction({ facts: factsOf("0.000000000000000001"), deadlineMs })).toMatchObject({
      decision: { decision: "deny", code: "over_limit" },
    });
  });

  it("says for how many whole milliseconds an allow holds: the entry's life less the time that the wallet needs", async () => {
    const answer = await (await open()).beforeAction({ facts: factsOf("0.01"), deadlineMs });
    const decision = "decision" in answer ? answer.decision : undefined;
    const validForMs = decision?.decision === "allow" ? decision.validForMs : undefined;
    expect(Number.isInteger(validForMs)).toBe(true);
    expect(validForMs).toBeLessThanOrEqual(10 * 60_000);
    expect(validForMs).toBeGreaterThan(9 * 60_000);
  });

  it("asks once for the decimals of a token that nobody knows, and takes the answer", async () => {
    const sidecar = await open();
    const token = "0x1111111111111111111111111111111111111111";
    const args = { amount: "1.5", tokenAddress: token, destinationAddress: alice };
    const facts = factsOf("0", { actionName: "ERC20ActionProvider_transfer", args });
    const request = { kind: "decimals" as const, chainId, token };
    expect(await sidecar.beforeAction({ facts, deadlineMs })).toEqual({ needs: [request] });
    const provided = [{ request, decimals: 1 }];
    expect(await sidecar.beforeAction({ facts, deadlineMs, provided })).toMatchObject({ decision: { decision: "allow" } });
    const tooFine = factsOf("0", { actionName: facts.actionName, args: { ...args, amount: "1.55" } });
    expect(await sidecar.beforeAction({ facts: tooFine, deadlineMs, provided })).toMatchObject({
      decision: { code: "invalid_arguments" },
    });
  });

  it("admits no wallet call of an attempt that another process opened, and settles it all the same", async () => {
    const policy = policyFile();
    const first = await open(policy);
    const facts = factsOf("0.05");
    await first.beforeAction({ facts, deadlineMs });
    const call = callOf("50000000000000000");
    await first.beforeWalletCall({ actionId: facts.actionId, call, deadlineMs });

    const fresh = await open(policy);
    expect(await fresh.beforeWalletCall({ actionId: facts.actionId, call: callOf("1"), deadlineMs })).toMatchObject({
      decision: { decision: "deny", code: "attempt_unknown" },
    });
    const never: JournalCall[] = [{ facts: call, state: "never_left", error: "insufficient funds" }];
    expect((await fresh.settle(settling(fresh, facts, never, { result: "Error: no" }))).outcome).toMatchObject({
      status: "failed",
      spent: [],
    });
    expect(await fresh.beforeAction({ facts: factsOf("0.05"), deadlineMs })).toMatchObject({ decision: { decision: "allow" } });
  });

  it("does not settle on another ledger", async () => {
    const sidecar = await open();
    const facts = factsOf("0.01");
    await sidecar.beforeAction({ facts, deadlineMs });
    await expect(sidecar.settle(settling(sidecar, facts, [], { ledgerId: "another" }))).rejects.toThrow(/another ledger/);
    expect((await sidecar.settle(settling(sidecar, facts, []))).outcome.status).toBe("succeeded");
  });

  it("judges and settles a call that its host sent unread as the same call that was read", async () => {
    const sidecar = await open();
    const facts = factsOf("0.05");
    await sidecar.beforeAction({ facts, deadlineMs });
    const { to, value, ...call } = callOf("50000000000000000");
    const unread = { transaction: { to: to as string, value: { $int: value as string } } };
    const sent = { ...call, walletMethod: "send_transaction", unread };
    expect(await sidecar.beforeWalletCall({ actionId: facts.actionId, call: sent, deadlineMs })).toMatchObject({
      decision: { decision: "allow" },
    });
    const { outcome } = await sidecar.settle(
      settling(sidecar, facts, [{ facts: sent, state: "returned", transactionId: "0x1" }]),
    );
    expect(outcome).toMatchObject({ status: "succeeded", spent: [{ amount: "50000000000000000" }] });
  });

  it("denies an unread call without an exact reading, and every later one of the attempt", async () => {
    const sidecar = await open();
    const facts = factsOf("0.05");
    await sidecar.beforeAction({ facts, deadlineMs });
    const unread = { transaction: { to: alice, value: -1 } };
    const ask = async (call: JournalCall["facts"]) =>
      await sidecar.beforeWalletCall({ actionId: facts.actionId, call, deadlineMs });
    const odd = { ...callOf("0"), walletMethod: "send_transaction", unread };
    expect(await ask(odd)).toMatchObject({ decision: { code: "invalid_arguments" } });
    expect(await ask(callOf("1"))).toMatchObject({ decision: { code: "invalid_arguments" } });
    const outside = factsOf("0", { layer: "wallet", actionName: "WalletProvider.send_transaction", call: odd });
    expect(await sidecar.beforeAction({ facts: outside, deadlineMs })).toMatchObject({ decision: { code: "invalid_arguments" } });
  });

  it("judges an unread call outside any action by what it moves", async () => {
    const sidecar = await open();
    const { to: _to, value: _value, ...call } = callOf("0");
    const outside = (ether: string) => {
      const unread = { to: alice, value: { $decimal: ether } };
      return factsOf("0", {
        layer: "wallet",
        actionName: "WalletProvider.native_transfer",
        args: unread,
        call: { ...call, unread },
      });
    };
    expect(await sidecar.beforeAction({ facts: outside("0.051"), deadlineMs })).toMatchObject({
      decision: { code: "over_limit" },
    });
    expect(await sidecar.beforeAction({ facts: outside("0.05"), deadlineMs })).toMatchObject({ decision: { decision: "allow" } });
  });

  it("takes a host's word for what an action of its own would move", async () => {
    const sidecar = await open();
    const described = (amount: string) => {
      const effect = { kind: "transfer", asset: `${chainId}/slip44:60`, amount, basis: "declared" } as const;
      return factsOf("0", { actionName: "ShopActionProvider_buy", args: { item: "tea" }, described: [effect] });
    };
    expect(await sidecar.beforeAction({ facts: described("50000000000000001"), deadlineMs })).toMatchObject({
      decision: { code: "over_limit" },
    });
    expect(await sidecar.beforeAction({ facts: described("50000000000000000"), deadlineMs })).toMatchObject({
      decision: { decision: "allow" },
    });
    const reads = factsOf("0", { actionName: "ShopActionProvider_look", args: {}, described: [] });
    expect(await sidecar.beforeAction({ facts: reads, deadlineMs })).toMatchObject({ decision: { decision: "allow" } });
  });

  it("reads a host's word whatever the case of its ids, and denies what no limit would count", async () => {
    const sidecar = await open();
    const payment = { kind: "transfer", asset: `${chainId}/slip44:60`, amount: "50000000000000001", basis: "declared" };
    const answerTo = async (effect: Record<string, string>) => {
      const facts = factsOf("0", { actionName: "ShopActionProvider_buy", args: {}, described: [effect] });
      return await sidecar.beforeAction({ facts, deadlineMs });
    };
    const checksummed = `${chainId}:0x70997970C51812dc3A010C7d01b50e0d17dc79C8`;
    expect(await answerTo({ ...payment, counterparty: checksummed })).toMatchObject({ decision: { code: "over_limit" } });
    expect(await answerTo({ ...payment, asset: payment.asset.toUpperCase() })).toMatchObject({
      decision: { code: "over_limit" },
    });
    expect(await answerTo({ ...payment, asset: "native" })).toMatchObject({ decision: { code: "policy_error" } });
    expect(await answerTo({ ...payment, amount: "5", counterparty: checksummed })).toMatchObject({
      decision: { decision: "allow" },
    });
  });

  it("knows from its host that a wallet call was denied, whatever the action says of it", async () => {
    const sidecar = await open();
    const facts = factsOf("0.01");
    await sidecar.beforeAction({ facts, deadlineMs });
    const denial = { code: "escape_denied", reason: "the wallet's field account leads around the policy" };
    expect((await sidecar.settle(settling(sidecar, facts, [], { result: "done", denial }))).outcome.status).toBe("failed");
  });

  it("lets a rule name an action of its host's, and no other", async () => {
    const policy = policyFile('{ id: no-tea, deny: { actions: ["ShopActionProvider_buy"] } }');
    await expect(Sidecar.open({ protocolVersion: "1", policy, host: "test" })).rejects.toThrow(/ShopActionProvider_buy/);
    const sidecar = await Sidecar.open({ protocolVersion: "1", policy, host: "test", actions: ["ShopActionProvider_buy"] });
    opened.push(sidecar);
    const facts = factsOf("0", { actionName: "ShopActionProvider_buy", args: {} });
    expect(await sidecar.beforeAction({ facts, deadlineMs })).toMatchObject({ decision: { code: "denied_by_rule" } });
  });

  it("knows a control-flow exception of the host by its name", async () => {
    const sidecar = await open();
    const facts = factsOf("0.01");
    await sidecar.beforeAction({ facts, deadlineMs });
    const error = { name: "CancelledError", message: "" };
    const { result: _result, ...raised } = settling(sidecar, facts, [], { stage: "raised", error });
    expect((await sidecar.settle(raised)).outcome.status).toBe("cancelled");
  });
});

it("a question whose deadline has passed is denied, and holds nothing", async () => {
  const sidecar = await open();
  expect(await sidecar.beforeAction({ facts: factsOf("0.05"), deadlineMs: 0 })).toMatchObject({
    decision: { decision: "deny", code: "policy_timeout" },
  });
  // The late answer of the policy is told that it was too late, and gives back what it held.
  await expect
    .poll(async () => await sidecar.beforeAction({ facts: factsOf("0.05"), deadlineMs }))
    .toMatchObject({ decision: { decision: "allow" } });
});

it("twenty attempts at once share one budget exactly", async () => {
  const sidecar = await open();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => sidecar.beforeAction({ facts: factsOf("0.01"), deadlineMs: 5_000 })),
  );
  const words = answers.map((answer) => ("decision" in answer ? answer.decision.decision : "needs"));
  expect(words.filter((word) => word === "allow")).toHaveLength(5);
  expect(words.filter((word) => word === "deny")).toHaveLength(15);
});
