import { join } from "node:path";
import { definePolicy, type PolicyDefinition, withPolicy } from "agentkit-policy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { Child } from "./child.js";
import { counted, type OpenPolicy, silentLogger, temporaryFolder, until } from "./support.js";

// One transfer of 0.01 ETH against a budget of exactly that. A child announces each of its steps; at one of them it blocks
// and is killed. Then the same ledger file is opened by this process.

const payment = 10n ** 16n;
const lifeMs = 4_000;

/** The budget is not asked for yet, or the allow that it gave cannot have reached the wallet: it lapses by itself. */
const neverArmed = [
  "action.requested",
  "provider.started beforeAction",
  "provider.ended beforeAction",
  "action.allowed",
  "wallet.requested",
  "wallet.turn",
  "provider.started beforeWalletCall",
];

/** From the durable arm on, the payment may have left, whatever the chain says. */
const armed = [
  "provider.ended beforeWalletCall",
  "wallet.allowed",
  "wallet.handed_over",
  "wallet.returned",
  "wallet.receipt",
  "action.sealed",
  "action.succeeded",
  "provider.started settle",
  "provider.ended settle",
];

/** The steps at which nothing has been reserved yet. */
const beforeTheReserve = new Set(["action.requested", "provider.started beforeAction"]);

/** The steps by which the transaction is on the chain. */
const afterTheSend = new Set(armed.slice(armed.indexOf("wallet.returned")));

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

function definitionFor(folder: string): PolicyDefinition {
  return {
    version: 1,
    ledger: `sqlite:${join(folder, "ledger.db")}`,
    rules: [{ id: "eth", limit: "native", max: "0.01", per: ["wallet"], window: "day" }],
    chains: { [caipChainId]: { confirmations: 1 } },
    timing: { life: "4s", leaveWithin: "1s", settleWithin: "1h" },
  };
}

interface Crashed {
  readonly policy: OpenPolicy;
  /** When the child announced its last step, by the clock that the ledger uses too. */
  readonly at: number;
  readonly moved: bigint;
  /** Pays 0.01 ETH again, from the same wallet, against the same ledger. */
  readonly payAgain: () => Promise<string>;
}

/** Runs the transfer in a child, kills it at a step, and opens its ledger. */
async function crashAt(step: string): Promise<Crashed> {
  const accountName = `crash ${step}`;
  const account = freshAccount(accountName);
  const to = freshAddress(`crash ${step} to`);
  await setBalance(anvil, account.address, 10n ** 18n);
  const definition = definitionFor(temporaryFolder());
  const child = new Child("crasher.mjs", { rpcUrl: anvil.rpcUrl, accountName, definition, to, value: "0.01", stopAt: step });
  let at: number;
  try {
    let said = await child.next("step");
    while (said.step !== step) said = await child.next("step");
    at = said.at as number;
  } finally {
    await child.kill();
  }
  const policy = await definePolicy(definition);
  const payAgain = async (): Promise<string> => {
    const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account });
    return await invoke(withPolicy(kit, policy, { logger: silentLogger }), nativeTransfer, {
      to: freshAddress(`${accountName} again`),
      value: "0.01",
    });
  };
  return { policy, at, moved: await balanceOf(anvil, to), payAgain };
}

/** Until every life that began before the crash is over, by the clock that the ledger reads. */
async function lifeIsOver(at: number): Promise<void> {
  await until(() => Date.now() > at + lifeMs, "the life of the entry was over");
}

describe("a process that is killed in the middle of a transfer", () => {
  test("without a kill, the child announces exactly the steps below, in this order", async () => {
    const account = freshAccount("no crash");
    await setBalance(anvil, account.address, 10n ** 18n);
    const to = freshAddress("no crash to");
    const child = new Child("crasher.mjs", {
      rpcUrl: anvil.rpcUrl,
      accountName: "no crash",
      definition: definitionFor(temporaryFolder()),
      to,
      value: "0.01",
    });
    expect((await child.next("done")).text).toMatch(/^Transferred 0\.01/);
    await child.ended();
    expect(child.said.filter((said) => said.say === "step").map((said) => said.step)).toEqual([...neverArmed, ...armed]);
    expect(await balanceOf(anvil, to)).toBe(payment);
  });

  describe.concurrent("before its entry was armed", () => {
    test.for(neverArmed)(
      "at %s: the amount is held for the entry's life, then free again, to the wei",
      async (step, { expect: check }) => {
        const { policy, at, moved, payAgain } = await crashAt(step);
        try {
          check(moved).toBe(0n);
          const held = await counted(policy, "eth");
          if (beforeTheReserve.has(step)) check(held).toBe(0n);
          // On a machine that took too long to get here, it may be free already.
          else if (Date.now() < at + lifeMs / 2) check(held).toBe(payment);
          await until(async () => (await counted(policy, "eth")) === 0n, "the budget was free again");
          check(await payAgain()).toMatch(/^Transferred 0\.01/);
          check(await counted(policy, "eth")).toBe(payment);
        } finally {
          await policy.dispose();
        }
      },
    );
  });

  describe.concurrent("after its entry was armed", () => {
    test.for(armed)("at %s: the amount counts as spent, also when the entry's life is over", async (step, { expect: check }) => {
      const { policy, at, moved, payAgain } = await crashAt(step);
      try {
        check(moved).toBe(afterTheSend.has(step) ? payment : 0n);
        check(await counted(policy, "eth")).toBe(payment);
        await lifeIsOver(at);
        check(await counted(policy, "eth")).toBe(payment);
        check(await payAgain()).toMatch(/^Error: denied by policy \(over_limit\)/);
      } finally {
        await policy.dispose();
      }
    });
  });
});
